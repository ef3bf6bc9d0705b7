"""How fast the book is, beside raw inserts of the same shape in the same database."""

import io
import itertools
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
from flask import Flask

from bench.measurement import Measurement, at_least, at_most, median_seconds
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.ledger import exports, queries
from civicfund.ledger import services as ledger
from civicfund.ledger.models import Fund, FundClass, FundKind
from civicfund.ledger.posting_rules import donation_received

POSTS = 300
CLIENTS = 8
BATCH = 100
FEW, MANY = 2_000, 60_000

RAW_TABLES = """
CREATE TABLE IF NOT EXISTS raw_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text UNIQUE, on_day date);
CREATE TABLE IF NOT EXISTS raw_transfers (
  entry_id bigint REFERENCES raw_entries, line smallint, debit bigint, credit bigint,
  amount bigint CHECK (amount > 0), PRIMARY KEY (entry_id, line));
"""
RAW_ENTRY = "INSERT INTO raw_entries (key, on_day) VALUES (%s, current_date) RETURNING id"
RAW_TRANSFER = "INSERT INTO raw_transfers VALUES (%s, %s, 1, 2, 1000)"

_numbers = itertools.count(1)


def measure(app: Flask, *, owner_url: str) -> list[Measurement]:
    """Posting, reading and exporting, in this order: each stage leaves the next its book."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(RAW_TABLES)
    with app.app_context(), transaction():
        fund = ledger.open_fund(
            code="C-BENCH", kind=FundKind.CAMPAIGN, designation=FundClass.DESIGNATED,
            name_ja="計測", name_en="Benchmark",
        )  # fmt: skip
        db.session.expunge(fund)
    return [*_posting(app, owner_url, fund), *_reading(app, fund), *_exporting(app, owner_url)]


def _draft(fund: Fund) -> ledger.Posting:
    draft = donation_received(
        yen(1000), operating_share=yen(150), fee=yen(0), fund=fund, general=queries.general_fund()
    )
    return ledger.Posting(draft=draft, key=f"bench/{next(_numbers)}")


def _raw_posts(url: str, count: int) -> None:
    with psycopg.connect(url) as connection:
        for _ in range(count):
            row = connection.execute(RAW_ENTRY, (f"raw/{next(_numbers)}",)).fetchone()
            assert row is not None
            connection.execute(RAW_TRANSFER, (row[0], 1))
            connection.execute(RAW_TRANSFER, (row[0], 2))
            connection.commit()


def _our_posts(app: Flask, fund: Fund, count: int) -> None:
    with app.app_context():
        for _ in range(count):
            with transaction():
                posting = _draft(fund)
                ledger.post_entry(posting.draft, key=posting.key)


def _in_batches(app: Flask, fund: Fund, count: int, *, size: int = BATCH) -> None:
    with app.app_context():
        for start in range(0, count, size):
            with transaction():
                ledger.post_entries([_draft(fund) for _ in range(min(size, count - start))])


def _by_clients(deed: object, *args: object) -> float:
    assert callable(deed)
    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(deed, *args) for _ in range(CLIENTS)]:
            done.result()
    return time.perf_counter() - start


def _posting(app: Flask, url: str, fund: Fund) -> list[Measurement]:
    raw = median_seconds(lambda: _raw_posts(url, POSTS))
    ours = median_seconds(lambda: _our_posts(app, fund, POSTS))
    batches = median_seconds(lambda: _in_batches(app, fund, POSTS * 4)) / 4
    raw_many = median_seconds(lambda: _by_clients(_raw_posts, url, 60), times=3)
    ours_many = median_seconds(lambda: _by_clients(_our_posts, app, fund, 60), times=3)
    return [
        at_least("post_entry, 1 client, share of raw inserts", raw / ours, 0.35),
        at_least("post_entry, 8 clients on one campaign, share of raw", raw_many / ours_many, 0.25),
        at_least("post_entries by 100, times post_entry one by one", ours / batches, 2.5),
    ]


def _reading(app: Flask, fund: Fund) -> list[Measurement]:
    with app.app_context():
        _fold()
        few = _balance_seconds(fund)
        _in_batches(app, fund, MANY, size=1000)
        _fold()
        many = _balance_seconds(fund)
    return [
        at_most(f"balances after {MANY:,} more entries, times before", many[0] / few[0], 2.0),
        at_most("trial balance likewise", many[1] / few[1], 2.0),
    ]


def _fold() -> None:
    with transaction():
        ledger.fold_balances()


def _balance_seconds(fund: Fund) -> tuple[float, float]:
    return (
        median_seconds(lambda: queries.gross_gifts_of([fund.id]), times=21),
        median_seconds(queries.trial_balance, times=21),
    )


def _exporting(app: Flask, url: str) -> list[Measurement]:
    with tempfile.TemporaryDirectory() as folder, app.app_context():
        ours = median_seconds(lambda: exports.export("csv", out=Path(folder)), times=3)
    copy = median_seconds(lambda: _raw_copy(url), times=3)
    return [at_least("CSV export, share of a plain COPY of the same rows", copy / ours, 0.25)]


def _raw_copy(url: str) -> None:
    query = (
        "COPY (SELECT * FROM transfers t JOIN journal_entries e ON e.id = t.entry_id "
        "ORDER BY e.id, t.line) TO STDOUT (FORMAT csv)"
    )
    sink = io.BytesIO()
    with psycopg.connect(url) as connection, connection.cursor().copy(query) as rows:
        for piece in rows:
            sink.write(piece)
