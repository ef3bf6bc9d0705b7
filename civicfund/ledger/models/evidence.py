"""Files that belong to an entry: what its amounts can be checked against."""

from datetime import datetime

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Model, Numbered
from civicfund.core.enums import Labelled
from civicfund.core.errors import N_
from civicfund.core.storage import StoredFile
from civicfund.ledger.models.book import JournalEntry


class EvidenceKind(Labelled):
    """What a paper is (証憑の種類)."""

    RECEIPT = "receipt", N_("Receipt")
    INVOICE = "invoice", N_("Invoice")
    CONTRACT = "contract", N_("Contract or agreement")
    DECISION_LETTER = "decision_letter", N_("Letter of grant or settlement")
    BANK_STATEMENT = "bank_statement", N_("Bank statement")
    SETTLEMENT_REPORT = "settlement_report", N_("Payment provider's report")
    MINUTES = "minutes", N_("Minutes")
    OTHER = "other", N_("Other paper")
    # Made by us, to say that another piece was attached in error.
    WITHDRAWAL = "withdrawal", N_("Note of withdrawal")


class EntryEvidence(Numbered):
    """A file attached to an entry, fixed by its hash. Append-only, and sealed after the entry."""

    __tablename__ = "entry_evidence"

    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("journal_entries.id"))
    kind: Mapped[str] = mapped_column(String(40))
    stored_file_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("stored_files.id"), index=True
    )
    sha256: Mapped[str] = mapped_column(CHAR(64))
    added_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    added_at: Mapped[datetime]

    entry: Mapped[JournalEntry] = relationship(lazy="raise_on_sql", viewonly=True)
    stored_file: Mapped[StoredFile] = relationship(lazy="raise_on_sql", viewonly=True)

    __table_args__ = (
        # The trigger attach_once keeps a file from standing twice at an entry; withdrawn, it may
        # be attached again.
        Index("ix_entry_evidence_entry_id", "entry_id", "sha256"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("kind ~ '^[a-z_]+$'", name="kind"),
        CheckConstraint("added_at BETWEEN '1900-01-01Z' AND '9999-12-30Z'", name="added_at"),
    )


class EvidenceWithdrawal(Model):
    """That a piece was attached in error, and why; both the piece and this note stay."""

    __tablename__ = "evidence_withdrawals"

    evidence_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("entry_evidence.id"), primary_key=True, autoincrement=False
    )
    # The note is a piece of the same entry, and so a leaf of the sealed log.
    note_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("entry_evidence.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("evidence_id <> note_id", name="two_pieces"),
        CheckConstraint("length(btrim(reason)) > 0", name="reason"),
    )
