"""Income and spending month by month."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select

from civicfund.core.db import db
from civicfund.ledger.models import AccountKind, JournalEntry, LedgerAccount, Transfer
from civicfund.ledger.queries.balances import closings


@dataclass(frozen=True, slots=True)
class MonthResult:
    """What came in and what was spent in a month, in yen; refunds are taken off the income."""

    month: date
    income: int
    spending: int


def results_by_month(*, until: date, months: int = 12) -> list[MonthResult]:
    """The last months up to that of `until`, oldest first, months without entries included."""
    wanted = _months_before(until, months)
    sums: dict[tuple[date, AccountKind], int] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        for month, kind, amount in db.session.execute(_moved(side, wanted[0], until)):
            key = (month, kind)
            sums[key] = sums.get(key, 0) + sign * kind.sign * int(amount)
    return [
        MonthResult(
            month,
            sums.get((month, AccountKind.REVENUE), 0),
            sums.get((month, AccountKind.EXPENSE), 0),
        )
        for month in wanted
    ]


def _moved(side: str, since: date, until: date) -> Select[*tuple[Any, ...]]:
    account_id = Transfer.debit_account_id if side == "debit" else Transfer.credit_account_id
    month = func.date_trunc("month", JournalEntry.effective_on).cast(JournalEntry.effective_on.type)
    return (
        select(month, LedgerAccount.kind, cast(func.sum(Transfer.amount_minor), BigInteger))
        .join(JournalEntry, JournalEntry.id == Transfer.entry_id)
        .join(LedgerAccount, LedgerAccount.id == account_id)
        .where(
            JournalEntry.effective_on >= since,
            JournalEntry.effective_on <= until,
            LedgerAccount.kind.in_((AccountKind.REVENUE, AccountKind.EXPENSE)),
            Transfer.entry_id.not_in(closings()),
        )
        .group_by(month, LedgerAccount.kind)
        .order_by(month)
    )


def _months_before(until: date, count: int) -> list[date]:
    last = until.year * 12 + until.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(last - count + 1, last + 1)]
