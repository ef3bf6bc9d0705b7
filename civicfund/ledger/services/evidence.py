"""Papers behind the entries (証憑): attached once, never removed, withdrawn only with a reason."""

import json
import secrets
from collections.abc import Collection
from typing import IO, Protocol

from sqlalchemy.exc import IntegrityError

from civicfund.core import audit_log, clock
from civicfund.core.db import advisory_lock, db
from civicfund.core.storage import StoredFile, keep_note, keep_original
from civicfund.ledger.errors import AlreadyAttached, AlreadyWithdrawn, NotAnEntry
from civicfund.ledger.models import EntryEvidence, EvidenceKind, EvidenceWithdrawal
from civicfund.ledger.queries.evidence import entries_with_file, known_entries, withdrawal_of


class Person(Protocol):
    """Whoever attaches or withdraws: a user."""

    id: int


def attach_evidence(
    entry_ids: Collection[int], *, upload: IO[bytes], name: str, kind: EvidenceKind, by: Person
) -> list[EntryEvidence]:
    """Keep a document byte for byte and put it behind these entries: all of them or none.

    Raises `NotADocument`, `FileTooLarge`, `NotAnEntry`, `AlreadyAttached`.
    """
    wanted = sorted(set(entry_ids))
    if not wanted or known_entries(wanted) != set(wanted):
        raise NotAnEntry
    stored = keep_original(upload, name=name)
    for entry_id in entries_with_file(wanted, stored.sha256):
        raise AlreadyAttached(entry=entry_id)
    return [_attach(entry_id, stored, kind, by) for entry_id in wanted]


def withdraw_evidence(evidence: EntryEvidence, *, reason: str, by: Person) -> EntryEvidence:
    """Say that a piece was attached in error; answers the note, which is sealed as it was.

    Nothing is removed: piece and note both stay, and the piece does not count any more. Raises
    `AlreadyWithdrawn`.
    """
    advisory_lock(f"evidence/{evidence.id}")
    is_note = evidence.kind == EvidenceKind.WITHDRAWAL
    if is_note or withdrawal_of(evidence.id) is not None:
        raise AlreadyWithdrawn
    said = " ".join(reason.split())
    note = {
        "note": "civicfund/withdrawal/2",
        # The note's hash is public; without this, a guess of the reason could be tried against it.
        "salt": secrets.token_hex(16),
        "entry": evidence.entry_id,
        "evidence": evidence.id,
        "sha256": evidence.sha256,
        "kind": evidence.kind,
        "reason": said,
        "withdrawn_by": by.id,
        "withdrawn_at": clock.now().isoformat(),
    }
    text = json.dumps(note, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    stored = keep_note(text, name=f"withdrawal-{evidence.id}.txt")
    piece = _attach(evidence.entry_id, stored, EvidenceKind.WITHDRAWAL, by)
    db.session.add(EvidenceWithdrawal(evidence_id=evidence.id, note_id=piece.id, reason=said))
    db.session.flush()
    audit_log.record(by, "withdraw_evidence", evidence, reason=said)
    return piece


def _attach(entry_id: int, stored: StoredFile, kind: EvidenceKind, by: Person) -> EntryEvidence:
    piece = EntryEvidence(
        entry_id=entry_id,
        kind=kind.value,
        stored_file_id=stored.id,
        sha256=stored.sha256,
        added_by_id=by.id,
        added_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(piece)
    except IntegrityError as twice:
        raise AlreadyAttached(entry=entry_id) from twice
    said = {"entry": entry_id, "kind": kind.value, "sha256": stored.sha256}
    audit_log.record(by, "attach_evidence", piece, after=said)
    return piece
