"""What gathers around an endorsement: its history, its papers, reports of misuse."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.core.storage import StoredFile
from civicfund.endorsements.models.endorsements import Endorsement


class EventKind(Labelled):
    """What happened to an endorsement."""

    REQUESTED = "requested", N_("Requested")
    CHANGES_REQUESTED = "changes_requested", N_("Changes requested")
    RESUBMITTED = "resubmitted", N_("Requested again")
    CRITERIA_CHECKED = "criteria_checked", N_("Criteria checked")
    DECLINED = "declined", N_("Not approved")
    ISSUED = "issued", N_("Issued")
    EXPIRED = "expired", N_("Term over")
    REVOKED = "revoked", N_("Revoked")
    CONDITION_MET = "condition_met", N_("Condition met")
    REPORT_RECEIVED = "report_received", N_("Report received")


class MisuseState(Labelled):
    """Has the issuer looked into it?"""

    OPEN = "open", N_("Not settled yet")
    SETTLED = "settled", N_("Settled")


class EndorsementEvent(Numbered):
    """What happened and when. Append-only: the page of an endorsement tells its whole story."""

    __tablename__ = "endorsement_events"
    __table_args__ = (Index("ix_endorsement_events_endorsement", "endorsement_id", "id"),)

    endorsement_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("endorsements.id"))
    kind: Mapped[EventKind] = mapped_column(enum_type(EventKind))
    happened_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(Text, default="")


class EndorsementDocument(Numbered):
    """A paper of the file: an outline, a letter of decision; public ones stand in the register."""

    __tablename__ = "endorsement_documents"
    __table_args__ = (
        UniqueConstraint("endorsement_id", "stored_file_id", name="uq_endorsement_documents_file"),
    )

    endorsement_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("endorsements.id"))
    stored_file_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("stored_files.id"))
    title: Mapped[str] = mapped_column(String(120))
    is_public: Mapped[bool] = mapped_column(default=False)
    added_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    added_at: Mapped[datetime]

    stored_file: Mapped[StoredFile] = relationship()


class MisuseReport(Numbered):
    """Somebody saw the city's name used where it should not be; the issuer looks into it."""

    __tablename__ = "misuse_reports"
    __table_args__ = (
        CheckConstraint("btrim(words) <> ''", name="words"),
        CheckConstraint(
            "state = 'open' OR (btrim(outcome) <> '' AND settled_at IS NOT NULL "
            "AND settled_by_id IS NOT NULL)",
            name="settled_how",
        ),
        Index("ix_misuse_reports_endorsement", "endorsement_id", "state"),
    )

    endorsement_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("endorsements.id"))
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    words: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(320), default="")
    reported_at: Mapped[datetime]
    state: Mapped[MisuseState] = mapped_column(enum_type(MisuseState), default=MisuseState.OPEN)
    outcome: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))

    endorsement: Mapped[Endorsement] = relationship()

    MOVES: ClassVar[dict[MisuseState, frozenset[MisuseState]]] = {
        MisuseState.OPEN: frozenset({MisuseState.SETTLED}),
    }
