"""The sealed log: leaves, numbers, tiles, checkpoints, keys."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, func, select, text

from civicfund.core.db import db, streamed
from civicfund.ledger.merkle import HASH_SIZE
from civicfund.ledger.models import Checkpoint, JournalEntry, LeafKind, LogTile, Seal, SigningKey
from civicfund.ledger.tiles import WIDTH


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf as its rows say it now, beside the hash under which it was sealed.

    `text` is None when a row is gone; `salt` and `private` only where the leaf has a private part.
    """

    leaf_index: int
    kind: LeafKind
    row_id: int
    number: int | None
    leaf_hash: bytes
    text: str | None
    salt: bytes | None
    private: str | None


def sealed_size() -> int:
    """How many leaves are sealed."""
    newest = db.session.scalar(select(func.max(Seal.leaf_index)))
    return 0 if newest is None else newest + 1


def sealed_entry_count() -> int:
    """How many entries are sealed: the newest 仕訳番号."""
    return db.session.scalar(select(func.max(Seal.number))) or 0


def sealed_upto_entry() -> ScalarSelect[int]:
    """The last entry that is sealed; nothing can come before it any more."""
    last = select(func.coalesce(func.max(Seal.row_id), 0)).where(Seal.kind == LeafKind.ENTRY)
    return last.scalar_subquery()


def unsealed_entry_count() -> int:
    """How many entries stand above the last that is sealed."""
    statement = select(func.count()).where(JournalEntry.id > sealed_upto_entry())
    return db.session.scalar(statement) or 0


def seal_of(kind: LeafKind, row_id: int) -> Seal | None:
    """Where a row stands in the log."""
    return db.session.scalars(
        select(Seal).where(Seal.kind == kind, Seal.row_id == row_id)
    ).one_or_none()


def seal_by_number(number: int) -> Seal | None:
    """The seal of the entry with this 仕訳番号."""
    return db.session.scalars(select(Seal).where(Seal.number == number)).one_or_none()


def numbers_of(entry_ids: Iterable[int]) -> dict[int, int]:
    """The 仕訳番号 of these entries; those that are not sealed yet are missing."""
    rows = db.session.execute(
        select(Seal.row_id, Seal.number)
        .where(Seal.kind == LeafKind.ENTRY, Seal.row_id.in_(list(entry_ids)))
        .order_by(Seal.row_id)
    )
    return {entry_id: number for entry_id, number in rows if number is not None}


def leaves(first: int, upto: int) -> list[Leaf]:
    """The leaves from `first` to before `upto`, rebuilt from the rows by the database."""
    rows = db.session.execute(
        text(
            "SELECT leaf_index, kind, row_id, number, leaf_hash, leaf, salt, private"
            " FROM ledger_leaves(:first, :upto) ORDER BY leaf_index"
        ),
        {"first": first, "upto": upto},
    )
    return [
        Leaf(
            row.leaf_index,
            LeafKind[row.kind.upper()],
            row.row_id,
            row.number,
            bytes(row.leaf_hash),
            row.leaf,
            None if row.salt is None else bytes(row.salt),
            row.private,
        )
        for row in rows
    ]


def all_leaves(*, upto: int, at_a_time: int = 10_000) -> Iterator[Leaf]:
    """Every leaf below `upto` in order, in pieces, so that a long log fits into memory."""
    for first in range(0, upto, at_a_time):
        yield from leaves(first, min(first + at_a_time, upto))


def leaf_hashes(first: int, upto: int) -> list[bytes]:
    """The hashes of the leaves from `first` to before `upto`."""
    rows = db.session.scalars(
        select(Seal.leaf_hash)
        .where(Seal.leaf_index >= first, Seal.leaf_index < upto)
        .order_by(Seal.leaf_index)
    )
    return [bytes(row) for row in rows]


def tile(level: int, index: int) -> bytes:
    """The hashes of a tile as far as it has grown; empty when there is none."""
    hashes = db.session.scalar(
        select(LogTile.hashes).where(LogTile.level == level, LogTile.tile_index == index)
    )
    return bytes(hashes or b"")


def tiled_size() -> int:
    """How many leaves the tiles hold."""
    newest = db.session.scalars(
        select(LogTile).where(LogTile.level == 0).order_by(LogTile.tile_index.desc()).limit(1)
    ).one_or_none()
    return newest.tile_index * WIDTH + len(newest.hashes) // HASH_SIZE if newest else 0


def all_tiles() -> Iterator[tuple[int, int, bytes]]:
    """(level, index, hashes) of every tile, in order."""
    statement = select(LogTile.level, LogTile.tile_index, LogTile.hashes).order_by(
        LogTile.level, LogTile.tile_index
    )
    for level, index, hashes in streamed(statement, at_a_time=256):
        yield level, index, bytes(hashes)


def signed_checkpoints() -> Iterator[Checkpoint]:
    """Every checkpoint, in order, read piece by piece."""
    for (checkpoint,) in streamed(select(Checkpoint).order_by(Checkpoint.tree_size)):
        yield checkpoint


def newest_checkpoint() -> Checkpoint | None:
    """The checkpoint of the largest tree."""
    return db.session.scalars(
        select(Checkpoint).order_by(Checkpoint.tree_size.desc()).limit(1)
    ).one_or_none()


def checkpoint_of(tree_size: int) -> Checkpoint | None:
    """The checkpoint of the tree of this size."""
    return db.session.get(Checkpoint, tree_size)


def signing_keys() -> list[SigningKey]:
    """Every key that the log has had, in order."""
    return list(db.session.scalars(select(SigningKey).order_by(SigningKey.id)))
