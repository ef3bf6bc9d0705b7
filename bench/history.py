"""A long history, laid down at once: as many gifts as a big fund sees in years."""

import time
from collections.abc import Iterator

import psycopg

from bench.measurement import CONSOLE

PIECE = 250_000
FUNDS = 1_000

# One gift in two goes to the hot campaign; days spread over five years. The hashes are no hashes:
# nothing that is measured reads them.
ENTRIES = """
INSERT INTO journal_entries (id, key, kind, effective_on, recorded_at, memo, source_kind,
  source_id, amount_minor, is_late, content_hash) OVERRIDING SYSTEM VALUE
SELECT n, 'history/' || n, 'donation_received', date '2021-04-01' + (n * 1825 / %(all)s)::int,
  timestamptz '2021-04-01' + n * interval '1 second', '', 'donations', n, 1000, false,
  decode(repeat('00', 32), 'hex')
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
TRANSFERS = """
INSERT INTO transfers (entry_id, line, debit_account_id, debit_guard, credit_account_id,
  credit_guard, amount_minor)
SELECT n, part.line, provider.id, provider.guard, part.id, part.guard, part.amount
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
JOIN ledger_accounts provider ON provider.code = '1131/GENERAL'
JOIN funds ON funds.code = 'C-BENCH-' || lpad(
  CASE WHEN n %% 2 = 0 THEN 0 ELSE n / 2 %% %(funds)s END::text, 4, '0')
JOIN LATERAL (
  SELECT 1 AS line, id, guard, 850 AS amount FROM ledger_accounts
    WHERE fund_id = funds.id AND chart_code = '4111'
  UNION ALL
  SELECT 2, id, guard, 150 FROM ledger_accounts
    WHERE fund_id = funds.id AND chart_code = '4191') AS part ON true
"""


def lay_down(url: str, *, first: int, last: int, total: int) -> float:
    """Entries `first` to `last`, past the triggers and foreign keys; how many seconds it took.

    `url` is that of the server's own superuser: nobody else may do this.
    """
    start = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        with CONSOLE.status("") as status:
            for low, high in _pieces(first, last):
                status.update(f"laying down history: {low - 1:,} of {total:,} entries")
                values = {"first": low, "last": high, "all": total, "funds": FUNDS}
                connection.execute(ENTRIES, values)
                connection.execute(TRANSFERS, values)
            status.update("looking over the tables")
            connection.execute("SELECT setval('journal_entries_id_seq', %s)", (last,))
            connection.execute("VACUUM ANALYZE journal_entries, transfers, ledger_accounts")
            connection.execute("CHECKPOINT")
    return time.perf_counter() - start


def _pieces(first: int, last: int) -> Iterator[tuple[int, int]]:
    for low in range(first, last + 1, PIECE):
        yield low, min(low + PIECE - 1, last)
