"""Lines of the book in the order of their days: in pages that stay put, or as a stream."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import aliased

from civicfund.books.places import Place
from civicfund.core.db import db, streamed
from civicfund.ledger.models import JournalEntry, LeafKind, LedgerAccount, Party, Seal, Transfer

PER_PAGE = 100
# Behind every line that can be.
END = Place(date.max, 10**18, 9999)

Debited = aliased(LedgerAccount, name="debited")
Credited = aliased(LedgerAccount, name="credited")
ORDER = (JournalEntry.effective_on, JournalEntry.id, Transfer.line)


@dataclass(frozen=True, slots=True)
class Side:
    """The account on one side of a line."""

    account_id: int
    code: str
    name_ja: str
    name_en: str


@dataclass(frozen=True, slots=True)
class BookLine:
    """A transfer with what its entry says; `names` are the party's: the public one, the full.

    `number` is the 仕訳番号 that the sealed log has given; a new entry waits for it a minute.
    """

    place: Place
    number: int | None
    kind: str
    memo: str
    is_late: bool
    names: tuple[str | None, str] | None
    debit: Side
    credit: Side
    amount: int


@dataclass(frozen=True, slots=True)
class LinePage:
    """Some lines in order, and the places of the pages before and after where there are more.

    `next_on` is the day of the line that follows the page.
    """

    lines: list[BookLine]
    earlier: Place | None
    later: Place | None
    next_on: date | None = None


def line_page(
    first: date,
    last: date,
    *,
    after: Place | None = None,
    before: Place | None = None,
    only: Sequence[ColumnElement[bool]] = (),
    limit: int | None = None,
) -> LinePage:
    """The lines of these days behind `after`, or up to `before`, or from the first on.

    A place with nothing behind it leads to the last page, one with nothing before it to the first.
    """
    limit = limit or PER_PAGE
    statement = _lines(first, last, only).limit(limit + 1)
    if before is not None:
        return _page_before(statement, before, limit) or line_page(
            first, last, only=only, limit=limit
        )
    if after is not None:
        statement = _from(statement, after, later=True)
    found = [_line(row) for row in db.session.execute(statement.order_by(*ORDER))]
    if after is not None and not found:
        page = _page_before(_lines(first, last, only).limit(limit + 1), END, limit)
        return page or LinePage([], None, None)
    shown, rest = found[:limit], found[limit:]
    return LinePage(
        shown,
        shown[0].place if shown and after is not None else None,
        shown[-1].place if rest else None,
        rest[0].place.on if rest else None,
    )


def _page_before(statement: Select[*tuple[Any, ...]], before: Place, limit: int) -> LinePage | None:
    backwards = _from(statement, before, later=False)
    found = [_line(row) for row in db.session.execute(backwards)]
    if not found:
        return None
    shown = found[:limit][::-1]
    earlier = shown[0].place if len(found) > limit else None
    is_last = before == END
    return LinePage(
        shown, earlier, None if is_last else shown[-1].place, None if is_last else before.on
    )


def every_line(
    first: date, last: date, *, only: Sequence[ColumnElement[bool]] = ()
) -> Iterator[BookLine]:
    """All lines of these days, through a cursor of the server: they never stand in memory."""
    for row in streamed(_lines(first, last, only).order_by(*ORDER)):
        yield _line(row)


def _lines(
    first: date, last: date, only: Sequence[ColumnElement[bool]]
) -> Select[*tuple[Any, ...]]:
    entry = JournalEntry
    columns: tuple[Any, ...] = (
        entry.effective_on, entry.id, Transfer.line, Seal.number,
        entry.kind, entry.memo, entry.shows_late, Party.public_name, Party.full_name,
        Debited.id, Debited.code, Debited.name_ja, Debited.name_en,
        Credited.id, Credited.code, Credited.name_ja, Credited.name_en,
        Transfer.amount_minor,
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(entry)
        .join(Transfer, Transfer.entry_id == entry.id)
        .join(Debited, Debited.id == Transfer.debit_account_id)
        .join(Credited, Credited.id == Transfer.credit_account_id)
        .outerjoin(Party, Party.id == entry.party_id)
        .outerjoin(Seal, (Seal.kind == LeafKind.ENTRY) & (Seal.row_id == entry.id))
        .where(entry.effective_on >= first, entry.effective_on <= last, *only)
    )


def _from(
    statement: Select[*tuple[Any, ...]], place: Place, *, later: bool
) -> Select[*tuple[Any, ...]]:
    """From behind a place on, or backwards from before it."""
    here = (place.on, place.entry_id, place.line)
    columns, entries = tuple_(*ORDER), tuple_(*ORDER[:2])
    # The first condition is implied by the second; the index knows how to use it.
    if later:
        return statement.where(entries >= here[:2], columns > here)
    backwards = [column.desc() for column in ORDER]
    return statement.where(entries <= here[:2], columns < here).order_by(*backwards)


def _line(row: Any) -> BookLine:
    on, entry_id, line, number, kind, memo, is_late, public_name, full_name, *rest = row
    *sides, amount = rest
    return BookLine(
        Place(on, entry_id, line),
        number,
        kind,
        memo,
        is_late,
        (public_name, full_name) if full_name is not None else None,
        Side(*sides[:4]),
        Side(*sides[4:]),
        amount,
    )
