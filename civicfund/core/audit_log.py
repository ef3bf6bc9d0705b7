"""Who did what to what, with before and after, in the same transaction as the deed."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from civicfund.core import clock
from civicfund.core.db import Numbered, db


class Actor(Protocol):
    """Whoever can be held to a deed: a user."""

    id: Any


class AuditRecord(Numbered):
    """One deed of one person (or of the machine, when `actor_id` is empty). Append-only."""

    __tablename__ = "audit_records"
    __table_args__ = (Index("ix_audit_records_subject", "subject_kind", "subject_id"),)

    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    deed: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(60))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str | None] = mapped_column(Text)


def record(
    actor: Actor | None,
    deed: str,
    subject: Any,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> AuditRecord:
    """Write down that `actor` did `deed` (a verb, `approve_disbursement`) to `subject` (a row)."""
    if subject.id is None:
        db.session.flush()
    entry = AuditRecord(
        recorded_at=clock.now(),
        actor_id=actor.id if actor is not None else None,
        deed=deed,
        subject_kind=subject.__tablename__,
        subject_id=str(subject.id),
        before=before,
        after=after,
        reason=reason,
    )
    db.session.add(entry)
    return entry
