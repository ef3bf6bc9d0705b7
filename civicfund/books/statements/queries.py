"""What the statements read: sums of accounts on a few days, whatever the length of the book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    cast,
    func,
    or_,
    select,
    union_all,
)

from civicfund.books.statements.classes import program_of
from civicfund.books.statements.figures import Figure, Figures, LineKey, days_of
from civicfund.books.statements.years import DAY
from civicfund.core.db import db
from civicfund.ledger.models import Fund, FundClass, LedgerAccount, Transfer
from civicfund.ledger.queries.balances import closings
from civicfund.ledger.queries.funds import GENERAL
from civicfund.ledger.queries.movements import FOREVER, movements
from civicfund.ledger.queries.sums import all_sums

Sums = list[int]


@dataclass(frozen=True, slots=True)
class AccountSum:
    """An account with its debits less credits at the end of the asked days."""

    account: LedgerAccount
    fund: Fund
    program: str
    sums: Sums


def figures_of(*years: int) -> Figures:
    """All that statements of these years are made of, as if no year had been closed."""
    days = days_of(years)
    sums = _sums_by_account(days)
    is_general = Fund.code == GENERAL
    accounts = db.session.execute(
        select(
            LedgerAccount.id,
            LedgerAccount.chart_code,
            LedgerAccount.fund_class,
            Fund.program,
            is_general,
        )
        .join(Fund, Fund.id == LedgerAccount.fund_id)
        .order_by(LedgerAccount.id)
    )
    found: dict[LineKey, Sums] = {}
    for account_id, code, fund_class, fund_program, in_general in accounts:
        if account_id in sums:
            program = program_of(code, fund_program=fund_program, is_general=in_general)
            line = found.setdefault(LineKey(code, fund_class, program), [0] * len(days))
            for place, amount in enumerate(sums[account_id]):
                line[place] += amount
    return Figures(days, found)


def _sums_by_account(days: Sequence[date], *, only: LedgerAccount | None = None) -> dict[int, Sums]:
    """Debits less credits of every account at the end of each day, in one statement.

    What stands now, less what came later: of whole months their sums.
    """
    now = all_sums(before_closings=True)
    parts = [_part(now, [1] * len(days))]
    for day, next_day in pairwise((*sorted(days), FOREVER)):
        moved = movements(day + DAY, next_day, before_closings=True)
        parts.append(_part(moved, [-(earlier <= day) for earlier in days]))
    if only is not None:
        parts = [part.where(part.selected_columns[0] == only.id) for part in parts]
    every = union_all(*parts).subquery()
    account, *sums = every.c
    totals = [cast(func.sum(amount), BigInteger) for amount in sums]
    rows = db.session.execute(select(account, *totals).group_by(account))
    return {account_id: [int(amount) for amount in amounts] for account_id, *amounts in rows}


def _part(moved: Subquery, signs: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """Debits less credits of each account, counted on each day as its sign says (0: not at all)."""
    balance = moved.c.debits - moved.c.credits
    columns = (cast(balance * sign, BigInteger).label(f"day_{at}") for at, sign in enumerate(signs))
    return select(moved.c.account_id, *columns)


def account_sums(figure: Figure) -> list[AccountSum]:
    """Debits less credits of each account that may be part of a figure, before and after its year.

    The programme is left to the caller: it is no column of the book.
    """
    sums = _sums_by_account(figure.days)
    return [
        AccountSum(
            account,
            fund,
            program_of(
                account.chart_code, fund_program=fund.program, is_general=fund.code == GENERAL
            ),
            sums[account.id],
        )
        for account, fund in _accounts(_conditions(figure))
        if account.id in sums
    ]


def _accounts(conditions: Sequence[ColumnElement[bool]]) -> list[tuple[LedgerAccount, Fund]]:
    rows = db.session.execute(
        select(LedgerAccount, Fund)
        .join(Fund, Fund.id == LedgerAccount.fund_id)
        .where(*conditions)
        .order_by(LedgerAccount.chart_code, LedgerAccount.id)
    )
    return [(account, fund) for account, fund in rows]


def account_balances(account: LedgerAccount, *, days: Sequence[date]) -> Sums:
    """Debits less credits of one account at the end of each day, as if no year had been closed."""
    return _sums_by_account(days, only=account).get(account.id, [0] * len(days))


def of_account(account: LedgerAccount) -> list[ColumnElement[bool]]:
    """Lines of an account, the years' closing entries left out."""
    return [
        or_(Transfer.debit_account_id == account.id, Transfer.credit_account_id == account.id),
        Transfer.entry_id.not_in(closings()),
    ]


def _conditions(figure: Figure) -> list[ColumnElement[bool]]:
    code = LedgerAccount.chart_code
    found = [or_(*(code.startswith(one, autoescape=True) for one in figure.codes))]
    if figure.fund_class is not None:
        found.append(LedgerAccount.fund_class == figure.fund_class)
    if figure.fund:
        found.append(Fund.code == figure.fund)
    return found


@dataclass(frozen=True, slots=True)
class FundSums:
    """A fund with debits less credits of its lines, before and after a year."""

    fund: Fund
    sums: dict[tuple[str, FundClass | None], Sums]

    def amount(self, figure: Figure) -> int:
        """The part of a figure that is this fund's, whatever its programme."""
        return sum(
            figure.measured(code, before, after)
            for (code, fund_class), (before, after) in self.sums.items()
            if code.startswith(figure.codes)
            and (figure.fund_class is None or fund_class is figure.fund_class)
        )


def fund_sums(year: int, *, fund_id: int | None = None) -> list[FundSums]:
    """Every fund that ever moved, the general one first; or one fund."""
    sums = _sums_by_account(Figure(year=year, codes=()).days)
    found: dict[int, FundSums] = {}
    for account, fund in _accounts([Fund.id == fund_id] if fund_id is not None else []):
        if account.id in sums:
            of_fund = found.setdefault(fund.id, FundSums(fund, {}))
            of_fund.sums[account.chart_code, account.fund_class] = sums[account.id]
    return sorted(found.values(), key=lambda one: (one.fund.code != GENERAL, one.fund.id))
