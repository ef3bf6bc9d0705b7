"""The book's verbs: open a fund, book entries, reverse one, fold balances, close a year."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from civicfund.core import clock
from civicfund.core.db import advisory_lock, db
from civicfund.ledger import queries
from civicfund.ledger.booking import Booking, PostedEntry, book
from civicfund.ledger.drafts import Content, EntryDraft, Line
from civicfund.ledger.errors import ReversalOfReversal
from civicfund.ledger.models import Fund, FundClass, FundKind, Party
from civicfund.ledger.names import searchable
from civicfund.ledger.posting_rules import YearResult, year_closed

PUBLIC_WORK = "公1"


class Row(Protocol):
    """Whatever an entry can come from: a row with a number."""

    __tablename__: Any
    id: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A draft with all that books it. `key` is made before the deed."""

    draft: EntryDraft
    key: str
    effective_on: date | None = None
    source: Row | None = None
    party: Party | None = None
    recorded_by: Row | None = None
    approved_by: Row | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """An entry to undo with all that books its opposite. `key` is made before the deed."""

    entry_id: int
    key: str
    reason: str
    effective_on: date | None = None
    recorded_by: Row | None = None
    approved_by: Row | None = None


def open_fund(
    *,
    code: str,
    kind: FundKind,
    designation: FundClass,
    name_ja: str,
    name_en: str,
    program: str = PUBLIC_WORK,
    source: Row | None = None,
) -> Fund:
    """A fund to post into; its accounts open with their first entry. The same code opens once."""
    known = queries.fund_by_code(code)
    if known is not None:
        return known
    source_kind, source_id = _reference(source)
    fund = Fund(
        code=code, kind=kind, designation=designation, name_ja=name_ja, name_en=name_en,
        program=program, source_kind=source_kind, source_id=source_id, opened_on=clock.today(),
    )  # fmt: skip
    db.session.add(fund)
    db.session.flush()
    return fund


def party(*, kind: str, ref: str, public_name: str | None, full_name: str) -> Party:
    """The party with this reference, its names brought up to date.

    `public_name` None: never shown to the public.
    """
    names = {
        "public_name": public_name,
        "full_name": full_name,
        "public_search": searchable(public_name) if public_name else None,
        "full_search": searchable(full_name),
    }
    statement = insert(Party).values(kind=kind, ref=ref, **names)
    statement = statement.on_conflict_do_update(index_elements=["kind", "ref"], set_=names)
    return db.session.scalars(
        statement.returning(Party), execution_options={"populate_existing": True}
    ).one()


def post_entry(
    draft: EntryDraft,
    *,
    key: str,
    effective_on: date | None = None,
    source: Row | None = None,
    party: Party | None = None,
    recorded_by: Row | None = None,
    approved_by: Row | None = None,
) -> PostedEntry:
    """Book one entry in one statement. The same key with the same content answers the entry.

    Raises `KeyReusedWithOtherContent`, `Overdrawn`, `PeriodClosed`, `DayOutOfReach`; nothing is
    booked then.
    """
    posting = Posting(
        draft=draft, key=key, effective_on=effective_on, source=source, party=party,
        recorded_by=recorded_by, approved_by=approved_by,
    )  # fmt: skip
    return post_entries([posting])[0]


def post_entries(postings: Sequence[Posting]) -> list[PostedEntry]:
    """Book many entries in one statement: all of them or none. Their order is that of numbers.

    Batches that may hold the same new keys at the same time name them in the same order: if two do
    not, the database ends one of them as a deadlock, and asked again it finds the other's entries.
    """
    return book([_ready(posting) for posting in postings])


def reverse_entry(
    entry_id: int,
    *,
    key: str,
    reason: str,
    effective_on: date | None = None,
    recorded_by: Row | None = None,
    approved_by: Row | None = None,
) -> PostedEntry:
    """Book the opposite of an entry, naming it; an entry is reversed once."""
    reversal = Reversal(
        entry_id=entry_id, key=key, reason=reason, effective_on=effective_on,
        recorded_by=recorded_by, approved_by=approved_by,
    )  # fmt: skip
    return reverse_entries([reversal])[0]


def reverse_entries(reversals: Sequence[Reversal]) -> list[PostedEntry]:
    """Book many opposites in one statement: all of them or none."""
    originals = queries.contents_of([reversal.entry_id for reversal in reversals])
    return book([_undoing(reversal, originals[reversal.entry_id]) for reversal in reversals])


def fold_balances(*, patience: timedelta = timedelta(seconds=5)) -> int | None:
    """Sum what has settled into the snapshots and the months; answers up to which entry, or None
    if others were still booking when patience ended (the next run does it).
    """
    db.session.flush()
    settled = db.session.scalar(select(func.ledger_fold(patience)))
    if settled is not None:
        db.session.execute(select(func.ledger_fold_months()))
    return settled


def close_year(
    last_day: date, *, recorded_by: Row | None = None, approved_by: Row | None = None
) -> list[PostedEntry]:
    """E-17 for every fund: the year's results become net assets. Asked again, nothing is left.

    The period itself stays open until `periods.close_period`.
    """
    advisory_lock("ledger.close_year")
    postings = []
    upto = queries.newest_entry_id()
    for fund, results in queries.results_by_fund(on=last_day):
        draft = year_closed([YearResult(*result) for result in results], fund=fund)
        key = f"year_closed/{fund.code}/{last_day}/{upto}"
        posting = Posting(
            draft=draft, key=key, effective_on=last_day, recorded_by=recorded_by,
            approved_by=approved_by,
        )  # fmt: skip
        postings.append(posting)
    return post_entries(postings)


def _reference(row: Row | None) -> tuple[str | None, int | None]:
    if row is None:
        return None, None
    if row.id is None:
        db.session.flush()
    return row.__tablename__, row.id


def _id_of(row: Row | None) -> int | None:
    return _reference(row)[1]


def _ready(posting: Posting) -> Booking:
    source_kind, source_id = _reference(posting.source)
    content = Content(
        draft=posting.draft,
        effective_on=posting.effective_on or clock.today(),
        source_kind=source_kind,
        source_id=source_id,
        party_id=_id_of(posting.party),
    )
    return Booking(
        content=content,
        key=posting.key,
        is_dated=posting.effective_on is not None,
        recorded_by_id=_id_of(posting.recorded_by),
        approved_by_id=_id_of(posting.approved_by),
    )


def _undoing(reversal: Reversal, original: Content) -> Booking:
    if original.reverses_id is not None:
        raise ReversalOfReversal(entry=reversal.entry_id)
    lines = tuple(
        Line(debit=line.credit, credit=line.debit, amount=line.amount)
        for line in original.draft.lines
    )
    content = replace(
        original,
        draft=EntryDraft("reversal", lines, memo=" ".join(reversal.reason.split())),
        effective_on=reversal.effective_on or clock.today(),
        reverses_id=reversal.entry_id,
    )
    return Booking(
        content=content,
        key=reversal.key,
        is_dated=reversal.effective_on is not None,
        recorded_by_id=_id_of(reversal.recorded_by),
        approved_by_id=_id_of(reversal.approved_by),
    )
