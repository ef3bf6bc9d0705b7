"""What must hold in the sealed log: every leaf, number, tile and signature, recomputed."""

from collections.abc import Iterator

from civicfund.core.db import db
from civicfund.core.errors import N_
from civicfund.ledger import leaves, queries
from civicfund.ledger.checks import Check, Finding, sql_check, triggers_check
from civicfund.ledger.merkle import root_at
from civicfund.ledger.models import Checkpoint
from civicfund.ledger.notes import NotSigned, VerifierKey, checkpoint, open_note
from civicfund.ledger.tiles import grown, nodes

PIECE = 10_000


def _changed_leaves() -> Iterator[str]:
    """Leaves whose rows say something else than what was sealed."""
    for leaf in queries.all_leaves(upto=queries.sealed_size(), at_a_time=PIECE):
        if leaf.text is None or leaves.leaf_hash(leaf.text) != leaf.leaf_hash:
            named = f"仕訳 {leaf.number}" if leaf.number else f"{leaf.kind} {leaf.row_id}"
            yield f"{named} (leaf {leaf.leaf_index})"


def _wrong_tree() -> Iterator[str]:
    """Tiles and the newest checkpoint that do not follow from the leaf hashes."""
    size = queries.sealed_size()
    tiles = _tiles_of(size)
    root = root_at(nodes(lambda level, index: tiles[level, index]), size=size)
    left = dict(tiles)
    for level, index, content in queries.all_tiles():
        if left.pop((level, index), b"") != content:
            yield f"tile {level}/{index}"
    yield from (f"tile {level}/{index} is missing" for level, index in sorted(left))
    newest = queries.newest_checkpoint()
    if newest is None or newest.tree_size != size:
        yield from [f"no checkpoint of {size}"] if size else []
    elif newest.root_hash != root:
        yield f"root of {size}"


def _tiles_of(size: int) -> dict[tuple[int, int], bytes]:
    tiles: dict[tuple[int, int], bytes] = {}

    def load(level: int, index: int) -> bytes:
        return tiles.get((level, index), b"")

    for first in range(0, size, PIECE):
        hashes = queries.leaf_hashes(first, min(first + PIECE, size))
        for level, index, content in grown(load, size=first, leaves=hashes):
            tiles[level, index] = content
    return tiles


def _wrong_signatures() -> Iterator[str]:
    """Checkpoints that no key of the log has signed, or that say something else than their row."""
    keys = [key.verifier for key in queries.signing_keys()]
    for signed in queries.signed_checkpoints():
        if not _is_signed(signed, keys):
            yield f"checkpoint {signed.tree_size}"
        db.session.expunge(signed)


def _is_signed(signed: Checkpoint, keys: list[VerifierKey]) -> bool:
    try:
        said = checkpoint(open_note(signed.signed_note, keys)[0])
    except NotSigned:
        return False
    return (said.origin, said.size, said.root) == (
        keys[0].name, signed.tree_size, signed.root_hash,
    )  # fmt: skip


CHECKS = (
    Check(
        "log_leaves",
        N_("What was sealed still says what it said: each leaf is recomputed from its rows"),
        _changed_leaves,
    ),
    sql_check(
        "log_numbers",
        N_("仕訳番号 and places in the log have no gaps and follow the order of the entries"),
        """
        SELECT 'leaf ' || leaf_index FROM (
          SELECT leaf_index, kind, number, row_id, row_number() OVER line - 1 AS place,
            count(number) OVER line AS nth,
            max(row_id) FILTER (WHERE kind = 'entry') OVER (ORDER BY leaf_index
              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
          FROM seals WINDOW line AS (ORDER BY leaf_index)) AS seal
        WHERE leaf_index <> place OR kind = 'entry' AND (number <> nth OR row_id <= before)
          OR leaf_index = 0 AND kind <> 'key'
        UNION ALL
        SELECT 'entry id ' || e.id FROM journal_entries e
        WHERE e.id <= (SELECT max(row_id) FROM seals WHERE kind = 'entry')
          AND NOT EXISTS (SELECT FROM seals s WHERE s.kind = 'entry' AND s.row_id = e.id)
        """,
    ),
    Check("log_tree", N_("Tiles and root of the log follow from its leaves"), _wrong_tree),
    Check("log_signatures", N_("Each checkpoint is signed by a key of the log"), _wrong_signatures),
    triggers_check(
        "log_protection",
        N_("The triggers that protect the log are switched on"),
        {
            "seals": ("append_only",),
            "checkpoints": ("append_only", "hold_checkpoint"),
            "log_tiles": ("append_only", "hold_tile"),
            "signing_keys": ("append_only", "hold_key"),
            "log_secrets": ("append_only",),
            "entry_evidence": ("append_only",),
        },
    ),
)


def run() -> list[Finding]:
    """Every check of the log, in order."""
    return [check.run() for check in CHECKS]
