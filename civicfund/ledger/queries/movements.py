"""What moved in any days: whole months from their sums, the rest of the days from the lines.

A year's book over any number of entries reads twelve sums for each account, what is not folded yet,
and at most the lines of the two months that the days cut through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    SQLColumnExpression,
    Subquery,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.ledger.models import JournalEntry, LedgerAccount, MonthSum, Transfer
from civicfund.ledger.queries.balances import LAST_ID, in_closing

# Where the days of a span have no end.
FOREVER = date.max


@dataclass(frozen=True, slots=True)
class MonthMovement:
    """What moved in a month (within the days asked for); `key` is what was grouped by."""

    key: Any
    month: date
    debits: int
    credits: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Days as whole months (from the first of one to the first of another) and what is left."""

    months: tuple[date, date] | None
    rest: tuple[tuple[date, date], ...]


def cut_in_months(first: date, last: date) -> Cut:
    """The whole months between two days, and the days before and after them."""
    if first > last:
        return Cut(None, ())
    starts_whole, ends_whole = first.day == 1, last == clock.end_of_month(last)
    if (first.year, first.month) == (last.year, last.month) and not (starts_whole and ends_whole):
        return Cut(None, ((first, last),))
    before = () if starts_whole else ((first, clock.end_of_month(first)),)
    after = () if ends_whole else ((last.replace(day=1), last),)
    month, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    month, end = month + len(before), end - len(after)
    whole = (_month(month), _month(end)) if month <= end else None
    return Cut(whole, (*before, *after))


def movements(
    first: date,
    last: date,
    *,
    only: ColumnElement[bool] | None = None,
    before_closings: bool = False,
) -> Subquery:
    """(account_id, month, debits, credits) of these days; `only`: of such `LedgerAccount`s.

    `before_closings`: without the entries that close a year (決算振替前).
    """
    moved = union_all(*_parts(first, last, before_closings=before_closings)).subquery()
    if only is None:
        return moved
    wanted = select(LedgerAccount.id).where(only)
    return select(moved).where(moved.c.account_id.in_(wanted)).subquery()


def movements_by_month(
    by: SQLColumnExpression[Any],
    first: date,
    last: date,
    *,
    only: ColumnElement[bool] | None = None,
    before_closings: bool = False,
) -> list[MonthMovement]:
    """What moved month by month, grouped by a column of `LedgerAccount`; no months at rest.

    `only`: of such accounts.
    """
    moved = movements(first, last, before_closings=before_closings)
    debits, credits = total(moved.c.debits), total(moved.c.credits)
    statement = (
        select(by, moved.c.month, debits, credits)
        .join(LedgerAccount, LedgerAccount.id == moved.c.account_id)
        .group_by(by, moved.c.month)
        .having(or_(debits != 0, credits != 0))
        .order_by(by, moved.c.month)
    )
    if only is not None:
        statement = statement.where(only)
    return [MonthMovement(*row) for row in db.session.execute(statement)]


def total(column: ColumnElement[Any]) -> ColumnElement[int]:
    """The sum of a column of yen."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def in_days(first: date, last: date) -> ColumnElement[bool]:
    """Of entries of these days, which are looked up first: their numbers lie close together."""
    entry = aliased(JournalEntry)
    # Not the bare number: PostgreSQL would walk the book from its first entry to find the least.
    lowest, highest = (
        select(side(entry.id + 0)).where(entry.effective_on.between(first, last)).scalar_subquery()
        for side in (func.min, func.max)
    )
    within = JournalEntry.effective_on.between(first, last)
    return and_(within, Transfer.entry_id.between(lowest, highest))


def _summed_upto() -> ScalarSelect[int]:
    """The entry up to which everything is in the sums of the months."""
    return select(func.coalesce(func.max(MonthSum.upto_entry_id), 0)).scalar_subquery()


def not_summed(first: date, last: date) -> list[ColumnElement[bool]]:
    """Of lines of these days that are not in the sums of their whole months, part by part."""
    upto, within = _summed_upto(), JournalEntry.effective_on.between(first, last)
    # The upper bounds exclude nothing: they tell the planner that a range is meant, a small one, of
    # entries as of their lines; it would walk all the entries of the days to find the few.
    tail = and_(
        within,
        *(number > upto for number in (Transfer.entry_id, JournalEntry.id)),
        *(number <= LAST_ID for number in (Transfer.entry_id, JournalEntry.id)),
    )
    rest = cut_in_months(first, last).rest
    return [tail, *(and_(in_days(*days), Transfer.entry_id <= upto) for days in rest)]


def month_of_entry() -> ColumnElement[date]:
    """The first day of the month of the `JournalEntry`."""
    on = JournalEntry.effective_on
    return func.date_trunc("month", on).cast(on.type)


def _parts(first: date, last: date, *, before_closings: bool) -> Sequence[Any]:
    parts = [_sums(cut_in_months(first, last))]
    for condition in not_summed(first, last):
        parts += _lines(condition)
    if before_closings:
        within = JournalEntry.effective_on.between(first, last)
        parts += _lines(and_(within, in_closing(on=last)), sign=-1)
    return parts


def _sums(cut: Cut) -> Any:
    within = MonthSum.month.between(*cut.months) if cut.months else false()
    columns = (
        MonthSum.account_id.label("account_id"), MonthSum.month.label("month"),
        MonthSum.debits.label("debits"), MonthSum.credits.label("credits"),
    )  # fmt: skip
    return select(*columns).where(within)


def _lines(condition: ColumnElement[bool], *, sign: int = 1) -> list[Any]:
    month = month_of_entry()
    amount, nothing = Transfer.amount_minor * sign, literal(0, BigInteger)
    found = []
    for account_id, sums in (
        (Transfer.debit_account_id, (amount, nothing)),
        (Transfer.credit_account_id, (nothing, amount)),
    ):
        found.append(
            select(account_id, month, *sums)
            .join(JournalEntry, JournalEntry.id == Transfer.entry_id)
            .where(condition)
            # A fence: the days are walked, not all the lines of an account that has many.
            .offset(0)
        )
    return found


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
