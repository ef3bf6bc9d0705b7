"""What the statements read: sums of accounts on a few days, whatever the length of the book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, cast, func, or_, select

from civicfund.books.statements.classes import program_of
from civicfund.books.statements.figures import Figure, Figures, LineKey, days_of
from civicfund.core.db import db
from civicfund.ledger.models import (
    Fund,
    FundClass,
    LedgerAccount,
    Transfer,
)
from civicfund.ledger.queries.balances import all_sums, closings
from civicfund.ledger.queries.funds import GENERAL

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
    found: dict[LineKey, Sums] = {}
    is_general = Fund.code == GENERAL
    by = (LedgerAccount.chart_code, LedgerAccount.fund_class, Fund.program, is_general)
    for place, day in enumerate(days):
        sums = all_sums(on=day, before_closings=True)
        statement = (
            select(*by, cast(func.sum(sums.c.debits - sums.c.credits), BigInteger))
            .select_from(LedgerAccount)
            .join(sums, sums.c.account_id == LedgerAccount.id)
            .join(Fund, Fund.id == LedgerAccount.fund_id)
            .group_by(*by)
            .order_by(*by)
        )
        for code, fund_class, program, in_general, amount in db.session.execute(statement):
            name = program_of(code, fund_program=program, is_general=in_general)
            key = LineKey(code, fund_class, name)
            found.setdefault(key, [0] * len(days))[place] += int(amount)
    return Figures(days, found)


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


def _sums_by_account(days: Sequence[date]) -> dict[int, Sums]:
    """Joined to accounts and funds here: the planner cannot know how few accounts there are."""
    found: dict[int, Sums] = {}
    for place, day in enumerate(days):
        sums = all_sums(on=day, before_closings=True)
        for account_id, debits, credits in db.session.execute(select(sums)):
            of_account = found.setdefault(account_id, [0] * len(days))
            of_account[place] = int(debits) - int(credits)
    return found


def _accounts(conditions: Sequence[ColumnElement[bool]]) -> list[tuple[LedgerAccount, Fund]]:
    rows = db.session.execute(
        select(LedgerAccount, Fund)
        .join(Fund, Fund.id == LedgerAccount.fund_id)
        .where(*conditions)
        .order_by(LedgerAccount.chart_code, LedgerAccount.id)
    )
    return [(account, fund) for account, fund in rows]


def account_balances(account: LedgerAccount, *, days: Sequence[date]) -> list[int]:
    """Debits less credits of one account at the end of each day, as if no year had been closed."""
    found = []
    for day in days:
        sums = all_sums(on=day, before_closings=True)
        statement = select(sums.c.debits - sums.c.credits).where(sums.c.account_id == account.id)
        found.append(int(db.session.scalar(statement) or 0))
    return found


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
