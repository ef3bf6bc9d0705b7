"""Proofs about the sealed log, read from O(log n) tiles, and as text that verifiers understand."""

from base64 import b64encode
from dataclasses import dataclass

from civicfund.ledger import merkle, queries
from civicfund.ledger.errors import NoSuchCheckpoint, NoSuchTreeSize, NotSealedYet
from civicfund.ledger.models import Checkpoint
from civicfund.ledger.tiles import nodes


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """A leaf, and its siblings up to the root of a checkpoint."""

    number: int
    leaf: str
    leaf_index: int
    leaf_hash: bytes
    path: list[bytes]
    checkpoint: Checkpoint

    @property
    def text(self) -> str:
        """As C2SP tlog-proof."""
        lines = ["c2sp.org/tlog-proof@v1", f"index {self.leaf_index}", *_encoded(self.path)]
        return "\n".join(lines) + "\n\n" + self.checkpoint.signed_note

    @property
    def holds(self) -> bool:
        """Whether the path leads from the leaf, as the rows say it now, to the signed root."""
        return merkle.is_included(
            merkle.leaf_hash(self.leaf.encode()),
            index=self.leaf_index,
            size=self.checkpoint.tree_size,
            path=self.path,
            root=self.checkpoint.root_hash,
        )

    @property
    def steps(self) -> list[tuple[str, bytes]]:
        """Each sibling with the side on which it stands (`left`, `right`)."""
        return merkle.sides(self.path, index=self.leaf_index, size=self.checkpoint.tree_size)


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the tree of `first` leaves is the beginning of the tree of a checkpoint."""

    first: int
    path: list[bytes]
    checkpoint: Checkpoint

    @property
    def text(self) -> str:
        """In the form that C2SP tlog-witness gives to witnesses."""
        return "\n".join([f"old {self.first}", *_encoded(self.path)]) + (
            "\n\n" + self.checkpoint.signed_note
        )


def of_entry(number: int) -> InclusionProof:
    """The proof of the entry with this 仕訳番号. Raises `NotSealedYet`."""
    seal, newest = queries.seal_by_number(number), queries.newest_checkpoint()
    if seal is None or newest is None or seal.leaf_index >= newest.tree_size:
        raise NotSealedYet
    [leaf] = queries.leaves(seal.leaf_index, seal.leaf_index + 1)
    assert leaf.text is not None, "entries are never deleted"
    path = merkle.inclusion_path(nodes(queries.tile), index=seal.leaf_index, size=newest.tree_size)
    return InclusionProof(number, leaf.text, seal.leaf_index, seal.leaf_hash, path, newest)


def of_consistency(*, first: int, second: int | None) -> ConsistencyProof:
    """From the tree of `first` leaves to a checkpoint, the newest if `second` is None.

    Raises `NotSealedYet`, `NoSuchTreeSize`, `NoSuchCheckpoint`.
    """
    newest = queries.newest_checkpoint()
    if newest is None:
        raise NotSealedYet
    size = newest.tree_size if second is None else second
    if not 0 < first <= size:
        raise NoSuchTreeSize
    if size > newest.tree_size:
        raise NotSealedYet
    signed = queries.checkpoint_of(size)
    if signed is None:
        raise NoSuchCheckpoint(size=size)
    path = merkle.consistency_path(nodes(queries.tile), first=first, second=size)
    return ConsistencyProof(first, path, signed)


def _encoded(path: list[bytes]) -> list[str]:
    return [b64encode(sibling).decode() for sibling in path]
