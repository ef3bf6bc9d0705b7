"""Leaves of the log in bundles of 256 (C2SP tlog-tiles): each with its length before it."""

from civicfund.ledger import queries
from civicfund.ledger.errors import NotSealedYet
from civicfund.ledger.tiles import WIDTH


def bundle(index: int, width: int = WIDTH) -> bytes:
    """The first `width` leaves of a tile of level 0. Raises `NotSealedYet`."""
    first, upto = index * WIDTH, index * WIDTH + width
    if upto > queries.tiled_size():
        raise NotSealedYet
    pieces = []
    for leaf in queries.leaves(first, upto):
        assert leaf.text is not None, "what is sealed is never deleted"
        body = leaf.text.encode()
        pieces.append(len(body).to_bytes(2, "big") + body)
    return b"".join(pieces)
