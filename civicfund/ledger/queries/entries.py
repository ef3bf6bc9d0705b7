"""Entries with their lines, as they were booked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, union
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from civicfund.core.db import db
from civicfund.core.errors import NotFound
from civicfund.core.money import Money
from civicfund.ledger.drafts import AccountKey, Content, EntryDraft, Line
from civicfund.ledger.models import (
    Fund,
    JournalEntry,
    LeafKind,
    LedgerAccount,
    Party,
    Seal,
    Transfer,
)
from civicfund.ledger.names import searchable
from civicfund.ledger.queries.log import sealed_upto_entry


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """What is looked for: each part narrows the others; days and amounts are ranges.

    `account` is a line of the chart (`1131`) or one account (`1131/GENERAL`). `in_lines`: the
    amounts of single lines count too, not only the entry's own. `sees_names`: the search for a
    party looks at hidden names too.
    """

    date_from: date | None = None
    date_to: date | None = None
    at_least: int | None = None
    at_most: int | None = None
    in_lines: bool = False
    party: str = ""
    fund: str = ""
    account: str = ""
    kind: str = ""
    is_late: bool = False
    sees_names: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter as SQL."""
        column = JournalEntry
        found: list[ColumnElement[bool] | None] = [
            column.effective_on >= self.date_from if self.date_from else None,
            column.effective_on <= self.date_to if self.date_to else None,
            self._of_amount(),
            column.kind == self.kind if self.kind else None,
            and_(column.shows_late) if self.is_late else None,
            self._of_party() if self.party.strip() else None,
            _touching(Fund.code == self.fund) if self.fund else None,
            _touching(_account_is(self.account)) if self.account else None,
        ]
        return [condition for condition in found if condition is not None]

    def _of_amount(self) -> ColumnElement[bool] | None:
        if self.at_least is None and self.at_most is None:
            return None
        whole = self._in_range(JournalEntry.amount_minor)
        if not self.in_lines:
            return whole
        # No line is larger than its entry: what is too small as a whole has no such line either.
        lines = exists().where(
            Transfer.entry_id == JournalEntry.id, self._in_range(Transfer.amount_minor)
        )
        return or_(whole, and_(JournalEntry.amount_minor >= (self.at_least or 0), lines))

    def _in_range(self, amount: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return and_(
            true() if self.at_least is None else amount >= self.at_least,
            true() if self.at_most is None else amount <= self.at_most,
        )

    def _of_party(self) -> ColumnElement[bool]:
        name = Party.full_search if self.sees_names else Party.public_search
        parties = select(Party.id).where(name.contains(searchable(self.party), autoescape=True))
        return JournalEntry.party_id.in_(parties)


def _account_is(asked: str) -> ColumnElement[bool]:
    column = LedgerAccount.code if "/" in asked else LedgerAccount.chart_code
    return column == asked


def _touching(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Entries with a line in one of these accounts."""
    accounts = select(LedgerAccount.id).join(Fund, Fund.id == LedgerAccount.fund_id)
    wanted = accounts.where(condition)
    return JournalEntry.id.in_(
        union(
            select(Transfer.entry_id).where(Transfer.debit_account_id.in_(wanted)),
            select(Transfer.entry_id).where(Transfer.credit_account_id.in_(wanted)),
        )
    )


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some entries in order, and the cursors before and after them where there are more."""

    items: list[JournalEntry]
    newer_than: int | None
    older_than: int | None


def entries_after(wanted: EntryFilter, *, after: int = 0, limit: int = 100) -> EntryPage:
    """Oldest first, from behind the entry `after`."""
    return _after(_matching(wanted), after, limit)


def sealed_entries_after(wanted: EntryFilter, *, after: int = 0, limit: int = 100) -> EntryPage:
    """The same of what is sealed: how a machine follows the book.

    Nothing can come before an entry that is sealed; before any other, a smaller number may still.
    """
    return _after(_matching(wanted).where(JournalEntry.id <= sealed_upto_entry()), after, limit)


def _after(matching: Select[JournalEntry], after: int, limit: int) -> EntryPage:
    statement = matching.where(JournalEntry.id > after).order_by(JournalEntry.id)
    items = list(db.session.scalars(statement.limit(limit + 1)))
    more = len(items) > limit
    return EntryPage(items[:limit], items[limit - 1].id if more else None, None)


def newest_entries(
    wanted: EntryFilter,
    *,
    older_than: int | None = None,
    newer_than: int | None = None,
    limit: int = 25,
) -> EntryPage:
    """Newest first, in pages that stay put while the book grows."""
    statement = _matching(wanted)
    if newer_than is not None:
        statement = statement.where(JournalEntry.id > newer_than).order_by(JournalEntry.id)
    else:
        statement = statement.order_by(JournalEntry.id.desc())
        if older_than is not None:
            statement = statement.where(JournalEntry.id < older_than)
    items = list(db.session.scalars(statement.limit(limit + 1)))
    more = len(items) > limit
    items = items[:limit]
    if newer_than is not None:
        items.reverse()
        return EntryPage(items, items[0].id if more else None, items[-1].id if items else None)
    newer = items[0].id if items and older_than is not None else None
    return EntryPage(items, newer, items[-1].id if more else None)


def entry_count(wanted: EntryFilter) -> int:
    """How many entries match."""
    statement = select(func.count()).select_from(JournalEntry).where(*wanted.conditions())
    return int(db.session.scalar(statement) or 0)


def _matching(wanted: EntryFilter) -> Select[JournalEntry]:
    return select(JournalEntry).where(*wanted.conditions()).options(*whole())


def whole() -> tuple[ORMOption, ...]:
    """Load entries with their party, lines, accounts and funds in a fixed number of statements."""
    lines = selectinload(JournalEntry.transfers)
    return (
        joinedload(JournalEntry.party),
        lines.joinedload(Transfer.debit_account).joinedload(LedgerAccount.fund),
        lines.joinedload(Transfer.credit_account).joinedload(LedgerAccount.fund),
    )


def entry_by_id(entry_id: int) -> JournalEntry | None:
    """An entry with its lines, accounts, funds and party."""
    return db.session.scalars(
        select(JournalEntry).where(JournalEntry.id == entry_id).options(*whole())
    ).one_or_none()


def day_of_key(key: str) -> date | None:
    """The day under which this deed was booked, if it was."""
    return db.session.scalar(select(JournalEntry.effective_on).where(JournalEntry.key == key))


def entry_by_number(number: int) -> JournalEntry | None:
    """The sealed entry with this 仕訳番号, with its lines, accounts, funds and party."""
    return db.session.scalars(
        select(JournalEntry)
        .join(Seal, and_(Seal.kind == LeafKind.ENTRY, Seal.row_id == JournalEntry.id))
        .where(Seal.number == number)
        .options(*whole())
    ).one_or_none()


def entry_by_key(key: str) -> JournalEntry | None:
    """The entry of this deed."""
    return db.session.scalars(
        select(JournalEntry).where(JournalEntry.key == key).options(*whole())
    ).one_or_none()


def reversal_of(entry_id: int) -> JournalEntry | None:
    """The entry that reverses this one, without its lines."""
    return db.session.scalars(
        select(JournalEntry).where(JournalEntry.reverses_id == entry_id)
    ).one_or_none()


def newest_entry_id() -> int:
    """The number of the newest entry; 0 in an empty book."""
    return int(db.session.scalar(select(func.max(JournalEntry.id))) or 0)


def entries_of_source(kind: str, source_id: int) -> list[JournalEntry]:
    """What was booked because of a row (`"donations", 7`), oldest first."""
    return list(
        db.session.scalars(
            select(JournalEntry)
            .where(JournalEntry.source_kind == kind, JournalEntry.source_id == source_id)
            .order_by(JournalEntry.id)
            .options(*whole())
        )
    )


def stamps_of(entry_ids: Iterable[int]) -> list[tuple[str, date, bytes]]:
    """(key, day, content hash) of these entries."""
    rows = db.session.execute(
        select(JournalEntry.key, JournalEntry.effective_on, JournalEntry.content_hash)
        .where(JournalEntry.id.in_(list(entry_ids)))
        .order_by(JournalEntry.id)
    )
    return [(key, on, bytes(stamp)) for key, on, stamp in rows]


def content_of(entry_id: int) -> Content:
    """All that an entry says. Raises `NotFound`."""
    return contents_of([entry_id])[entry_id]


def contents_of(entry_ids: Collection[int]) -> dict[int, Content]:
    """The same of many, by entry, in a fixed number of statements. Raises `NotFound`."""
    entries = db.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.id.in_(entry_ids))
        .order_by(JournalEntry.id)
        .options(*whole())
    ).all()
    if {entry.id for entry in entries} != set(entry_ids):
        raise NotFound
    return {entry.id: _content(entry) for entry in entries}


def _content(entry: JournalEntry) -> Content:
    lines = tuple(
        Line(
            AccountKey(transfer.debit_account.chart_code, transfer.debit_account.fund_id),
            AccountKey(transfer.credit_account.chart_code, transfer.credit_account.fund_id),
            Money(transfer.amount_minor, transfer.debit_account.currency),
        )
        for transfer in entry.transfers
    )
    return Content(
        draft=EntryDraft(entry.kind, lines, memo=entry.memo),
        effective_on=entry.effective_on,
        source_kind=entry.source_kind,
        source_id=entry.source_id,
        party_id=entry.party_id,
        reverses_id=entry.reverses_id,
    )
