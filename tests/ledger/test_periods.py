"""Months exist by themselves, two people close them in their order, and closed they stay."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.ledger import periods, queries
from civicfund.ledger.errors import (
    CloseNeedsTwoPeople,
    ClosePreparedAlready,
    EarlierPeriodOpen,
    NoClosePrepared,
    PeriodClosed,
    PeriodNotOver,
    PeriodsOverlap,
    PeriodStaysClosed,
)
from civicfund.ledger.models import FiscalPeriod, Fund
from tests.factories.identity import make_user
from tests.factories.ledger import close_by_two, make_closed_period, make_fund, make_gift
from tests.racing import race

APRIL = (date(2025, 4, 1), date(2025, 4, 30))
MAY = (date(2025, 5, 1), date(2025, 5, 31))


@pytest.fixture
def fund(house: Flask) -> Fund:
    return make_fund(code="C-1")


def two_people() -> tuple[int, int]:
    return make_user(roles=("staff",)).id, make_user(roles=("approver",)).id


def opened(days: tuple[date, date]) -> FiscalPeriod:
    return periods.open_period(starts_on=days[0], ends_on=days[1])


class TestOpening:
    def test_each_month_from_the_first_entry_on_gets_its_period(self, fund: Fund) -> None:
        make_gift(fund, on=date(2026, 1, 20))
        with clock.at(datetime(2026, 3, 31, 15, 0, tzinfo=UTC)):
            # The first minute of April in Japan.
            assert periods.open_months() == 4
            assert periods.open_months() == 0
        assert [(p.starts_on, p.ends_on) for p in reversed(queries.periods())] == [
            (date(2026, 1, 1), date(2026, 1, 31)),
            (date(2026, 2, 1), date(2026, 2, 28)),
            (date(2026, 3, 1), date(2026, 3, 31)),
            (date(2026, 4, 1), date(2026, 4, 30)),
        ]

    @pytest.mark.usefixtures("house")
    def test_a_book_without_entries_begins_with_this_month(self) -> None:
        with clock.at(datetime(2028, 2, 10, tzinfo=UTC)):
            assert periods.open_months() == 1
        assert queries.periods()[0].ends_on == date(2028, 2, 29)

    def test_an_entry_of_an_earlier_day_gets_the_months_before(self, fund: Fund) -> None:
        make_gift(fund, on=date(2026, 4, 20))
        periods.open_months(upto=date(2026, 5, 5))
        make_gift(fund, on=date(2026, 1, 31))
        assert periods.open_months(upto=date(2026, 5, 5)) == 3
        first, *later = reversed(queries.periods())
        assert first.starts_on == date(2026, 1, 1)
        staff, approver = two_people()
        for period in (first, *later[:2]):
            periods.prepare_close(period, by_id=staff)
            periods.close_period(period, by_id=approver)
        assert periods.open_months(upto=date(2026, 5, 31)) == 0
        assert queries.closed_upto() == date(2026, 3, 31)

    @pytest.mark.usefixtures("house")
    def test_periods_do_not_share_days(self) -> None:
        opened(APRIL)
        opened(MAY)
        with pytest.raises(PeriodsOverlap):
            opened((date(2025, 4, 30), date(2025, 4, 30)))

    @pytest.mark.usefixtures("house")
    def test_nobody_inserts_a_period_that_is_closed(self) -> None:
        with pytest.raises(DBAPIError, match="begins open"):
            db.session.execute(
                text(
                    "INSERT INTO fiscal_periods (starts_on, ends_on, closed_at) "
                    "VALUES ('2025-04-01', '2025-04-30', now())"
                )
            )

    def test_at_once_by_many_makes_each_month_once(self, open_house: Flask) -> None:
        with transaction():
            make_gift(make_fund(code="C-1"), on=date(2025, 4, 2))

        def ask(_number: int) -> int:
            with open_house.app_context(), transaction():
                return periods.open_months(upto=date(2026, 3, 1))

        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(ask, range(4)))
        assert sum(made) == 12
        assert len(queries.periods()) == 12


class TestClosing:
    @pytest.mark.parametrize("day", [date(2025, 4, 30), date(2024, 1, 1)], ids=str)
    def test_a_closed_one_takes_no_entry_up_to_its_last_day(self, fund: Fund, day: date) -> None:
        make_gift(fund, on=date(2025, 4, 30), key="known")
        period = make_closed_period(*APRIL)
        assert period.closed_at is not None
        assert period.closed_by_id != period.closing_prepared_by_id
        make_gift(fund, on=date(2025, 5, 1))
        with pytest.raises(PeriodClosed, match=str(day)):
            make_gift(fund, on=day)

    def test_an_entry_that_stands_there_is_answered_still(self, fund: Fund) -> None:
        first = make_gift(fund, on=date(2025, 4, 30), key="known")
        make_closed_period(*APRIL)
        again = make_gift(fund, on=date(2025, 4, 30), key="known")
        assert (again.id, again.is_new) == (first.id, False)

    @pytest.mark.usefixtures("house")
    def test_needs_another_person(self) -> None:
        period = opened(APRIL)
        first, second = two_people()
        with pytest.raises(CloseNeedsTwoPeople):
            periods.close_period(period, by_id=second)
        periods.prepare_close(period, by_id=first)
        with pytest.raises(CloseNeedsTwoPeople):
            periods.close_period(period, by_id=first)
        assert period.closed_at is None
        periods.close_period(period, by_id=second)
        assert (period.closing_prepared_by_id, period.closed_by_id) == (first, second)

    @pytest.mark.usefixtures("house")
    def test_is_prepared_once_and_can_be_withdrawn(self) -> None:
        period = opened(APRIL)
        first, second = two_people()
        with pytest.raises(NoClosePrepared):
            periods.withdraw_close(period)
        periods.prepare_close(period, by_id=first)
        with pytest.raises(ClosePreparedAlready):
            periods.prepare_close(period, by_id=second)
        periods.withdraw_close(period)
        assert period.closing_prepared_at is None
        with pytest.raises(CloseNeedsTwoPeople):
            periods.close_period(period, by_id=second)

    @pytest.mark.usefixtures("house")
    def test_happens_once(self) -> None:
        period = make_closed_period(*APRIL)
        closed_at = period.closed_at
        first, second = two_people()
        for deed in (
            lambda: periods.close_period(period, by_id=second),
            lambda: periods.prepare_close(period, by_id=first),
            lambda: periods.withdraw_close(period),
        ):
            with pytest.raises(PeriodStaysClosed):
                deed()
        assert period.closed_at == closed_at

    @pytest.mark.usefixtures("house")
    def test_comes_after_the_last_day(self) -> None:
        period = opened(APRIL)
        with clock.at(datetime(2025, 4, 30, 14, 59, tzinfo=UTC)), pytest.raises(PeriodNotOver):
            close_by_two(period)
        periods.withdraw_close(period)
        with clock.at(datetime(2025, 4, 30, 15, 0, tzinfo=UTC)):
            close_by_two(period)
        assert period.closed_at is not None

    def test_goes_in_order_without_a_gap(self, fund: Fund) -> None:
        make_gift(fund, on=date(2025, 4, 2))
        may = opened(MAY)
        with pytest.raises(EarlierPeriodOpen):
            # An entry of April, which no period covers.
            close_by_two(may)
        april = opened(APRIL)
        with pytest.raises(EarlierPeriodOpen):
            periods.close_period(may, by_id=two_people()[1])
        close_by_two(april)
        periods.close_period(may, by_id=two_people()[1])
        july = opened((date(2025, 7, 1), date(2025, 7, 31)))
        with pytest.raises(EarlierPeriodOpen):
            close_by_two(july)

    @pytest.mark.usefixtures("house")
    def test_the_application_cannot_reopen_one(self) -> None:
        period = make_closed_period(*APRIL)
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(
                text("UPDATE fiscal_periods SET closed_at = NULL WHERE id = :id"),
                {"id": period.id},
            )

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE fiscal_periods SET closed_at = NULL, closed_by_id = NULL",
            "UPDATE fiscal_periods SET ends_on = ends_on - 1",
            "DELETE FROM fiscal_periods",
        ],
        ids=str,
    )
    def test_its_owner_cannot_either(self, owner: Engine, statement: str) -> None:
        with transaction():
            make_closed_period(*APRIL)
        with owner.begin() as connection, pytest.raises(DBAPIError, match="stays as it is"):
            connection.execute(text(statement))


@pytest.mark.usefixtures("open_house")
class TestTheClock:
    """Of the database, when it is the real one."""

    @pytest.fixture(autouse=True)
    def _real_clock(self, owner: Engine) -> None:
        with owner.begin() as connection:
            connection.execute(text("DROP FUNCTION ledger_clock()"))
            connection.execute(text("ALTER FUNCTION ledger_real_clock() RENAME TO ledger_clock"))

    @pytest.mark.parametrize("said", ["2095-01-01", "infinity"])
    def test_closes_nothing_that_is_not_over(self, said: str) -> None:
        """Else one call would refuse every entry until then, for ever."""
        staff, approver = two_people()
        with transaction():
            period = opened((date(2090, 1, 1), date(2090, 1, 31)))
            periods.prepare_close(period, by_id=staff)
            number = period.id
        with pytest.raises(DBAPIError, match="closed when it is over"), transaction():
            db.session.execute(
                text("SELECT ledger_close_period(:period, CAST(:said AS timestamptz), :by)"),
                {"period": number, "said": said, "by": approver},
            )
        with transaction():
            make_gift(make_fund(code="C-1"))

    def test_closes_what_is_over(self) -> None:
        with transaction():
            assert make_closed_period(*APRIL).closed_at is not None

    @pytest.mark.parametrize(
        "deed",
        [
            "CREATE OR REPLACE FUNCTION public.ledger_clock() RETURNS timestamptz LANGUAGE sql "
            "AS $$ SELECT timestamptz 'infinity' $$",
            "DROP FUNCTION ledger_clock()",
            "ALTER FUNCTION ledger_clock() RENAME TO ledger_real_clock",
        ],
        ids=["replaced", "dropped", "renamed"],
    )
    def test_is_not_the_application_s_to_move(self, deed: str) -> None:
        with db.engine.begin() as connection, pytest.raises(ProgrammingError):
            connection.execute(text(deed))


def test_two_who_sign_at_once_close_it_once(open_house: Flask) -> None:
    with transaction():
        period = opened(APRIL).id
        people = [make_user(roles=("approver",)).id for _ in range(4)]
        first = make_user(roles=("staff",)).id
        periods.prepare_close(queries.periods()[0], by_id=first)

    def sign(person: int) -> int:
        periods.close_period(db.session.get_one(FiscalPeriod, period), by_id=person)
        return person

    answers = race(open_house, *[partial(sign, person) for person in people])
    [closer] = [answer for answer in answers if isinstance(answer, int)]
    assert answers.count(PeriodStaysClosed) == 3
    assert queries.periods()[0].closed_by_id == closer


def test_nothing_is_booked_while_the_entries_are_held(open_house: Flask) -> None:
    with transaction():
        make_fund(code="C-1")

    def give() -> int:
        with open_house.app_context(), transaction():
            fund = queries.fund_by_code("C-1")
            assert fund is not None
            return make_gift(fund, on=date(2025, 4, 2)).id

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            periods.hold_entries()
            gift = pool.submit(give)
            with pytest.raises(TimeoutError):
                gift.result(0.3)
        assert gift.result(10) > 0
