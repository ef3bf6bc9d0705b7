"""Guards and balances while many book at once, on real connections."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.ledger import periods, queries, services
from civicfund.ledger import posting_rules as rules
from civicfund.ledger.booking import PostedEntry
from civicfund.ledger.errors import Overdrawn, PeriodClosed
from civicfund.ledger.models import Fund
from tests.factories.identity import make_user
from tests.factories.ledger import make_bank_balance, make_fund, make_gift
from tests.racing import at_once

# Seconds; nobody waits for ever.
WAIT = 30
FULL_SUM = text(
    """
    SELECT a.id, ledger_debit_balance(a.id),
      coalesce((SELECT sum(amount_minor) FROM transfers WHERE debit_account_id = a.id), 0)
      - coalesce((SELECT sum(amount_minor) FROM transfers WHERE credit_account_id = a.id), 0)
    FROM ledger_accounts a
    """
)


def the_fund(code: str = "C-1") -> Fund:
    fund = queries.fund_by_code(code)
    assert fund is not None
    return fund


def assert_snapshots_and_tails_are_the_full_sums() -> None:
    for account, full, folded in db.session.execute(FULL_SUM):
        assert full == folded, account
    db.session.rollback()


def test_awards_at_once_never_exceed_the_fund(open_house: Flask) -> None:
    with transaction():
        make_gift(make_fund(code="C-1"), amount=10_000)

    def award(number: int) -> Callable[[], object]:
        return lambda: services.post_entry(
            rules.grant_awarded(yen(3_000), fund=the_fund()), key=f"award/{number}"
        )

    answers = at_once(open_house, *(award(n) for n in range(12)))

    assert sum(isinstance(answer, Overdrawn) for answer in answers) == 12 - 3
    assert queries.available_in(the_fund().id) == yen(1_000)


def test_spenders_meet_donors_and_the_folder(open_house: Flask) -> None:
    """Gifts, awards, payments and folding at once: no balance below zero, sums exact."""
    with transaction():
        make_bank_balance(20_000)
        make_gift(make_fund(code="C-1"), amount=10_000)

    def gift(number: int) -> Callable[[], object]:
        return lambda: make_gift(the_fund(), amount=500, share=75, fee=18, key=f"g/{number}")

    def award_and_pay(number: int) -> Callable[[], object]:
        def deed() -> None:
            fund, general = the_fund(), queries.general_fund()
            services.post_entry(rules.grant_awarded(yen(1_700), fund=fund), key=f"a/{number}")
            services.post_entry(
                rules.grant_instalment_paid(yen(1_700), fund=fund, general=general),
                key=f"p/{number}",
            )

        return deed

    deeds: list[Callable[[], object]] = [gift(n) for n in range(6)]
    deeds += [award_and_pay(n) for n in range(8)]
    deeds += [services.fold_balances]
    answers = at_once(open_house, *deeds)

    assert all(answer is None or not isinstance(answer, Exception) or
               isinstance(answer, Overdrawn) for answer in answers)  # fmt: skip
    fund = the_fund()
    assert queries.available_in(fund.id) >= yen(0)
    assert queries.balance_of("1112") == yen(20_000) - queries.balance_of("5101")
    assert queries.balance_of("2121", fund.id) == yen(0)
    assert_snapshots_and_tails_are_the_full_sums()


def test_spending_and_closing_a_year_tie_no_knot(open_house: Flask, owner: Engine) -> None:
    """Whoever closes holds all entries and then spends of funds; a spender waits for the fund."""
    with transaction():
        make_gift(make_fund(code="C-1"), amount=10_000)
        services.post_entry(rules.grant_awarded(yen(1), fund=the_fund()), key="award/0")
    has_spent = threading.Event()

    def award(number: int) -> PostedEntry:
        return services.post_entry(
            rules.grant_awarded(yen(1_000), fund=the_fund()), key=f"award/{number}"
        )

    def spend_and_stay() -> PostedEntry:
        posted = award(1)
        has_spent.set()
        _until_waiting(owner, 2)
        return posted

    def spend() -> PostedEntry:
        has_spent.wait(WAIT)
        return award(2)

    def close() -> PostedEntry:
        has_spent.wait(WAIT)
        _until_waiting(owner, 1)
        periods.hold_entries()
        return award(3)

    answers = at_once(open_house, spend_and_stay, spend, close)

    assert [type(answer) for answer in answers] == [PostedEntry] * 3
    assert queries.available_in(the_fund().id) == yen(10_000 - 3_001)


def _until_waiting(owner: Engine, count: int) -> None:
    """Go on when so many sessions of this database wait for a lock."""
    waiting = text(
        "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
        "WHERE NOT granted AND datname = current_database()"
    )
    patience = time.monotonic() + WAIT
    with owner.connect() as connection:
        while connection.scalar(waiting) < count:
            connection.rollback()
            assert time.monotonic() < patience, "nobody waits"
            time.sleep(0.02)


def test_a_spender_does_not_count_a_gift_with_a_higher_number(
    open_house: Flask, owner: Engine
) -> None:
    """The award has drawn its number and waits; the gift that commits meanwhile stands after it."""
    with transaction():
        make_gift(make_fund(code="C-1"), amount=1_000)
        services.post_entry(rules.grant_awarded(yen(1), fund=the_fund()), key="award/0")
    newest = queries.newest_entry_id()

    def spend() -> object:
        draft = rules.grant_awarded(yen(1_500), fund=the_fund())
        return services.post_entry(draft, key="taken")

    # Whoever posts a key that somebody else is posting waits, with a number drawn.
    make_gift(the_fund(), amount=1, key="taken")
    with ThreadPoolExecutor(2) as pool:
        spending = pool.submit(at_once, open_house, spend)
        wait_until_drawn(owner, newest + 2)
        gift = pool.submit(at_once, open_house, lambda: make_gift(the_fund(), amount=1_000))
        [posted] = gift.result(10)
        db.session.rollback()
        [answer] = spending.result(10)

    assert isinstance(posted, PostedEntry)
    assert posted.id == newest + 3
    assert isinstance(answer, Overdrawn)
    assert answer.places == {"available": "999", "asked": "1,500"}
    with transaction():
        spend()
    assert queries.available_in(the_fund().id) == yen(499)


def wait_until_drawn(owner: Engine, number: int) -> None:
    """Until somebody has drawn this number for an entry."""
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for _ in range(1_000):
            drawn = connection.scalar(text("SELECT last_value FROM journal_entries_id_seq"))
            if drawn is not None and drawn >= number:
                return
            time.sleep(0.01)
    raise AssertionError(f"nobody drew {number}")


def test_one_key_at_once_is_one_entry(open_house: Flask) -> None:
    with transaction():
        make_fund(code="C-1")
    answers = at_once(open_house, *[lambda: make_gift(the_fund(), key="gift/1")] * 8)
    assert len({answer.id for answer in answers}) == 1
    assert sum(answer.is_new for answer in answers) == 1
    assert queries.balance_of("1131") == yen(10_000)


def test_a_donor_does_not_wait_for_a_spender(open_house: Flask, owner: Engine) -> None:
    """The spender holds the fund's lock in an open transaction; the gift is booked meanwhile."""
    with transaction():
        make_gift(make_fund(code="C-1"), amount=10_000)
    with owner.begin() as spender:
        spender.execute(text("SELECT FROM funds WHERE code = 'C-1' FOR NO KEY UPDATE"))
        spender.execute(text("SELECT FROM ledger_accounts FOR NO KEY UPDATE"))
        with transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            make_gift(the_fund(), amount=500)
    assert queries.available_in(the_fund().id) == yen(10_500)


class TestFolding:
    def test_moves_the_settled_into_the_snapshots(self, open_house: Flask) -> None:
        assert open_house
        with transaction():
            newest = [make_gift(make_fund(code="C-1"), amount=100 + n) for n in range(5)][-1]
        with transaction():
            assert services.fold_balances() == newest.id
        with transaction():
            make_gift(the_fund(), amount=7)
            assert services.fold_balances() == newest.id + 1
        assert queries.balance_of("1131") == yen(5 * 100 + 10 + 7)
        assert_snapshots_and_tails_are_the_full_sums()

    def test_waits_for_whoever_drew_a_lower_number(self, open_house: Flask) -> None:
        """An entry with a lower number commits after one with a higher: it is not lost."""
        with transaction():
            make_gift(make_fund(code="C-1"), amount=100)
        slow_is_in = threading.Event()
        slow_may_go = threading.Event()

        def slow() -> None:
            with open_house.app_context(), transaction():
                make_gift(the_fund(), amount=1_000, key="slow")
                slow_is_in.set()
                slow_may_go.wait(10)

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(slow)
            slow_is_in.wait(10)
            with transaction():
                make_gift(the_fund(), amount=10_000, key="fast")
            with transaction():
                assert services.fold_balances(patience=timedelta(milliseconds=50)) is None
            assert_snapshots_and_tails_are_the_full_sums()
            slow_may_go.set()
            waiting.result(10)
        with transaction():
            assert services.fold_balances() is not None
        assert queries.balance_of("1131") == yen(11_100)
        assert_snapshots_and_tails_are_the_full_sums()

    def test_an_aborted_entry_leaves_a_gap_that_does_not_matter(self, open_house: Flask) -> None:
        assert open_house
        with transaction():
            make_gift(make_fund(code="C-1"), amount=100)
        make_gift(the_fund(), amount=1_000)
        db.session.rollback()
        with transaction():
            services.fold_balances()
        with transaction():
            make_gift(the_fund(), amount=5)
        assert queries.balance_of("1131") == yen(105)
        assert_snapshots_and_tails_are_the_full_sums()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.integers(min_value=0, max_value=3_000), max_size=15))
def test_however_one_folds_the_sums_are_the_same(house: Flask, steps: list[int]) -> None:
    """0 folds, any other number is a gift of so many yen."""
    fund = make_fund()
    for step in steps:
        if step:
            make_gift(fund, amount=step)
        else:
            services.fold_balances()
    assert queries.balance_of("4111", fund.id) == yen(sum(steps))
    for _, full, folded in db.session.execute(FULL_SUM):
        assert full == folded


def make_prepared_january() -> None:
    with transaction():
        make_fund(code="C-1")
        period = periods.open_period(starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31))
        periods.prepare_close(period, by_id=make_user().id)


def test_closing_a_period_waits_for_entries_and_stops_the_next(open_house: Flask) -> None:
    make_prepared_january()
    booked, may_go = threading.Event(), threading.Event()

    def inside(deed: Callable[[], object]) -> object:
        with open_house.app_context():
            try:
                with transaction():
                    return deed()
            except PeriodClosed as refusal:
                return refusal
            finally:
                db.session.remove()

    def close() -> object:
        return periods.close_period(queries.periods()[0], by_id=make_user().id)

    def gift_that_takes_its_time() -> object:
        posted = make_gift(the_fund(), on=date(2026, 1, 15), key="before")
        booked.set()
        may_go.wait(10)
        return posted

    with ThreadPoolExecutor(3) as pool:
        before = pool.submit(inside, gift_that_takes_its_time)
        booked.wait(10)
        closing = pool.submit(inside, close)
        with pytest.raises(TimeoutError):
            closing.result(0.3)
        # Asked while the closing waits: looks at the periods only after it.
        after = pool.submit(
            inside, lambda: make_gift(the_fund(), on=date(2026, 1, 15), key="after")
        )
        with pytest.raises(TimeoutError):
            after.result(0.3)
        may_go.set()
        assert isinstance(before.result(10), PostedEntry)
        assert closing.result(10) is None
        assert isinstance(after.result(10), PeriodClosed)
