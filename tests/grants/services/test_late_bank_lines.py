"""Bank lines of a month that was closed before anyone confirmed them."""

from datetime import date, timedelta

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.grants import checks, services
from civicfund.grants.models import DisbursementState
from civicfund.ledger import periods
from civicfund.ledger.models import JournalEntry
from tests.factories.grants import Cast, line_for, make_award, make_disbursement
from tests.factories.ledger import make_closed_period
from tests.factories.payments import make_bank_line


def days(entry_id: int | None) -> tuple[date, str]:
    found = db.session.get(JournalEntry, entry_id)
    assert found is not None
    return found.effective_on, found.memo


def close_this_month() -> date:
    """Everything up to the end of this month is closed; answers the first open day."""
    last = periods.end_of_month(clock.today())
    with clock.at(clock.start_of(last + timedelta(days=2))), transaction():
        earliest = db.session.query(JournalEntry).order_by(JournalEntry.effective_on).first()
        assert earliest is not None
        make_closed_period(earliest.effective_on.replace(day=1), last)
    return last + timedelta(days=1)


def sound() -> bool:
    return all(finding.holds for finding in checks.run())


def test_an_instalment_is_booked_and_comes_back_on_open_days(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast, state=DisbursementState.EXPORTED)
    with transaction():
        line = line_for(made)
        back = make_bank_line(amount=made.amount_yen)
    booked_on, first_open = line.booked_on, close_this_month()
    with clock.at(clock.now() + timedelta(days=35)):
        with transaction():
            services.mark_paid(made, line=line, by=cast.staff)
        assert made.paid_on == booked_on
        assert days(made.entry_id) == (first_open, f"発生日 {booked_on}")
        assert sound()
        with transaction():
            services.mark_returned(made, line=back, by=cast.staff, reason="口座番号違い")
        assert days(made.return_entry_id) == (first_open, f"発生日 {booked_on} 口座番号違い")
        assert sound()
