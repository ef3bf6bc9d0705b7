"""The sequencer: settled entries become leaves of the log, the tree grows, a checkpoint is signed.

All of it is one transaction: a crash at any point leaves nothing half done, and what tiles or
checkpoints lack against the seals, for whatever reason, the next run makes up for.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from civicfund.core import clock
from civicfund.core.db import advisory_lock, db
from civicfund.ledger import queries
from civicfund.ledger.merkle import root_at
from civicfund.ledger.models import Checkpoint, LogTile
from civicfund.ledger.notes import CheckpointText, sign
from civicfund.ledger.services import keys
from civicfund.ledger.tiles import grown, nodes

# A few seconds of work: short enough to lose, long enough to be quick.
AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many leaves a run has sealed, how many there are now, and whether more may wait.

    After a piece that is not full only what came meanwhile is left. To go on for that would sign a
    checkpoint for every few entries of a busy hour, and take the time of those who book.
    """

    leaves: int
    tree_size: int
    is_full: bool = False


def seal_entries(*, most: int = AT_A_TIME) -> Sealed:
    """Seal up to `most` settled entries with their accounts, then evidence and closed periods.

    Run again while it is full. Two at once queue behind each other.
    """
    db.session.flush()
    advisory_lock("ledger.seal")
    keys.ensure_log_key()
    new: int = db.session.scalars(select(func.ledger_seal(most))).one()
    size = queries.sealed_size()
    _grow(size)
    _sign(size)
    return Sealed(new, size, is_full=new >= most)


def _grow(size: int) -> None:
    """The tiles catch up with the seals."""
    tiled = queries.tiled_size()
    if tiled == size:
        return
    longer = grown(queries.tile, size=tiled, leaves=queries.leaf_hashes(tiled, size))
    rows = [
        {"level": level, "tile_index": index, "hashes": hashes} for level, index, hashes in longer
    ]
    statement = insert(LogTile)
    statement = statement.on_conflict_do_update(
        index_elements=["level", "tile_index"], set_={"hashes": statement.excluded.hashes}
    )
    db.session.execute(statement, rows)


def _sign(size: int) -> None:
    """The newest checkpoint catches up with the tiles; of several keys only the newest stays."""
    newest = queries.newest_checkpoint()
    if newest is not None and newest.tree_size == size:
        return
    known = queries.signing_keys()
    root = root_at(nodes(queries.tile), size=size)
    text = str(CheckpointText(known[0].name, size, root))
    db.session.add(
        Checkpoint(
            tree_size=size,
            root_hash=root,
            signed_note=sign(text, keys.signers(known)),
            created_at=clock.now(),
        )
    )
    db.session.flush()
    keys.retire(known[:-1])
