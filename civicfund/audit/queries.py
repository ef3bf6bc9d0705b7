"""What an auditor looks up: the log of deeds, samples of entries, who did what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, or_, select

from civicfund.core import clock
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db
from civicfund.identity.models import User
from civicfund.ledger.models import JournalEntry
from civicfund.ledger.queries import EntryFilter
from civicfund.ledger.queries.entries import whole


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """What is looked for in the log; each part narrows the others."""

    date_from: date | None = None
    date_to: date | None = None
    actor: str = ""
    deed: str = ""
    subject: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter as SQL; `subject` is a kind (`donations`) or one thing (`donations/7`)."""
        found: list[ColumnElement[bool]] = []
        if self.date_from:
            found.append(AuditRecord.recorded_at >= clock.start_of(self.date_from))
        if self.date_to:
            found.append(AuditRecord.recorded_at <= clock.end_of(self.date_to))
        if self.actor:
            people = select(User.id).where(
                or_(
                    User.name.icontains(self.actor, autoescape=True),
                    User.email.icontains(self.actor, autoescape=True),
                )
            )
            found.append(AuditRecord.actor_id.in_(people))
        if self.deed:
            found.append(AuditRecord.deed == self.deed)
        kind, _, subject_id = self.subject.partition("/")
        if kind:
            found.append(AuditRecord.subject_kind == kind)
        if subject_id:
            found.append(AuditRecord.subject_id == subject_id)
        return found


def log(wanted: LogFilter) -> Select[AuditRecord]:
    """Deeds, newest first."""
    return (
        select(AuditRecord)
        .where(*wanted.conditions())
        .order_by(AuditRecord.recorded_at.desc(), AuditRecord.id.desc())
    )


def records_of(subject_kind: str, subject_id: str) -> list[AuditRecord]:
    """What was done to one thing, oldest first."""
    return list(
        db.session.scalars(
            select(AuditRecord)
            .where(AuditRecord.subject_kind == subject_kind, AuditRecord.subject_id == subject_id)
            .order_by(AuditRecord.id)
        )
    )


def deeds() -> list[str]:
    """Every kind of deed that was done."""
    return list(db.session.scalars(select(AuditRecord.deed).distinct().order_by(AuditRecord.deed)))


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these people."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    people = db.session.scalars(select(User).where(User.id.in_(wanted)).order_by(User.id))
    return {person.id: person.name for person in people}


def sampled_entries(wanted: EntryFilter, *, seed: str, size: int) -> list[JournalEntry]:
    """Entries drawn by lot: the same seed draws the same ones, nobody can choose them."""
    lot = func.md5(cast(JournalEntry.id, Text) + literal("/") + literal(seed))
    drawn = (
        select(JournalEntry.id)
        .where(*wanted.conditions())
        .order_by(lot, JournalEntry.id)
        .limit(size)
    )
    return list(
        db.session.scalars(
            select(JournalEntry)
            .where(JournalEntry.id.in_(drawn))
            .order_by(JournalEntry.id)
            .options(*whole())
        )
    )
