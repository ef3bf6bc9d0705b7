"""Merkle trees as in RFC 6962 (2.1) and RFC 9162 (2.1.3, 2.1.4): hashes, proofs, their checks."""

import hashlib
from collections.abc import Callable, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

# The hash of the complete subtree of 2**level leaves that stands at `index` on its level.
Node = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes, or over the roots of complete subtrees of one size."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        pairs = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        # A node without a sibling goes up as it is.
        row = pairs + row[len(pairs) * 2 :]
    return row[0]


def root_at(node: Node, *, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _root(node, 0, size) if size else EMPTY_ROOT


def inclusion_path(node: Node, *, index: int, size: int) -> list[bytes]:
    """The siblings from the leaf at `index` up to the root of the first `size` leaves."""
    assert 0 <= index < size, (index, size)
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_root(node, middle, end))
            end = middle
        else:
            path.append(_root(node, start, middle))
            start = middle
    return path[::-1]


def consistency_path(node: Node, *, first: int, second: int) -> list[bytes]:
    """What shows that the tree of `first` leaves is the beginning of the tree of `second`."""
    assert 0 < first <= second, (first, second)
    path = []
    start, end = 0, second
    is_whole = True
    while end != first:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_root(node, middle, end))
            end = middle
        else:
            path.append(_root(node, start, middle))
            start = middle
            is_whole = False
    if not is_whole:
        path.append(_root(node, start, end))
    return path[::-1]


def is_included(leaf: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` leads from the hash `leaf` at `index` to `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes([leaf, root, *path]):
        return False
    turns = _turns(index, size - 1, path)
    if turns is None:
        return False
    found = leaf
    for is_left, sibling in turns:
        found = node_hash(sibling, found) if is_left else node_hash(found, sibling)
    return found == root


def is_consistent(
    *, first: int, second: int, path: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Whether `path` shows that the first tree is the beginning of the second (RFC 9162, 2.1.4.2).

    An empty tree is the beginning of every tree: a proof of that proves nothing and is refused.
    """
    if first == second > 0:
        return not path and first_root == second_root
    if not 0 < first < second or not _are_hashes([first_root, second_root, *path]):
        return False
    # A complete first tree is a node of the second: its root is where the path begins.
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    turns = _turns(here, last, steps[1:])
    if not steps or turns is None:
        return False
    old = new = steps[0]
    for is_left, sibling in turns:
        old = node_hash(sibling, old) if is_left else old
        new = node_hash(sibling, new) if is_left else node_hash(new, sibling)
    return old == first_root and new == second_root


def sides(path: Sequence[bytes], *, index: int, size: int) -> list[tuple[str, bytes]]:
    """Each sibling of an inclusion path with the side (`left`, `right`) on which it stands."""
    turns = _turns(index, size - 1, path) or []
    return [("left" if is_left else "right", sibling) for is_left, sibling in turns]


def _turns(here: int, last: int, path: Sequence[bytes]) -> list[tuple[bool, bytes]] | None:
    """Each sibling with whether it stands on the left of the way up from `here`; `last` is the
    last node of its level. None: the path is too short or too long.
    """
    turns = []
    for sibling in path:
        if last == 0:
            return None
        is_left = here & 1 == 1 or here == last
        turns.append((is_left, sibling))
        while is_left and here and not here & 1:
            here, last = here >> 1, last >> 1
        here, last = here >> 1, last >> 1
    return turns if last == 0 else None


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def _root(node: Node, start: int, end: int) -> bytes:
    """The root of the leaves from `start` to before `end`, a subtree of the whole."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(width)
    return node_hash(_root(node, start, middle), _root(node, middle, end))
