"""The tree in tiles of 256 hashes (C2SP tlog-tiles): how they grow, and proofs read from few."""

import re
from collections.abc import Callable, Iterable, Iterator

from civicfund.core.errors import NotFound
from civicfund.ledger.merkle import HASH_SIZE, Node, root_of

HEIGHT = 8
WIDTH = 1 << HEIGHT
FULL = WIDTH * HASH_SIZE

# The hashes of a tile, as far as it has grown; empty when there is none.
Load = Callable[[int, int], bytes]
# Seven steps of three digits hold every number of 63 bits; longer ones are no numbers of ours.
_PATH = re.compile(r"(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?")


def grown(load: Load, *, size: int, leaves: Iterable[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """The tiles that are new or longer when `leaves` follow the first `size`."""
    level, start, hashes = 0, size, list(leaves)
    while hashes:
        index, filled = divmod(start, WIDTH)
        row = _cut(load(level, index)[: filled * HASH_SIZE]) + hashes if filled else hashes
        assert len(row) == filled + len(hashes), "the tile is shorter than the tree"
        start, hashes = index, []
        for place in range(0, len(row), WIDTH):
            tile = row[place : place + WIDTH]
            yield level, index + place // WIDTH, b"".join(tile)
            if len(tile) == WIDTH:
                hashes.append(root_of(tile))
        level += 1


class TiledNodes:
    """The nodes of a tree, read from its tiles; each tile is loaded once."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree of 2**level leaves at `index`."""
        tile_level, height = divmod(level, HEIGHT)
        tile_index, place = divmod(index << height, WIDTH)
        hashes = self._tile(tile_level, tile_index)[place : place + (1 << height)]
        assert len(hashes) == 1 << height, "this part of the tree has not grown yet"
        return root_of(hashes)

    @property
    def loaded(self) -> int:
        """How many tiles were read."""
        return len(self._tiles)

    def _tile(self, level: int, index: int) -> list[bytes]:
        key = level, index
        if key not in self._tiles:
            self._tiles[key] = _cut(self._load(level, index))
        return self._tiles[key]


def nodes(load: Load) -> Node:
    """The nodes of the tree whose tiles `load` answers."""
    return TiledNodes(load)


def index_and_width(path: str) -> tuple[int, int]:
    """What `x001/x234/067` or `000.p/17` asks for: a tile's index and width. Raises `NotFound`."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise NotFound
    index = int(found["index"].replace("x", "").replace("/", ""))
    width = int(found["width"] or WIDTH)
    if path_of(index).count("/") != found["index"].count("/") or (
        found["width"] and width >= WIDTH
    ):
        raise NotFound
    return index, width


def path_of(index: int, width: int = WIDTH) -> str:
    """The address of a tile: three digits a step, all but the last with an `x`."""
    rest, last = divmod(index, 1000)
    path = f"{last:03d}"
    while rest:
        rest, step = divmod(rest, 1000)
        path = f"x{step:03d}/{path}"
    return f"{path}.p/{width}" if width < WIDTH else path


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[place : place + HASH_SIZE] for place in range(0, len(hashes), HASH_SIZE)]
