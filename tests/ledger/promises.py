"""What the book promises at every moment, recomputed from the rows without the code under test."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, text

FULL_SUMS = text(
    """
    SELECT a.code, ledger_debit_balance(a.id),
      coalesce((SELECT sum(amount_minor) FROM transfers WHERE debit_account_id = a.id), 0)
      - coalesce((SELECT sum(amount_minor) FROM transfers WHERE credit_account_id = a.id), 0)
    FROM ledger_accounts a
    """
)
# Each guarded thing after each sealed entry (and, not yet sealed, after each entry), in order.
PREFIXES = text(
    """
    WITH moved AS (
      SELECT entry_id, debit_account_id AS account, -amount_minor AS amount FROM transfers
      UNION ALL SELECT entry_id, credit_account_id, amount_minor FROM transfers),
    guarded AS (
      SELECT CASE WHEN a.guard IN ('account', 'bank') THEN a.code ELSE 'fund ' || a.fund_id END
          AS what, m.entry_id, CASE a.guard WHEN 'bank' THEN -m.amount ELSE m.amount END AS amount
      FROM moved m JOIN ledger_accounts a ON a.id = m.account
      WHERE a.guard IN ('account', 'bank') OR a.fund_class = 'designated'),
    after_each AS (
      SELECT what, g.entry_id, sum(sum(amount)) OVER
        (PARTITION BY what ORDER BY s.leaf_index NULLS LAST, g.entry_id) AS rest
      FROM guarded g LEFT JOIN seals s ON s.kind = 'entry' AND s.row_id = g.entry_id
      GROUP BY what, g.entry_id, s.leaf_index)
    SELECT what, entry_id, rest FROM after_each WHERE rest < 0
    """
)
NUMBERS = text(
    """
    SELECT 'leaf', count(*), coalesce(min(leaf_index), 0), coalesce(max(leaf_index) + 1, 0)
    FROM seals
    UNION ALL SELECT 'number', count(*), coalesce(min(number) - 1, 0), coalesce(max(number), 0)
    FROM seals WHERE kind = 'entry'
    """
)
LATE_IN_A_CLOSED_PERIOD = text(
    "SELECT e.id FROM journal_entries e JOIN fiscal_periods p ON e.effective_on BETWEEN "
    "p.starts_on AND p.ends_on WHERE p.closed_at IS NOT NULL AND e.recorded_at > p.closed_at"
)
DISORDER = text(
    "SELECT a.row_id FROM seals a JOIN seals b ON a.kind = 'entry' AND b.kind = 'entry' "
    "AND a.leaf_index < b.leaf_index AND a.row_id > b.row_id"
)


def root_of(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, straight from its definition: slow and plain."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    sides = root_of(leaves[:half]) + root_of(leaves[half:])
    return hashlib.sha256(b"\x01" + sides).digest()


def broken_promises(connection: Connection) -> list[str]:
    """Each promise that does not hold now, in words."""
    return [
        *_balances(connection),
        *_order(connection),
        *_roots(connection),
    ]


def _balances(connection: Connection) -> Iterator[str]:
    total = 0
    for code, folded, full in connection.execute(FULL_SUMS):
        total += full
        if folded != full:
            yield f"{code}: snapshot and tail say {folded}, the lines {full}"
    if total:
        yield f"the trial balance is {total}"
    for what, entry, rest in connection.execute(PREFIXES):
        yield f"{what} stands at {rest} after entry {entry}"


def _order(connection: Connection) -> Iterator[str]:
    for what, count, least, most in connection.execute(NUMBERS):
        if (least, most) != (0, count):
            yield f"{what}: {count} of them, from {least} to {most}"
    for [entry] in connection.execute(LATE_IN_A_CLOSED_PERIOD):
        yield f"entry {entry} was booked into a closed period"
    for [entry] in connection.execute(DISORDER):
        yield f"entry {entry} was sealed out of order"


def _roots(connection: Connection) -> Iterator[str]:
    leaves = [
        bytes(leaf)
        for leaf in connection.scalars(text("SELECT leaf_hash FROM seals ORDER BY leaf_index"))
    ]
    for size, root in connection.execute(text("SELECT tree_size, root_hash FROM checkpoints")):
        if root_of(leaves[:size]) != bytes(root):
            yield f"the checkpoint of size {size} has another root"
