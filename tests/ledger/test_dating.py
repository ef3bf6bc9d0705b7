"""News of a closed month are booked on the first open day, and say on which day it happened."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.ledger import dating, periods, posting_rules, queries
from civicfund.ledger.booking import PostedEntry
from civicfund.ledger.errors import KeyReusedWithOtherContent
from civicfund.ledger.models import JournalEntry
from civicfund.ledger.queries import EntryFilter
from tests.factories.identity import make_user
from tests.factories.ledger import make_closed_period, make_fund, make_gift

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER_5 = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)


def news(on: date, *, key: str = "payout/1", amount: int = 500) -> PostedEntry:
    draft = posting_rules.municipal_match_decided(
        yen(amount), fund=queries.general_fund(), general=queries.general_fund()
    )
    return dating.post_as_of(draft, happened_on=on, key=key)


def entry(posted: PostedEntry) -> JournalEntry:
    found = db.session.get(JournalEntry, posted.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("happened_on", "booked_on", "memo"),
    [
        (date(2026, 10, 31), date(2026, 11, 1), "発生日 2026-10-31"),
        (date(2026, 9, 1), date(2026, 11, 1), "発生日 2026-09-01"),
        (date(2026, 11, 1), date(2026, 11, 1), ""),
        (date(2026, 11, 5), date(2026, 11, 5), ""),
    ],
    ids=["the month that was closed", "a month before it", "the first open day", "today"],
)
def test_the_day_of_an_entry(house: Flask, happened_on: date, booked_on: date, memo: str) -> None:
    make_closed_period(*OCTOBER)
    with clock.at(NOVEMBER_5):
        posted = news(happened_on)
        found = entry(posted)
        assert (found.effective_on, found.memo) == (booked_on, memo)
        assert found.shows_late is bool(memo)
        assert queries.entry_count(EntryFilter(is_late=True)) == bool(memo)


def test_while_its_month_is_open_the_day_is_its_own(house: Flask) -> None:
    periods.open_period(starts_on=OCTOBER[0], ends_on=OCTOBER[1])
    with clock.at(NOVEMBER_5):
        found = entry(news(date(2026, 10, 31)))
    assert (found.effective_on, found.memo) == (date(2026, 10, 31), "")


@pytest.mark.usefixtures("house")
class TestToldAgain:
    def test_after_the_close_it_is_the_entry_that_stands_there(self) -> None:
        with clock.at(NOVEMBER_5):
            first = news(date(2026, 10, 31))
        make_closed_period(*OCTOBER)
        with clock.at(NOVEMBER_5 + timedelta(days=30)):
            again = news(date(2026, 10, 31))
        assert (again.id, again.is_new, again.effective_on) == (first.id, False, OCTOBER[1])

    def test_late_and_after_the_next_close_too(self) -> None:
        make_closed_period(*OCTOBER)
        with clock.at(NOVEMBER_5):
            first = news(date(2026, 10, 31))
        with clock.at(NOVEMBER_5 + timedelta(days=40)):
            make_closed_period(date(2026, 11, 1), date(2026, 11, 30))
            again = news(date(2026, 10, 31))
            assert (again.id, again.is_new) == (first.id, False)
            with pytest.raises(KeyReusedWithOtherContent):
                news(date(2026, 10, 31), amount=501)


def test_an_undoing_of_a_closed_month_keeps_both_days(house: Flask) -> None:
    gift = make_gift(make_fund(code="C-1"), on=date(2026, 10, 3))
    make_closed_period(*OCTOBER)
    with clock.at(NOVEMBER_5):
        undone = dating.reverse_as_of(
            gift.id, happened_on=date(2026, 10, 30), key="undo", reason="口座相違"
        )
    found = entry(undone)
    assert (found.effective_on, found.reverses_id) == (date(2026, 11, 1), gift.id)
    assert found.memo == "発生日 2026-10-30 口座相違"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    closed=st.integers(min_value=0, max_value=5),
    day=st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 8, 20)),
)
def test_no_news_are_ever_refused_and_none_is_dated_in_a_closed_month(
    house: Flask, closed: int, day: date
) -> None:
    people = make_user().id, make_user().id
    savepoint = db.session.begin_nested()
    for month in range(1, closed + 1):
        first = date(2026, month, 1)
        make_closed_period(first, periods.end_of_month(first), people=people)
    closed_upto = queries.closed_upto()
    with clock.at(datetime(2026, 8, 20, tzinfo=UTC)):
        found = entry(news(day))
    first_open = closed_upto + timedelta(days=1) if closed_upto else day
    assert found.effective_on == max(day, first_open)
    assert (found.effective_on == day) == (found.memo == "")
    savepoint.rollback()


def test_news_that_wait_for_the_close_move_on_with_it(open_house: Flask) -> None:
    """Told while October is being closed: booked in November, not refused."""
    with transaction():
        period = periods.open_period(starts_on=OCTOBER[0], ends_on=OCTOBER[1])
        periods.prepare_close(period, by_id=make_user(roles=("staff",)).id)
        second = make_user(roles=("approver",)).id
    started = threading.Event()

    def tell() -> int:
        with open_house.app_context(), clock.at(NOVEMBER_5), transaction():
            dating.open_day(OCTOBER[1])
            started.set()
            return news(OCTOBER[1]).id

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            periods.hold_entries()
            told = pool.submit(tell)
            started.wait(10)
            with pytest.raises(TimeoutError):
                told.result(0.3)
            with clock.at(NOVEMBER_5):
                periods.close_period(queries.periods()[0], by_id=second)
        entry_id = told.result(10)
    found = db.session.get(JournalEntry, entry_id)
    assert found is not None
    assert (found.effective_on, found.memo) == (date(2026, 11, 1), "発生日 2026-10-31")
