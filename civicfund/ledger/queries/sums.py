"""What every account holds: the sums of all that was booked, now or as a day ended or began."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    Subquery,
    cast,
    func,
    select,
    union_all,
)

from civicfund.core.db import db
from civicfund.ledger.models import BalanceSnapshot, LedgerAccount
from civicfund.ledger.queries.balances import in_closing, in_tail, moves_of
from civicfund.ledger.queries.movements import FOREVER, movements, total


def all_sums(*, on: date | None = None, before_closings: bool = False) -> Subquery:
    """(account_id, debits, credits) of every account that ever moved; `on`: as that day ended.

    `before_closings`: as if no year had been closed; what was given stays given.
    """
    parts: list[Any] = [
        select(BalanceSnapshot.account_id, BalanceSnapshot.debits, BalanceSnapshot.credits),
        *moves_of(in_tail()),
    ]
    if on is not None and on < FOREVER:
        # To take back what came later is cheaper than to add up everything before.
        later = movements(on + timedelta(days=1), FOREVER)
        parts.append(select(later.c.account_id, -later.c.debits, -later.c.credits))
    if before_closings:
        parts += moves_of(in_closing(on=on), sign=-1)
    every = union_all(*parts).subquery()
    account_id, debits, credits = every.c
    return (
        select(
            account_id.label("account_id"),
            cast(func.sum(debits), BigInteger).label("debits"),
            cast(func.sum(credits), BigInteger).label("credits"),
        )
        .group_by(account_id)
        .subquery("sums")
    )


def balances_before(
    by: SQLColumnExpression[Any], day: date, *, only: ColumnElement[bool] | None = None
) -> dict[Any, int]:
    """Debits less credits as a day began, grouped by a column of `LedgerAccount`."""
    before = all_sums(on=day - timedelta(days=1))
    balance = total(before.c.debits - before.c.credits)
    statement = (
        select(by, balance)
        .join(LedgerAccount, LedgerAccount.id == before.c.account_id)
        .group_by(by)
        .having(balance != 0)
        .order_by(by)
    )
    if only is not None:
        statement = statement.where(only)
    return dict(db.session.execute(statement).all())
