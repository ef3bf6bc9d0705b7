"""Designated gifts that no appeal asked for, one by one: in pages that stay put, or as a stream."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    cast,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from civicfund.books.places import Place
from civicfund.books.queries import Scope, months_of
from civicfund.books.statements import lines
from civicfund.books.statements.years import FiscalYear
from civicfund.campaigns.models import Campaign
from civicfund.core.db import db, streamed
from civicfund.ledger.models import (
    AccountKind,
    Fund,
    FundClass,
    JournalEntry,
    LeafKind,
    LedgerAccount,
    Party,
    Seal,
    Transfer,
)
from civicfund.ledger.queries.balances import in_closing

PER_PAGE = 100
# Of a fund with an appeal: what came from others than those who answered it.
BESIDE_APPEAL = ("4114", "4115", "4116", "4201", "4202", "4203")
GIVEN = (*lines.GIFTS, *lines.IN_KIND, *lines.SUBSIDIES)
ORDER = (JournalEntry.effective_on, JournalEntry.id)
# Behind every entry that can be.
END = Place(date.max, 10**18, 0)


@dataclass(frozen=True, slots=True)
class SingleGift:
    """A designated gift: its entry (`number` is None until it is sealed), its fund, who gave."""

    entry_id: int
    on: date
    number: int | None
    fund: Fund
    party: Party | None
    codes: tuple[str, ...]
    amount: int


@dataclass(frozen=True, slots=True)
class GiftPage:
    """Some gifts in order, and the places of the pages before and after where there are more."""

    gifts: list[SingleGift]
    earlier: Place | None = None
    later: Place | None = None


@dataclass(frozen=True, slots=True)
class SingleGifts:
    """Those of a fiscal year in the order of their days; or those of one fund.

    `total` is the sum of all of them, from the sums of the months; None where there are none.
    """

    scope: Scope
    first: date
    last: date
    total: int | None

    @classmethod
    def of_year(cls, year: int, *, fund_id: int | None = None) -> "SingleGifts":
        """Of the whole year, of the present one until today."""
        of_year = FiscalYear(year)
        # Found first, so that their lines are read by the index of their accounts.
        accounts = frozenset(db.session.scalars(_accounts_beside_appeals(fund_id)))
        scope = Scope(
            LedgerAccount.id.in_(accounts),
            accounts,
            AccountKind.REVENUE.sign,
            before_closings=True,
        )
        first, last = of_year.starts_on, of_year.until
        months = months_of(scope, first, last).values()
        total = sum(credits - debits for debits, credits in months) if months else None
        return cls(scope, first, last, total)

    def every(self) -> Iterator[SingleGift]:
        """All of them, through a cursor of the server: they never stand in memory."""
        for row in streamed(self._selected()):
            yield _gift(row)

    def page(self, *, after: Place | None = None, before: Place | None = None) -> GiftPage:
        """Those of some entries behind `after`, or up to `before`, or from the first on.

        What an entry gave to several funds stands together. A place with nothing behind it leads
        to the last page, one with nothing before it to the first.
        """
        if before is not None:
            return self._page_before(before) or self.page()
        entries = self._entries().order_by(*ORDER)
        if after is not None:
            entries = entries.where(tuple_(*ORDER) > (after.on, after.entry_id))
        found = _places(entries)
        if after is not None and not found:
            return self._page_before(END) or GiftPage([])
        shown, rest = found[:PER_PAGE], found[PER_PAGE:]
        return GiftPage(
            self._of_entries(shown),
            shown[0] if shown and after is not None else None,
            shown[-1] if rest else None,
        )

    def _page_before(self, before: Place) -> GiftPage | None:
        backwards = [column.desc() for column in ORDER]
        entries = self._entries().where(tuple_(*ORDER) < (before.on, before.entry_id))
        found = _places(entries.order_by(*backwards))
        if not found:
            return None
        shown = found[:PER_PAGE][::-1]
        return GiftPage(
            self._of_entries(shown),
            shown[0] if len(found) > PER_PAGE else None,
            None if before == END else shown[-1],
        )

    def _entries(self) -> Select[*tuple[Any, ...]]:
        return (
            select(*ORDER)
            .join(Transfer, Transfer.entry_id == JournalEntry.id)
            .where(self._in_days(), self.scope.touching())
            .distinct()
        )

    def _in_days(self) -> ColumnElement[bool]:
        return JournalEntry.effective_on.between(self.first, self.last)

    def _of_entries(self, places: Sequence[Place]) -> list[SingleGift]:
        ids = [place.entry_id for place in places]
        return [_gift(row) for row in db.session.execute(self._selected(JournalEntry.id.in_(ids)))]

    def _selected(self, *only: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
        sides = _sides(self.scope, self._in_days(), *only)
        columns: tuple[Any, ...] = (
            JournalEntry.id, JournalEntry.effective_on, Seal.number, Fund, Party,
            func.array_agg(LedgerAccount.chart_code.distinct()),
            cast(func.sum(sides.c.amount), BigInteger),
        )  # fmt: skip
        return (
            select(*columns)
            .select_from(sides)
            .join(JournalEntry, JournalEntry.id == sides.c.entry_id)
            .join(LedgerAccount, LedgerAccount.id == sides.c.account_id)
            .join(Fund, Fund.id == LedgerAccount.fund_id)
            .outerjoin(Party, Party.id == JournalEntry.party_id)
            .outerjoin(Seal, (Seal.kind == LeafKind.ENTRY) & (Seal.row_id == JournalEntry.id))
            .group_by(JournalEntry.id, Seal.number, Fund.id, Party.id)
            .order_by(*ORDER, Fund.id)
        )


def _sides(scope: Scope, *only: ColumnElement[bool]) -> Subquery:
    """Each line twice: as a credit of one of these accounts, and as a debit of another."""
    amount = Transfer.amount_minor
    parts = []
    for account_id, signed in (
        (Transfer.credit_account_id, amount),
        (Transfer.debit_account_id, -amount),
    ):
        parts.append(
            select(Transfer.entry_id, account_id.label("account_id"), signed.label("amount"))
            .join(JournalEntry, JournalEntry.id == Transfer.entry_id)
            .where(scope.holds(account_id), ~in_closing(), *only)
        )
    return union_all(*parts).subquery()


def _accounts_beside_appeals(fund_id: int | None) -> Select[*tuple[Any, ...]]:
    code = LedgerAccount.chart_code
    has_appeal = Fund.id.in_(select(Campaign.fund_id).where(Campaign.launched_at.is_not(None)))
    statement = (
        select(LedgerAccount.id)
        .join(Fund, Fund.id == LedgerAccount.fund_id)
        .where(
            Fund.designation == FundClass.DESIGNATED,
            or_(code.in_(BESIDE_APPEAL), and_(code.in_(GIVEN), ~has_appeal)),
        )
        .order_by(LedgerAccount.id)
    )
    return statement.where(Fund.id == fund_id) if fund_id is not None else statement


def _places(entries: Select[*tuple[Any, ...]]) -> list[Place]:
    """The places of a page's entries, and of one more where there are more."""
    rows = db.session.execute(entries.limit(PER_PAGE + 1))
    return [Place(on, entry_id, 0) for on, entry_id in rows]


def _gift(row: Any) -> SingleGift:
    entry_id, on, number, fund, party, codes, amount = row
    return SingleGift(entry_id, on, number, fund, party, tuple(sorted(codes)), amount)
