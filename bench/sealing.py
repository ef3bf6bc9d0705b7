"""How long it takes to seal a whole book from nothing, and how much memory."""

import json
import os
import resource
import subprocess
import sys
import time

import psycopg
from flask import Flask

from bench.house import House
from bench.measurement import Measurement, at_most
from civicfund.app import create_app
from civicfund.core.db import transaction
from civicfund.core.money import yen
from civicfund.ledger import queries
from civicfund.ledger import services as ledger
from civicfund.ledger.models import FundClass, FundKind
from civicfund.ledger.posting_rules import donation_received
from config import TestConfig

ENTRIES = 1_000_000

# The shape of a gift: one entry, two lines; written past `ledger_post`, whose speed is not asked.
FILL = """
WITH accounts AS (
  SELECT (SELECT id FROM ledger_accounts WHERE code = '1131/GENERAL') AS debit,
    (SELECT id FROM ledger_accounts WHERE code = '4111/C-SEAL') AS gift,
    (SELECT id FROM ledger_accounts WHERE code = '4191/C-SEAL') AS share),
entries AS (
  INSERT INTO journal_entries (key, kind, effective_on, recorded_at, memo, amount_minor, is_late,
    content_hash, source_kind, source_id)
  SELECT 'sealing/' || number, 'donation_received', current_date, now(), '', 1000, false,
    sha256(number::text::bytea), 'donations', number
  FROM generate_series(%(first)s::bigint, %(last)s) AS number RETURNING id),
lines AS (
  INSERT INTO transfers (entry_id, line, debit_account_id, debit_guard, credit_account_id,
    credit_guard, amount_minor)
  SELECT id, 1, debit, 'none', gift, 'fund', 850 FROM entries, accounts
  UNION ALL SELECT id, 2, debit, 'none', share, 'none', 150 FROM entries, accounts)
SELECT count(*) FROM entries
"""


def measure(house: House, *, entries: int = ENTRIES) -> list[Measurement]:
    """Fill the book, then seal it in a process of its own, so that its memory is its own."""
    with house.app.app_context(), transaction():
        fund = ledger.open_fund(
            code="C-SEAL", kind=FundKind.CAMPAIGN, designation=FundClass.DESIGNATED,
            name_ja="封緘の計測", name_en="Sealing benchmark",
        )  # fmt: skip
        draft = donation_received(
            yen(1000), operating_share=yen(150), fee=yen(0), fund=fund,
            general=queries.general_fund(),
        )  # fmt: skip
        ledger.post_entry(draft, key="sealing/first")
    _fill(house.driver_url(), entries)
    seconds, megabytes = _seal_elsewhere(house.app)
    return [
        at_most(f"seal {entries:,} entries from nothing", seconds, 60 * entries / ENTRIES, "s"),
        at_most("memory while sealing", megabytes, 300, "MB"),
    ]


def _fill(owner_url: str, entries: int, *, piece: int = 50_000) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for first in range(1, entries, piece):
            last = min(first + piece, entries) - 1
            connection.execute(FILL, {"first": first, "last": last})
        connection.execute("ANALYZE journal_entries, transfers, ledger_accounts")


def _seal_elsewhere(app: Flask) -> tuple[float, float]:
    names = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "INSTANCE")
    told = {f"BENCH_{name}": str(app.config[name]) for name in names}
    done = subprocess.run(
        [sys.executable, "-m", "bench.sealing"],
        env={**os.environ, **told}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    return answer["seconds"], answer["megabytes"]


def _seal_here() -> None:
    class Here(TestConfig):
        DATABASE_URL = os.environ["BENCH_DATABASE_URL"]
        MIGRATION_DATABASE_URL = os.environ["BENCH_MIGRATION_DATABASE_URL"]
        INSTANCE = os.environ["BENCH_INSTANCE"]

    with create_app(Here).app_context():
        start = time.perf_counter()
        leaves = 1
        while leaves:
            with transaction():
                leaves = ledger.seal_entries().leaves
        seconds = time.perf_counter() - start
        with transaction():
            assert queries.unsealed_entry_count() == 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


if __name__ == "__main__":
    _seal_here()
