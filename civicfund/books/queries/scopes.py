"""The accounts that a ledger is about: a line of the chart, one account, what a fund owns."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, case, cast, func, or_, select, tuple_

from civicfund.books.places import Place
from civicfund.books.queries.lines import ORDER, BookLine
from civicfund.core.db import db
from civicfund.ledger.models import AccountKind, Fund, JournalEntry, LedgerAccount, Transfer
from civicfund.ledger.queries import balances_before, movements_by_month
from civicfund.ledger.queries.balances import in_closing
from civicfund.ledger.queries.movements import in_days

GRANTS_PAYABLE = ("2121", "2122")
OWN = (AccountKind.NET_ASSETS, AccountKind.REVENUE, AccountKind.EXPENSE)


@dataclass(frozen=True, slots=True)
class Scope:
    """Some accounts together; `sign` is +1 where debits add to what they hold.

    `before_closings`: the entries that close a year are left out.
    """

    condition: ColumnElement[bool]
    accounts: frozenset[int]
    sign: int
    before_closings: bool = False

    def touching(self) -> ColumnElement[bool]:
        """Lines with one of these accounts on either side."""
        touching = or_(
            self.holds(Transfer.debit_account_id), self.holds(Transfer.credit_account_id)
        )
        return touching & ~in_closing() if self.before_closings else touching

    def has(self, line: BookLine) -> bool:
        """Does a line touch one of these accounts?"""
        return not self.accounts.isdisjoint({line.debit.account_id, line.credit.account_id})

    def holds(self, side: Any) -> ColumnElement[bool]:
        """Is the account on this side of a line one of these?"""
        # Written into the statement: what the planner knows about these accounts decides whether
        # it walks the days or the account.
        wanted = sorted(self.accounts) or [0]
        return side.in_(bindparam(None, wanted, expanding=True, literal_execute=True))  # type: ignore[no-any-return]


def scope_of_account(
    code: str, kind: AccountKind, *, fund: Fund | None = None, before_closings: bool = False
) -> Scope:
    """A line of the chart (`1131`) in all funds or one, or one account (`1131/GENERAL`)."""
    column = LedgerAccount.code if "/" in code else LedgerAccount.chart_code
    condition = column == code
    if fund is not None:
        condition = condition & (LedgerAccount.fund_id == fund.id)
    return _scope(condition, kind.sign, before_closings=before_closings)


def scope_of_fund(fund: Fund) -> Scope:
    """What a fund owns: its net assets, with what came in and went out since the last close."""
    own = (LedgerAccount.fund_id == fund.id) & LedgerAccount.kind.in_(OWN)
    return _scope(own, AccountKind.NET_ASSETS.sign)


def scope_of_campaign(fund: Fund) -> Scope:
    """What is here for a campaign: given to it, held on condition, or promised and not yet paid."""
    return _scope(LedgerAccount.fund_id == fund.id, AccountKind.NET_ASSETS.sign)


def scope_of_grants() -> Scope:
    """What is owed to those who were granted something (未払助成金)."""
    return _scope(LedgerAccount.chart_code.in_(GRANTS_PAYABLE), AccountKind.LIABILITY.sign)


def _scope(condition: ColumnElement[bool], sign: int, *, before_closings: bool = False) -> Scope:
    accounts = db.session.scalars(
        select(LedgerAccount.id).where(condition).order_by(LedgerAccount.id)
    )
    return Scope(condition, frozenset(accounts), sign, before_closings)


def opening_of(scope: Scope, first: date) -> int:
    """What the accounts held as the day began, in their own sign."""
    before = balances_before(LedgerAccount.chart_code, first, only=scope.condition)
    return scope.sign * sum(before.values())


def accounts_of(fund: Fund, first: date, last: date) -> list[tuple[str, int, int, int]]:
    """(code, debits less credits before, debits, credits) of each account of a fund, by code."""
    only, by = LedgerAccount.fund_id == fund.id, LedgerAccount.code
    found = {
        code: (balance, 0, 0) for code, balance in balances_before(by, first, only=only).items()
    }
    for moved in movements_by_month(by, first, last, only=only):
        balance, debits, credits = found.get(moved.key, (0, 0, 0))
        found[moved.key] = (balance, debits + moved.debits, credits + moved.credits)
    return [(code, *found[code]) for code in sorted(found)]


def months_of(scope: Scope, first: date, last: date) -> dict[date, tuple[int, int]]:
    """(debits, credits) of each month of these days in which something moved."""
    sums: dict[date, tuple[int, int]] = {}
    for moved in movements_by_month(
        LedgerAccount.chart_code, first, last, only=scope.condition,
        before_closings=scope.before_closings,
    ):  # fmt: skip
        debits, credits = sums.get(moved.month, (0, 0))
        sums[moved.month] = (debits + moved.debits, credits + moved.credits)
    return dict(sorted(sums.items()))


def moved_before(scope: Scope, first: date, place: Place) -> tuple[int, int]:
    """(debits, credits) of the lines from that day up to, and without, this line."""
    here = (place.on, place.entry_id, place.line)
    sides = (scope.holds(Transfer.debit_account_id), scope.holds(Transfer.credit_account_id))
    sums = [
        cast(func.coalesce(func.sum(case((side, Transfer.amount_minor))), 0), BigInteger)
        for side in sides
    ]
    row = db.session.execute(
        select(*sums)
        .select_from(JournalEntry)
        .join(Transfer, Transfer.entry_id == JournalEntry.id)
        .where(
            in_days(first, place.on),
            tuple_(*ORDER) < here,
            scope.touching(),
        )
    ).one()
    return int(row[0]), int(row[1])
