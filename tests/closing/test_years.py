"""A year's results become net assets once, by two people, and can be taken back by two."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.closing import services
from civicfund.closing.errors import (
    AnotherPersonSigns,
    EarlierYearOpen,
    MonthsNotPrepared,
    NotYetOver,
    ReasonNeeded,
    YearAlreadyPrepared,
    YearChanged,
    YearIsSealed,
)
from civicfund.closing.models import YearClosing, YearState
from civicfund.closing.queries import years as queries
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.errors import DomainError, Forbidden, NotAllowedNow
from civicfund.core.money import yen
from civicfund.identity.models import User
from civicfund.ledger import checks, periods, posting_rules
from civicfund.ledger import queries as book
from civicfund.ledger import services as ledger
from civicfund.ledger.models import AccountKind, FiscalPeriod, JournalEntry
from tests.browsing import send, words
from tests.closing.conftest import Office, make_office
from tests.closing.test_months import item
from tests.factories.closing import close, prepare
from tests.factories.identity import sign_in
from tests.factories.ledger import make_bank_balance, make_fund, make_gift
from tests.racing import race

YEAR = 2025
LAST, NEXT = date(2026, 3, 31), date(2026, 4, 1)
MARCH_5 = datetime(2026, 3, 5, 3, 0, tzinfo=UTC)
APRIL_10 = datetime(2026, 4, 10, 3, 0, tzinfo=UTC)


def live_a_quarter() -> list[FiscalPeriod]:
    """The book began in January: money at the bank, a gift of 10,000 and its refund of 4,000."""
    with clock.at(MARCH_5), transaction():
        make_bank_balance(1_000_000, on=date(2026, 1, 1))
        fund = make_fund(code="C-1")
        make_gift(fund, amount=10_000, share=1_500, key="gift", on=date(2026, 2, 3))
        general = book.general_fund()
        ledger.post_entry(
            posting_rules.earlier_gift_refunded(yen(14_000), general=general), key="back",
            effective_on=date(2026, 3, 3),
        )  # fmt: skip
    with clock.at(APRIL_10), transaction():
        periods.open_months()
    return book.periods()[::-1]


def explain_provider(months: list[FiscalPeriod], by: User) -> None:
    """No gateway knows of these gifts: they were booked by hand, some of them late."""
    for month, name in product(months, ("provider", "late")):
        found = item(month, name)
        if not found.stands:
            with transaction():
                services.note_item(month, item=found, note="手作業の記帳", by=by)


@pytest.fixture
def quarter(house: Flask, office: Office) -> list[FiscalPeriod]:
    """January and February closed, March prepared; seen on 10 April."""
    january, february, march, _april = live_a_quarter()
    explain_provider([january, february, march], office.staff)
    close(january, office.staff, office.approver)
    close(february, office.staff, office.approver)
    prepare(march, office.staff)
    return [january, february, march]


def prepared(office: Office) -> YearClosing:
    with transaction():
        return services.prepare_year(YEAR, by=office.staff)


def balances(day: date) -> dict[str, int]:
    """Every line of the balance sheet that is not at nothing."""
    return {
        line.code: line.balance
        for line in book.trial_balance(on=day).lines
        if line.balance and line.kind not in {AccountKind.REVENUE, AccountKind.EXPENSE}
    }


@pytest.fixture(autouse=True)
def _tenth_of_april() -> object:
    with clock.at(APRIL_10):
        yield


@pytest.mark.usefixtures("quarter")
class TestClosing:
    def test_empties_revenue_and_expense_and_shows_the_debt(self, office: Office) -> None:
        closing = prepared(office)
        with transaction():
            services.sign_year(closing, by=office.approver)
        assert closing.state is YearState.CLOSED
        trial = book.trial_balance(on=LAST)
        assert trial.of_kind(AccountKind.REVENUE) == trial.of_kind(AccountKind.EXPENSE) == 0
        assert balances(LAST) == {
            "1112": 1_000_000, "2135": 4_000, "3100": 8_500, "3200": 1_000_000 + 1_500 - 14_000,
        }  # fmt: skip
        entries = db.session.query(JournalEntry).filter(JournalEntry.id.in_(closing.entry_ids))
        assert {(e.kind, e.effective_on) for e in entries} == {
            ("provider_balance_reclassified", LAST), ("provider_balance_restored", NEXT),
            ("year_closed", LAST),
        }  # fmt: skip
        assert {(e.recorded_by_id, e.approved_by_id) for e in entries} == {
            (office.staff.id, office.approver.id)
        }

    def test_what_a_year_ends_with_the_next_begins_with(self, office: Office) -> None:
        """期末 = 期首; only the provider's debt becomes a negative balance again."""
        with transaction():
            services.sign_year(prepared(office), by=office.approver)
        ends, begins = balances(LAST), balances(NEXT)
        assert begins == {"1131": -4_000} | {
            code: amount for code, amount in ends.items() if code != "2135"
        }
        assert sum(ends[code] for code in ("3100", "3200")) == sum(
            begins[code] for code in ("3100", "3200")
        )

    def test_lets_its_last_month_be_locked_without_a_new_look(
        self, quarter: list[FiscalPeriod], office: Office
    ) -> None:
        march = quarter[-1]
        with pytest.raises(DomainError, match="13"), transaction():
            services.close_month(march, by=office.approver)
        with transaction():
            services.sign_year(prepared(office), by=office.approver)
        with transaction():
            services.close_month(march, by=office.approver)
        assert march.closed_at is not None
        assert [found.name for found in checks.run() if not found.holds] == []

    def test_asked_again_does_nothing_again(self, office: Office) -> None:
        closing = prepared(office)
        with pytest.raises(YearAlreadyPrepared), transaction():
            services.prepare_year(YEAR, by=office.both)
        with transaction():
            services.sign_year(closing, by=office.approver)
        count = db.session.query(JournalEntry).count()
        with pytest.raises(NotAllowedNow), transaction():
            services.sign_year(closing, by=office.second_approver)
        with pytest.raises(YearAlreadyPrepared), transaction():
            services.prepare_year(YEAR, by=office.staff)
        assert db.session.query(JournalEntry).count() == count

    def test_needs_another_person(self, office: Office) -> None:
        with transaction():
            closing = services.prepare_year(YEAR, by=office.both)
        with pytest.raises(AnotherPersonSigns), transaction():
            services.sign_year(closing, by=office.both)
        for person in (office.staff, office.auditor):
            with pytest.raises(Forbidden), transaction():
                services.sign_year(closing, by=person)

    def test_comes_after_every_month(self, quarter: list[FiscalPeriod], office: Office) -> None:
        with transaction():
            services.withdraw_month(quarter[-1], by=office.staff)
        with pytest.raises(MonthsNotPrepared, match="2026-03"), transaction():
            services.prepare_year(YEAR, by=office.staff)

    def test_comes_after_the_year_before(self, office: Office) -> None:
        """Else the results of both years would be booked on the last day of the later one."""
        with clock.at(datetime(2027, 4, 10, 3, 0, tzinfo=UTC)):
            with transaction():
                make_gift(make_fund(code="C-2"), key="next", on=date(2026, 5, 1))
                periods.open_months()
            months = [one for one in book.periods()[::-1] if one.starts_on >= NEXT][:12]
            explain_provider(months, office.staff)
            for month in months:
                prepare(month, office.staff)
            with pytest.raises(EarlierYearOpen), transaction():
                services.prepare_year(YEAR + 1, by=office.staff)
            with transaction():
                services.sign_year(prepared(office), by=office.approver)
                later = services.prepare_year(YEAR + 1, by=office.staff)
            fund = book.fund_by_code("C-1")
            assert fund is not None
            with transaction():
                make_gift(fund, amount=1, key="late", on=LAST)
            with pytest.raises(EarlierYearOpen), transaction():
                services.sign_year(later, by=office.approver)

    def test_comes_after_its_last_day(self, office: Office) -> None:
        with clock.at(clock.end_of(LAST)), pytest.raises(NotYetOver), transaction():
            services.prepare_year(YEAR, by=office.staff)

    def test_results_that_changed_are_not_signed(self, office: Office) -> None:
        closing = prepared(office)
        fund = book.fund_by_code("C-1")
        assert fund is not None
        with transaction():
            make_gift(fund, amount=1, key="late", on=LAST)
        with pytest.raises(YearChanged), transaction():
            services.sign_year(closing, by=office.approver)
        with transaction():
            services.withdraw_year(closing, by=office.staff)
        assert closing.state is YearState.WITHDRAWN
        with transaction():
            services.sign_year(prepared(office), by=office.approver)
        assert book.results_by_fund(on=LAST) == []


@pytest.mark.usefixtures("quarter")
class TestUndoing:
    def test_by_two_people_brings_everything_back(self, office: Office) -> None:
        before = {day: book.trial_balance(on=day).lines for day in (LAST, NEXT)}
        closing = prepared(office)
        with transaction():
            services.sign_year(closing, by=office.approver)
        with pytest.raises(ReasonNeeded), transaction():
            services.prepare_undoing(closing, by=office.both, reason=" ")
        with transaction():
            services.prepare_undoing(closing, by=office.both, reason="未払金の計上漏れ")
        with pytest.raises(AnotherPersonSigns), transaction():
            services.sign_undoing(closing, by=office.both)
        with transaction():
            services.sign_undoing(closing, by=office.approver)
        assert closing.state is YearState.UNDONE
        for day, lines in before.items():
            now = book.trial_balance(on=day).lines
            assert {line.code: line.balance for line in now if line.balance} == {
                line.code: line.balance for line in lines if line.balance
            }
        with transaction():
            services.sign_year(prepared(office), by=office.approver)
        assert book.results_by_fund(on=LAST) == []
        assert balances(LAST)["2135"] == 4_000

    def test_can_be_withdrawn(self, office: Office) -> None:
        closing = prepared(office)
        with transaction():
            services.sign_year(closing, by=office.approver)
            services.prepare_undoing(closing, by=office.staff, reason="x")
            services.withdraw_year(closing, by=office.approver)
        assert closing.state is YearState.CLOSED
        assert closing.undo_reason is None
        with pytest.raises(NotAllowedNow), transaction():
            services.sign_undoing(closing, by=office.approver)

    def test_ends_with_the_lock_of_the_last_month(
        self, quarter: list[FiscalPeriod], office: Office
    ) -> None:
        closing = prepared(office)
        with transaction():
            services.sign_year(closing, by=office.approver)
        with transaction():
            services.close_month(quarter[-1], by=office.approver)
        with pytest.raises(YearIsSealed), transaction():
            services.prepare_undoing(closing, by=office.staff, reason="x")
        with pytest.raises(YearIsSealed), transaction():
            services.prepare_year(YEAR, by=office.staff)


def test_two_who_sign_at_once_book_it_once(open_house: Flask) -> None:
    office = make_office()
    months = live_a_quarter()
    explain_provider(months[:3], office.staff)
    for month in months[:3]:
        prepare(month, office.staff)
    number = prepared(office).id
    people = [office.approver.id, office.second_approver.id]

    def sign(person: int) -> str:
        services.sign_year(
            db.session.get_one(YearClosing, number), by=db.session.get_one(User, person)
        )
        return "closed"

    with clock.at(APRIL_10):
        answers = race(open_house, *[partial(sign, person) for person in people])
    assert sorted(answers, key=str) == [NotAllowedNow, "closed"]
    assert db.session.query(JournalEntry).filter_by(kind="year_closed").count() == 2


@pytest.mark.usefixtures("quarter")
class TestPages:
    PAGE = f"/desk/closing/years/{YEAR}"

    def test_from_the_preview_to_the_close_and_back(
        self, office: Office, client: FlaskClient
    ) -> None:
        client.set_cookie("lang", "en")
        sign_in(client, office.staff)
        page = words(client.get(self.PAGE))
        assert "8,500" in page
        assert "¥" not in page
        assert "negative by 4,000 yen" in page
        assert send(client, self.PAGE, to="/prepare").status_code == 302
        assert "You prepared this close" in words(client.get(self.PAGE))
        sign_in(client, office.approver)
        assert "One entry for each fund" in words(client.get(f"{self.PAGE}/close"))
        assert send(client, f"{self.PAGE}/close", to="/close").status_code == 302
        assert "No results are left to close." in words(client.get(self.PAGE))
        sign_in(client, office.staff)
        undo = f"{self.PAGE}/undo"
        assert send(client, undo, to="/undo", note=" ").status_code == 422
        assert send(client, undo, to="/undo", note="計上漏れ").status_code == 302
        sign_in(client, office.approver)
        assert "計上漏れ" in words(client.get(f"{undo}/sign"))
        assert send(client, f"{undo}/sign", to="/sign").status_code == 302
        assert "Undone by" in words(client.get(self.PAGE))

    def test_a_refusal_is_said_and_changes_nothing(
        self, quarter: list[FiscalPeriod], office: Office, client: FlaskClient
    ) -> None:
        client.set_cookie("lang", "en")
        with transaction():
            services.withdraw_month(quarter[-1], by=office.staff)
        sign_in(client, office.staff)
        answer = client.post(f"{self.PAGE}/prepare")
        assert answer.status_code == 409
        assert "Prepare every month of the year first: 2026-03" in words(answer)
        assert queries.closings_of(YEAR) == []

    def test_auditors_read_and_others_do_not(self, office: Office, client: FlaskClient) -> None:
        sign_in(client, office.auditor)
        assert client.get(self.PAGE).status_code == 200
        for deed in ("prepare", "close", "withdraw", "undo", "undo/sign"):
            assert client.post(f"{self.PAGE}/{deed}").status_code in {403, 404}
        assert client.get("/desk/closing/years/1066").status_code == 404


@pytest.mark.usefixtures("quarter")
def test_a_quarter_later_the_next_year_is_not_over(office: Office) -> None:
    with clock.at(APRIL_10 + timedelta(days=60)), pytest.raises(NotYetOver), transaction():
        services.prepare_year(YEAR + 1, by=office.staff)
