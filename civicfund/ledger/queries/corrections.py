"""The history of corrections: each reversal with what it undid and what was booked anew."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select, tuple_

from civicfund.core.db import db
from civicfund.ledger.models import JournalEntry
from civicfund.ledger.queries.entries import whole

BATCH = 500
Cause = tuple[str, str | None, int | None]


@dataclass(frozen=True, slots=True)
class Correction:
    """A reversal, its original, and the entry that was then booked for the same record, if any."""

    reversal: JournalEntry
    original: JournalEntry
    anew: JournalEntry | None


def reversals(
    *, date_from: date | None = None, date_to: date | None = None
) -> Select[JournalEntry]:
    """Reversing entries of some days, newest first."""
    statement = select(JournalEntry).where(JournalEntry.reverses_id.is_not(None))
    if date_from is not None:
        statement = statement.where(JournalEntry.effective_on >= date_from)
    if date_to is not None:
        statement = statement.where(JournalEntry.effective_on <= date_to)
    return statement.options(*whole()).order_by(JournalEntry.id.desc())


def corrections(reversing: Sequence[JournalEntry]) -> list[Correction]:
    """What each of these reversals undid, and what was booked anew, in their order."""
    originals = _by_id(entry.reverses_id for entry in reversing)
    later = _later(list(originals.values()))
    found = []
    for entry in reversing:
        assert entry.reverses_id is not None, "only reversals are asked for"
        original = originals[entry.reverses_id]
        after = (other for other in later.get(_cause(original), []) if other.id > entry.id)
        found.append(Correction(entry, original, next(after, None)))
    return found


def every_correction(
    *, date_from: date | None = None, date_to: date | None = None
) -> Iterator[Correction]:
    """All of them, newest first, read in batches: for a download."""
    statement = reversals(date_from=date_from, date_to=date_to)
    before: int | None = None
    while True:
        part = statement if before is None else statement.where(JournalEntry.id < before)
        found = db.session.scalars(part.limit(BATCH)).all()
        yield from corrections(found)
        if len(found) < BATCH:
            return
        before = found[-1].id


def correction_of(entry: JournalEntry) -> Correction | None:
    """The correction that this entry is, or was put right by."""
    reversal = entry if entry.reverses_id is not None else None
    if reversal is None:
        reversal = db.session.scalars(
            select(JournalEntry).where(JournalEntry.reverses_id == entry.id).options(*whole())
        ).one_or_none()
    return corrections([reversal])[0] if reversal is not None else None


def _cause(entry: JournalEntry) -> Cause:
    return entry.kind, entry.source_kind, entry.source_id


def _by_id(ids: Iterable[int | None]) -> dict[int, JournalEntry]:
    rows = db.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.id.in_([number for number in ids if number is not None]))
        .order_by(JournalEntry.id)
        .options(*whole())
    )
    return {entry.id: entry for entry in rows}


def _later(originals: Sequence[JournalEntry]) -> dict[Cause, list[JournalEntry]]:
    """Entries by the same rule for the same record: the second one replaces the first."""
    causes = {_cause(entry) for entry in originals if entry.source_id is not None}
    found: dict[Cause, list[JournalEntry]] = {}
    if not causes:
        return found
    column = JournalEntry
    rows = db.session.scalars(
        select(column)
        .where(
            column.source_id.is_not(None),
            tuple_(column.kind, column.source_kind, column.source_id).in_(sorted(causes, key=str)),
        )
        .order_by(column.id)
    )
    for entry in rows:
        found.setdefault(_cause(entry), []).append(entry)
    return found
