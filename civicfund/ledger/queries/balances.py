"""Balances: the snapshot of settled entries and the tail after it, read in one statement."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    and_,
    any_,
    cast,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.orm import aliased

from civicfund.core.db import db
from civicfund.core.money import Money, yen
from civicfund.ledger.models import (
    BalanceSnapshot,
    FundClass,
    JournalEntry,
    LedgerAccount,
    Transfer,
)

# What was given to a fund: for its purpose, and as the operating share that is a term of the gift.
GROSS_GIFTS = ("4111", "4112", "4191")
HELD_GIFTS = ("2133",)
LAST_ID = 2**63 - 1


def settled_upto() -> ScalarSelect[int]:
    """The entry up to which everything is in the snapshots."""
    return select(func.coalesce(func.max(BalanceSnapshot.upto_entry_id), 0)).scalar_subquery()


def in_tail() -> ColumnElement[bool]:
    """Of an entry that is not in the snapshots yet."""
    # The upper bound excludes nothing: it tells the planner that a range is meant, a small one.
    return and_(Transfer.entry_id > settled_upto(), Transfer.entry_id <= LAST_ID)


def in_closing(*, on: date | None = None) -> ColumnElement[bool]:
    """Of one of the `closings`, which are looked up first: they are few, however long the book."""
    return Transfer.entry_id == any_(func.array(closings(on=on).scalar_subquery()))


def moves_of(condition: ColumnElement[bool], *, sign: int = 1) -> list[Any]:
    """(account_id, debits, credits) of the lines that fit, a SELECT for each side."""
    # Read once, in the order of entries: asked for its debits and its credits apart, the planner
    # would look for a short tail in the index of every account.
    lines = select(
        Transfer.debit_account_id, Transfer.credit_account_id, Transfer.amount_minor * sign
    ).where(condition)
    debit_account_id, credit_account_id, amount = lines.cte().c
    nothing = literal(0, BigInteger)
    return [
        select(debit_account_id, amount, nothing),
        select(credit_account_id, nothing, amount),
    ]


def debit_balance(*, on: date | None = None) -> ColumnElement[int]:
    """Debits less credits of the `LedgerAccount` of the statement around it, by its indexes."""
    snapshot = (
        select(BalanceSnapshot.debits - BalanceSnapshot.credits)
        .where(BalanceSnapshot.account_id == LedgerAccount.id)
        .scalar_subquery()
    )
    tail = in_tail()
    balance = func.coalesce(snapshot, 0) + _moved("debit", tail) - _moved("credit", tail)
    if on is not None:
        later = and_(JournalEntry.id == Transfer.entry_id, JournalEntry.effective_on > on)
        balance = balance - _moved("debit", later) + _moved("credit", later)
    return cast(balance, BigInteger)


def _moved(side: str, condition: ColumnElement[bool]) -> ColumnElement[int]:
    account_id = Transfer.debit_account_id if side == "debit" else Transfer.credit_account_id
    return func.coalesce(
        select(func.sum(Transfer.amount_minor))
        .where(account_id == LedgerAccount.id, condition)
        .correlate(LedgerAccount)
        .scalar_subquery(),
        0,
    )


def balance_of(chart_code: str, fund_id: int | None = None, *, on: date | None = None) -> Money:
    """What a line of the chart holds, in one fund or in all, in the natural sign of its kind."""
    statement = select(LedgerAccount.kind, debit_balance(on=on)).where(
        LedgerAccount.chart_code == chart_code
    )
    if fund_id is not None:
        statement = statement.where(LedgerAccount.fund_id == fund_id)
    rows = db.session.execute(statement.order_by(LedgerAccount.id))
    return yen(sum(kind.sign * balance for kind, balance in rows))


def available_in(fund_id: int) -> Money:
    """What a fund still holds for its purpose: its designated net assets."""
    balance = db.session.scalar(
        select(func.sum(debit_balance())).where(
            LedgerAccount.fund_id == fund_id, LedgerAccount.fund_class == FundClass.DESIGNATED
        )
    )
    return yen(-int(balance or 0))


def gross_gifts_of(fund_ids: Iterable[int]) -> dict[int, int]:
    """Yen given to each fund and not refunded, the operating share included, over all years."""
    return _credits_by_fund(fund_ids, GROSS_GIFTS, add_closed=True)


def held_gifts_of(fund_ids: Iterable[int]) -> dict[int, int]:
    """Yen held for each fund on condition that its target is reached (預り金)."""
    return _credits_by_fund(fund_ids, HELD_GIFTS)


def _credits_by_fund(
    fund_ids: Iterable[int], codes: Sequence[str], *, add_closed: bool = False
) -> dict[int, int]:
    wanted = list(fund_ids)
    balance: ColumnElement[int] = -debit_balance()
    if add_closed:
        closing = in_closing()
        balance = balance + _moved("debit", closing) - _moved("credit", closing)
    rows = db.session.execute(
        select(LedgerAccount.fund_id, func.sum(balance))
        .where(LedgerAccount.fund_id.in_(wanted), LedgerAccount.chart_code.in_(codes))
        .group_by(LedgerAccount.fund_id)
    )
    return dict.fromkeys(wanted, 0) | {fund_id: int(amount) for fund_id, amount in rows}


def closings(*, on: date | None = None) -> CompoundSelect[int]:
    """Entries that emptied the revenue and expense lines at a year's end, and their reversals."""
    original = aliased(JournalEntry)
    closings = select(JournalEntry.id).where(JournalEntry.kind == "year_closed")
    undone = (
        select(JournalEntry.id)
        .join(original, original.id == JournalEntry.reverses_id)
        .where(original.kind == "year_closed")
    )
    if on is not None:
        closings = closings.where(JournalEntry.effective_on <= on)
        undone = undone.where(JournalEntry.effective_on <= on)
    return union(closings, undone)
