"""What moved in any days is what the lines of these days say, folded or not, and nothing else."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from civicfund.core.db import db
from civicfund.ledger import queries, services
from civicfund.ledger.models import LedgerAccount
from civicfund.ledger.queries.movements import FOREVER, cut_in_months
from tests.factories.ledger import make_bank_balance, make_fund, make_gift

DAYS = st.dates(date(2026, 1, 1), date(2026, 8, 31))
# (day, amount, was it folded?)
GIFTS = st.lists(st.tuples(DAYS, st.integers(1_000, 9_000), st.booleans()), max_size=8)
LINES = text(
    """
    SELECT a.chart_code, date_trunc('month', e.effective_on)::date, sum(debit), sum(credit)
    FROM (SELECT entry_id, debit_account_id AS id, amount_minor AS debit, 0 AS credit FROM transfers
      UNION ALL SELECT entry_id, credit_account_id, 0, amount_minor FROM transfers) AS moved
    JOIN ledger_accounts a ON a.id = moved.id JOIN journal_entries e ON e.id = entry_id
    WHERE e.effective_on BETWEEN :first AND :last AND (:closed OR e.kind <> 'year_closed')
    GROUP BY 1, 2 ORDER BY 1, 2
    """
)


def days_of(first: date, last: date) -> set[date]:
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


@given(DAYS, DAYS)
@example(date(2026, 4, 1), date(2026, 4, 30))
@example(date(2026, 4, 1), date(2027, 3, 31))
@example(date(2026, 4, 2), date(2026, 5, 30))
def test_days_are_cut_into_whole_months_and_a_rest(first: date, last: date) -> None:
    cut = cut_in_months(first, last)
    covered: Counter[date] = Counter()
    for days in cut.rest:
        assert days[0].month == days[1].month, "the rest of one month"
        covered.update(days_of(*days))
    if cut.months is not None:
        begin, end = cut.months
        assert (begin.day, end.day) == (1, 1)
        covered.update(days_of(begin, (end + timedelta(days=31)).replace(day=1) - timedelta(1)))
    assert covered == Counter(days_of(first, last)) if first <= last else not covered


def test_the_end_of_time_is_a_month_too() -> None:
    assert cut_in_months(date(2026, 4, 1), FOREVER).rest == ()


def moved(first: date, last: date, **more: Any) -> list[tuple[Any, ...]]:
    found = queries.movements_by_month(LedgerAccount.chart_code, first, last, **more)
    return [(one.key, one.month, one.debits, one.credits) for one in found]


@given(GIFTS, DAYS, DAYS, st.booleans())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_movements_are_the_lines_of_the_days(
    house: Flask, gifts: list[tuple[date, int, bool]], first: date, last: date, closed: bool
) -> None:
    with db.session.begin_nested() as here:
        fund = make_fund()
        for on, amount, is_folded in gifts:
            make_gift(fund, amount=amount, share=150, fee=36, on=on)
            if is_folded:
                services.fold_balances()
        services.close_year(date(2026, 3, 31))
        asked = {"first": first, "last": last, "closed": closed}
        lines = [tuple(row) for row in db.session.execute(LINES, asked)]
        assert moved(first, last, before_closings=not closed) == lines
        only = LedgerAccount.chart_code == "1131"
        of_one = [line for line in lines if line[0] == "1131"]
        assert moved(first, last, before_closings=not closed, only=only) == of_one
        before = {}
        for code, _, debits, credits in db.session.execute(
            LINES, {"first": date.min, "last": first - timedelta(1), "closed": True}
        ):
            before[code] = before.get(code, 0) + debits - credits
        found = queries.balances_before(LedgerAccount.chart_code, first)
        assert found == {code: balance for code, balance in before.items() if balance}
        here.rollback()


def test_a_fold_leaves_the_other_months_as_they_were(house: Flask) -> None:
    make_bank_balance(1_000, on=date(2026, 4, 1))
    services.fold_balances()
    make_bank_balance(2_000, on=date(2026, 5, 1))
    services.fold_balances()
    services.fold_balances()
    rows = db.session.execute(
        text(
            "SELECT month, debits FROM month_sums JOIN ledger_accounts a ON a.id = account_id "
            "WHERE a.code = '1112/GENERAL' ORDER BY month"
        )
    )
    assert [tuple(row) for row in rows] == [(date(2026, 4, 1), 1_000), (date(2026, 5, 1), 2_000)]
