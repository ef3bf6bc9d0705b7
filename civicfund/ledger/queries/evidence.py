"""The papers of entries: each piece with its file and, where it was withdrawn, why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, Text, cast, exists, func, literal, select
from sqlalchemy.orm import joinedload

from civicfund.core.db import db
from civicfund.ledger.models import EntryEvidence, EvidenceWithdrawal, JournalEntry
from civicfund.ledger.queries.entries import EntryFilter


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence; `withdrawn` says why it does not count any more."""

    evidence: EntryEvidence
    withdrawn: str | None


def pieces_of(entry_ids: Collection[int]) -> dict[int, list[Piece]]:
    """The pieces of these entries, by entry, oldest first."""
    found: dict[int, list[Piece]] = {entry_id: [] for entry_id in entry_ids}
    for evidence, reason in db.session.execute(
        _with_reason(EntryEvidence)
        .where(EntryEvidence.entry_id.in_(entry_ids))
        .order_by(EntryEvidence.entry_id, EntryEvidence.id)
    ):
        found[evidence.entry_id].append(Piece(evidence, reason))
    return found


def evidence_by_id(evidence_id: int) -> EntryEvidence | None:
    """One piece with its file."""
    return db.session.scalar(
        select(EntryEvidence)
        .where(EntryEvidence.id == evidence_id)
        .options(joinedload(EntryEvidence.stored_file))
    )


def withdrawal_of(evidence_id: int) -> EvidenceWithdrawal | None:
    """The withdrawal of a piece."""
    return db.session.get(EvidenceWithdrawal, evidence_id)


def evidence_list(wanted: EntryFilter, *, kind: str = "") -> Select[EntryEvidence]:
    """Papers, newest first, by the day, amount and party of their entries."""
    statement = (
        select(EntryEvidence)
        .join(JournalEntry, JournalEntry.id == EntryEvidence.entry_id)
        .where(*wanted.conditions())
        .options(
            joinedload(EntryEvidence.stored_file),
            joinedload(EntryEvidence.entry).joinedload(JournalEntry.party),
        )
        .order_by(EntryEvidence.id.desc())
    )
    return statement.where(EntryEvidence.kind == kind) if kind else statement


def reasons_of(evidence_ids: Collection[int]) -> dict[int, str]:
    """Why these pieces were withdrawn, of those that were."""
    rows = db.session.execute(
        select(EvidenceWithdrawal.evidence_id, EvidenceWithdrawal.reason)
        .where(EvidenceWithdrawal.evidence_id.in_(evidence_ids))
        .order_by(EvidenceWithdrawal.evidence_id)
    )
    return dict(rows.all())


def drawn_evidence(*, seed: str, size: int) -> Sequence[EntryEvidence]:
    """Pieces drawn by lot; the same seed draws the same ones."""
    lot = func.md5(cast(EntryEvidence.id, Text) + literal("/") + literal(seed))
    return db.session.scalars(
        select(EntryEvidence)
        .options(joinedload(EntryEvidence.stored_file))
        .order_by(lot, EntryEvidence.id)
        .limit(size)
    ).all()


def entries_with_file(entry_ids: Collection[int], sha256: str) -> Sequence[int]:
    """Those of the entries that have this very file already, and not withdrawn."""
    withdrawn = exists().where(EvidenceWithdrawal.evidence_id == EntryEvidence.id)
    return db.session.scalars(
        select(EntryEvidence.entry_id)
        .where(EntryEvidence.entry_id.in_(entry_ids), EntryEvidence.sha256 == sha256, ~withdrawn)
        .order_by(EntryEvidence.entry_id)
    ).all()


def known_entries(entry_ids: Collection[int]) -> set[int]:
    """Those of the numbers that are entries."""
    return set(db.session.scalars(select(JournalEntry.id).where(JournalEntry.id.in_(entry_ids))))


def _with_reason(entity: type[EntryEvidence]) -> Select[EntryEvidence, str | None]:
    return (
        select(entity, EvidenceWithdrawal.reason)
        .outerjoin(EvidenceWithdrawal, EvidenceWithdrawal.evidence_id == entity.id)
        .options(joinedload(entity.stored_file))
    )
