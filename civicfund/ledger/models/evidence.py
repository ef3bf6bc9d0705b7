"""Files that belong to an entry: what its amounts can be checked against."""

from datetime import datetime

from sqlalchemy import CHAR, BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Numbered
from civicfund.core.storage import StoredFile
from civicfund.ledger.models.book import JournalEntry


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
        UniqueConstraint("entry_id", "sha256"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("kind ~ '^[a-z_]+$'", name="kind"),
    )
