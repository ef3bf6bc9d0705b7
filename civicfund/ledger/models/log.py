"""Tables of the sealed log: seals, tiles, checkpoints and the keys that sign them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, column_property, mapped_column

from civicfund.core.db import Model, Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.ledger.models.book import JournalEntry
from civicfund.ledger.notes import VerifierKey


class LeafKind(Labelled):
    """What a leaf of the log fixes."""

    KEY = "key", N_("Key")
    ACCOUNT = "account", N_("Ledger account")
    ENTRY = "entry", N_("Entry")
    EVIDENCE = "evidence", N_("Evidence")
    PERIOD = "period", N_("Closed period")


class Seal(Model):
    """A row's place in the log, written by `ledger_seal` alone; entries get their 仕訳番号 here."""

    __tablename__ = "seals"

    leaf_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[LeafKind] = mapped_column(enum_type(LeafKind))
    row_id: Mapped[int] = mapped_column(BigInteger)
    # 仕訳番号: gapless among entries, in their order; other leaves have none.
    number: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("kind", "row_id"),
        CheckConstraint("(kind = 'entry') = (number IS NOT NULL)", name="number"),
        CheckConstraint("octet_length(leaf_hash) = 32", name="leaf_hash"),
    )


def _number_of(entry_id: InstrumentedAttribute[Any]) -> Any:
    statement = select(Seal.number).where(Seal.kind == LeafKind.ENTRY, Seal.row_id == entry_id)
    return column_property(statement.correlate_except(Seal).scalar_subquery())


JournalEntry.number = _number_of(JournalEntry.id)
JournalEntry.reverses_number = _number_of(JournalEntry.reverses_id)


class LogTile(Model):
    """Up to 256 hashes of one level of the tree, next to each other; it grows until it is full."""

    __tablename__ = "log_tiles"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    tile_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 63", name="level"),
        CheckConstraint("tile_index >= 0", name="tile_index"),
        CheckConstraint(
            "octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0",
            name="hashes",
        ),
    )


class Checkpoint(Model):
    """The tree's size and root as we signed them, once for each size."""

    __tablename__ = "checkpoints"

    tree_size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_hash: Mapped[bytes] = mapped_column(LargeBinary)
    signed_note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("octet_length(root_hash) = 32", name="root_hash"),)


class SigningKey(Numbered):
    """A key of the log; its private half is encrypted, and destroyed when the key is retired."""

    __tablename__ = "signing_keys"

    name: Mapped[str] = mapped_column(String(200))
    public_key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    private_key_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    @property
    def verifier(self) -> VerifierKey:
        """What checks its signatures."""
        return VerifierKey(self.name, self.public_key)

    @property
    def vkey(self) -> str:
        """The key as one word, for whoever configures a verifier."""
        return self.verifier.vkey

    __table_args__ = (
        CheckConstraint("octet_length(public_key) = 32", name="public_key"),
        CheckConstraint(
            "(private_key_encrypted IS NULL) = (retired_at IS NOT NULL)", name="retired"
        ),
    )


class LogSecret(Model):
    """What the salts are made of; only the owner's functions read it."""

    __tablename__ = "log_secrets"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("id = 1", name="id"),
        CheckConstraint("octet_length(seed) = 32", name="seed"),
    )
