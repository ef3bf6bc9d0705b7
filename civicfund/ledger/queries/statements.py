"""Statements over the whole book: trial balance, funds side by side, where money came from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select
from sqlalchemy.orm import joinedload

from civicfund.core.db import db
from civicfund.core.money import Money
from civicfund.ledger.chart import CHART
from civicfund.ledger.drafts import AccountKey
from civicfund.ledger.models import AccountKind, Fund, FundClass, LedgerAccount
from civicfund.ledger.queries.sums import all_sums

# What a year's close empties: its results, and the transfers between funds and classes.
RESULTS = frozenset({AccountKind.REVENUE, AccountKind.EXPENSE})
TRANSFERS = frozenset({"3190", "3900"})


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A line of the trial balance: what moved, and what stands on which side."""

    code: str
    name_ja: str
    name_en: str
    kind: AccountKind
    debits: int
    credits: int

    @property
    def debit_balance(self) -> int:
        """What stands in the debit column."""
        return max(self.debits - self.credits, 0)

    @property
    def credit_balance(self) -> int:
        """What stands in the credit column."""
        return max(self.credits - self.debits, 0)

    @property
    def balance(self) -> int:
        """In the natural sign of the kind."""
        return (self.debits - self.credits) * self.kind.sign


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """合計残高試算表 at the end of a day (or now): both sides are equal, or the book is broken."""

    on: date | None
    lines: list[TrialLine]

    def total(self, column: str) -> int:
        """The sum of a column."""
        return sum(getattr(line, column) for line in self.lines)

    def of_kind(self, kind: AccountKind) -> int:
        """The sum of a kind, in its natural sign."""
        return sum(line.balance for line in self.lines if line.kind is kind)

    def of_codes(self, codes: Iterable[str]) -> int:
        """The sum of these lines, in their natural sign."""
        wanted = set(codes)
        return sum(line.balance for line in self.lines if line.code in wanted)


@dataclass(frozen=True, slots=True)
class FundBalance:
    """What a fund was given, passed on and holds, in yen."""

    fund: Fund
    received: int
    granted: int
    spent: int
    designated: int
    general: int
    held: int
    payable: int

    @property
    def moved(self) -> bool:
        """Was anything booked in this fund? A gift may be dated before its fund was opened."""
        return any((self.received, self.granted, self.spent, self.held, self.payable))


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account with its sums."""

    account: LedgerAccount
    debits: int
    credits: int

    @property
    def balance(self) -> int:
        """In the natural sign of the account's kind."""
        return (self.debits - self.credits) * self.account.kind.sign


def trial_balance(*, on: date | None = None, before_closings: bool = False) -> TrialBalance:
    """Every line of the chart that moved; `before_closings`: as if no year had been closed."""
    sums = all_sums(on=on, before_closings=before_closings)
    rows = db.session.execute(
        select(
            LedgerAccount.chart_code,
            cast(func.sum(sums.c.debits), BigInteger),
            cast(func.sum(sums.c.credits), BigInteger),
        )
        .join(sums, sums.c.account_id == LedgerAccount.id)
        .group_by(LedgerAccount.chart_code)
        .order_by(LedgerAccount.chart_code)
    )
    lines = []
    for code, debits, credits in rows:
        line = CHART[code]
        if debits or credits:
            lines.append(
                TrialLine(code, line.name_ja, line.name_en, line.kind, int(debits), int(credits))
            )
    return TrialBalance(on, lines)


def balances_by_fund(*, on: date | None = None, code: str = "") -> list[FundBalance]:
    """Every fund that was open by then, the general one first, then the newest; or one fund."""
    sums = all_sums(on=on, before_closings=True)
    debit = sums.c.debits - sums.c.credits
    account = LedgerAccount

    def total(amount: ColumnElement[int], condition: ColumnElement[bool]) -> ColumnElement[Any]:
        return cast(func.coalesce(func.sum(case((condition, amount))), 0), BigInteger)

    statement = (
        select(
            Fund,
            total(-debit, account.kind == AccountKind.REVENUE),
            total(debit, account.chart_code == "5101"),
            total(debit, (account.kind == AccountKind.EXPENSE) & (account.chart_code != "5101")),
            total(-debit, account.fund_class == FundClass.DESIGNATED),
            total(-debit, account.fund_class == FundClass.GENERAL),
            total(-debit, account.chart_code == "2133"),
            total(-debit, account.chart_code.in_(("2121", "2122"))),
        )
        .outerjoin(account, account.fund_id == Fund.id)
        .outerjoin(sums, sums.c.account_id == account.id)
        .group_by(Fund.id)
        .order_by(Fund.code != "GENERAL", Fund.id.desc())
    )
    if code:
        statement = statement.where(Fund.code == code)
    balances = [
        FundBalance(fund, *map(int, amounts)) for fund, *amounts in db.session.execute(statement)
    ]
    return [one for one in balances if on is None or one.fund.opened_on <= on or one.moved]


def balances_by_account(
    *, on: date | None = None, fund: str = "", chart_code: str = ""
) -> list[AccountBalance]:
    """Every account with its sums, by code; those of one fund or one line of the chart if named."""
    sums = all_sums(on=on)
    statement = (
        select(LedgerAccount, sums.c.debits, sums.c.credits)
        .join(sums, sums.c.account_id == LedgerAccount.id)
        .order_by(LedgerAccount.chart_code, LedgerAccount.id)
        .options(joinedload(LedgerAccount.fund))
    )
    if chart_code:
        statement = statement.where(LedgerAccount.chart_code == chart_code)
    if fund:
        statement = statement.join(Fund, Fund.id == LedgerAccount.fund_id).where(Fund.code == fund)
    return [
        AccountBalance(account, int(debits), int(credits))
        for account, debits, credits in db.session.execute(statement)
    ]


def results_by_fund(*, on: date) -> list[tuple[Fund, list[tuple[AccountKey, FundClass, Money]]]]:
    """What each account of revenue, expense and transfer brought by the end of a day and has not
    yet been closed: credits less debits, fund by fund; accounts at nothing are left out.
    """
    found: dict[int, tuple[Fund, list[tuple[AccountKey, FundClass, Money]]]] = {}
    for row in balances_by_account(on=on):
        account, surplus = row.account, row.credits - row.debits
        of_the_year = account.kind in RESULTS or account.chart_code in TRANSFERS
        if of_the_year and surplus and account.fund_class is not None:
            key = AccountKey(account.chart_code, account.fund_id)
            _, results = found.setdefault(account.fund_id, (account.fund, []))
            results.append((key, account.fund_class, Money(surplus, account.currency)))
    return [found[fund_id] for fund_id in sorted(found)]
