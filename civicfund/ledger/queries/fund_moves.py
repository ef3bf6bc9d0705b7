"""What funds passed on to each other: whole months from their sums, the rest from the lines."""

from datetime import date
from typing import Any

from sqlalchemy import Select, Subquery, false, select, union_all

from civicfund.ledger.models import FundMoveSum, JournalEntry, LedgerAccount, Transfer
from civicfund.ledger.queries.movements import cut_in_months, month_of_entry, not_summed

BETWEEN_FUNDS = "3190"


def fund_moves(*, until: date) -> Subquery:
    """(month, giver_account_id, receiver_account_id, amount) from the first day on, some rows for
    the same three.
    """
    lines = [_lines(condition) for condition in not_summed(date.min, until)]
    return union_all(_sums(until), *lines).subquery()


def _sums(until: date) -> Select[*tuple[Any, ...]]:
    whole = cut_in_months(date.min, until).months
    return select(
        FundMoveSum.month.label("month"),
        FundMoveSum.giver_account_id.label("giver_account_id"),
        FundMoveSum.receiver_account_id.label("receiver_account_id"),
        FundMoveSum.amount_minor.label("amount"),
    ).where(FundMoveSum.month.between(*whole) if whole else false())


def _lines(condition: Any) -> Select[*tuple[Any, ...]]:
    """The lines are found first, then their accounts: an account may have many more."""
    found = (
        select(
            month_of_entry(),
            Transfer.debit_account_id,
            Transfer.credit_account_id,
            Transfer.amount_minor,
        )
        .join(JournalEntry, JournalEntry.id == Transfer.entry_id)
        .where(condition)
        .offset(0)
        .subquery()
    )
    between = select(LedgerAccount.id).where(LedgerAccount.chart_code == BETWEEN_FUNDS)
    _month, giver, receiver, _amount = found.c
    return select(found).where(giver.in_(between), receiver.in_(between))
