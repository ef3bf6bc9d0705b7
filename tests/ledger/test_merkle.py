"""The tree against the vectors of others and against another implementation."""

import hashlib
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from civicfund.core.errors import NotFound
from civicfund.ledger import merkle, tiles

VECTORS = Path(__file__).resolve().parent.parent / "data" / "merkle"


def vectors(kind: str) -> list[Any]:
    found = sorted((VECTORS / kind).rglob("*.json"))
    return [pytest.param(path, id=str(path.relative_to(VECTORS).with_suffix(""))) for path in found]


def hashes(values: list[str] | None) -> list[bytes]:
    return [b64decode(value) for value in values or []]


def hash_or_nothing(value: str | None) -> bytes:
    return b64decode(value) if value else b""


def test_all_196_vectors_are_here() -> None:
    assert len(vectors("inclusion")) + len(vectors("consistency")) == 196


@pytest.mark.parametrize("path", vectors("inclusion"))
def test_inclusion_vector(path: Path) -> None:
    said = json.loads(path.read_text())
    held = merkle.is_included(
        hash_or_nothing(said["leafHash"]),
        index=said["leafIdx"],
        size=said["treeSize"],
        path=hashes(said["proof"]),
        root=hash_or_nothing(said["root"]),
    )
    assert held is not said["wantErr"]


# Four of them are the policy that an empty tree proves nothing (docs/decisions/0009).
@pytest.mark.parametrize("path", vectors("consistency"))
def test_consistency_vector(path: Path) -> None:
    said = json.loads(path.read_text())
    held = merkle.is_consistent(
        first=said["size1"],
        second=said["size2"],
        path=hashes(said["proof"]),
        first_root=hash_or_nothing(said["root1"]),
        second_root=hash_or_nothing(said["root2"]),
    )
    assert held is not said["wantErr"]


def test_leaves_and_roots_of_the_rfc() -> None:
    said = json.loads((VECTORS / "rfc6962-leaves-and-roots.json").read_text())
    leaves = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in said["leaf_inputs_hex"]]
    for size, root in enumerate(said["root_hashes_hex_by_size"]):
        assert merkle.root_of(leaves[:size]).hex() == root


class Grown:
    """A tree in tiles, grown piece by piece."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int], bytes] = {}
        self.size = 0

    def add(self, leaves: list[bytes]) -> None:
        for level, index, content in list(tiles.grown(self.load, size=self.size, leaves=leaves)):
            assert content.startswith(self.load(level, index)), "a tile only grows"
            assert len(content) <= tiles.FULL
            self.kept[level, index] = content
        self.size += len(leaves)

    def load(self, level: int, index: int) -> bytes:
        return self.kept.get((level, index), b"")


def some_leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


@settings(deadline=None, max_examples=60)
@given(
    pieces=st.lists(st.integers(1, 400), min_size=1, max_size=5),
    at=st.floats(0, 1, exclude_max=True),
    first=st.floats(0, 1),
)
def test_pymerkle_agrees_on_random_trees(pieces: list[int], at: float, first: float) -> None:
    size = sum(pieces)
    leaves = some_leaves(size)
    ours, theirs = Grown(), InmemoryTree(algorithm="sha256")
    done = 0
    for piece in pieces:
        ours.add(leaves[done : done + piece])
        done += piece
    for number in range(size):
        theirs.append_entry(str(number).encode())
    node = tiles.nodes(ours.load)
    root = merkle.root_at(node, size=size)
    assert root == theirs.get_root() == merkle.root_of(leaves)
    index, begin = int(at * size), max(1, int(first * size))
    path = merkle.inclusion_path(node, index=index, size=size)
    assert path == theirs.prove_inclusion(index + 1).path[1:]
    assert merkle.is_included(leaves[index], index=index, size=size, path=path, root=root)
    steps = merkle.consistency_path(node, first=begin, second=size)
    begun = merkle.root_of(leaves[:begin])
    assert begun == merkle.root_at(node, size=begin) == theirs.get_root(begin)
    assert merkle.is_consistent(
        first=begin, second=size, path=steps, first_root=begun, second_root=root
    )
    wrong = hashlib.sha256(b"other history").digest()
    assert not merkle.is_included(wrong, index=index, size=size, path=path, root=root)
    assert not merkle.is_consistent(
        first=begin, second=size, path=steps, first_root=wrong, second_root=root
    )


def test_a_proof_reads_few_tiles() -> None:
    grown = Grown()
    grown.add(some_leaves(70_000))
    widths = {key: len(content) // 32 for key, content in grown.kept.items()}
    # The example of the specification: 273 full tiles, 112; one full, 17; 1.
    assert widths[0, 273] == 112
    assert (widths[1, 0], widths[1, 1], widths[2, 0]) == (256, 17, 1)
    assert len(widths) == 277
    node = tiles.TiledNodes(grown.load)
    merkle.inclusion_path(node, index=12_345, size=70_000)
    merkle.consistency_path(node, first=4_321, second=70_000)
    assert node.loaded <= 8


@pytest.mark.parametrize(
    ("path", "index", "width"),
    [
        ("000", 0, 256),
        ("x001/x234/067", 1_234_067, 256),
        ("x001/000.p/17", 1_000, 17),
        ("273.p/112", 273, 112),
        ("x009/x223/x372/x036/x854/x775/807", 2**63 - 1, 256),
    ],
)
def test_addresses_of_tiles(path: str, index: int, width: int) -> None:
    assert tiles.index_and_width(path) == (index, width)
    assert tiles.path_of(index, width) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "0", "0000", "x000/000", "001/002", "000.p/0", "000.p/256", "000.p/01", "x001", "٠٠٠",
        "x001/" * 7 + "000", "x999/" * 1_500 + "999",
    ],
)  # fmt: skip
def test_an_address_that_is_none(path: str) -> None:
    with pytest.raises(NotFound):
        tiles.index_and_width(path)
