"""One client process: `python -m bench.client raw|ours NAME`, orders on its standard input."""

import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.campaigns import detached, gift
from civicfund.app import create_app
from civicfund.core.db import db, transaction
from civicfund.ledger import services as ledger
from config import TestConfig

# Posts so many entries in one transaction, to one of so many campaigns.
Deed = Callable[[int, int], None]

RAW_ENTRY = "INSERT INTO raw_entries (key, on_day) VALUES (%s, current_date) RETURNING id"
RAW_TRANSFER = "INSERT INTO raw_transfers VALUES (%s, %s, 1, %s, 1000)"


@contextmanager
def raw(name: str) -> Iterator[Deed]:
    """The least that books a gift: an entry and two transfers, in a transaction, by the driver."""
    numbers = itertools.count(1)
    with psycopg.connect(os.environ["BENCH_OWNER_URL"]) as connection:

        def post(_batch: int, campaigns: int) -> None:
            number = next(numbers)
            row = connection.execute(RAW_ENTRY, (f"raw/{name}/{number}",)).fetchone()
            assert row is not None
            for line in (1, 2):
                connection.execute(RAW_TRANSFER, (row[0], line, 2 + number % campaigns))
            connection.commit()

        yield post


@contextmanager
def ours(name: str) -> Iterator[Deed]:
    """The public service of the book, in a transaction, on gifts of two transfers."""

    class Here(TestConfig):
        INSTANCE = Path(os.environ["BENCH_INSTANCE"])
        DATABASE_URL = os.environ["BENCH_APP_URL"]
        MIGRATION_DATABASE_URL = ""

    numbers = itertools.count(1)
    with create_app(Here).app_context():
        funds, general = detached()

        def post(batch: int, campaigns: int) -> None:
            postings = [
                gift(funds[number % campaigns], general, key=f"bench/{name}/{number}")
                for number in itertools.islice(numbers, batch)
            ]
            with transaction():
                if batch == 1:
                    ledger.post_entry(postings[0].draft, key=postings[0].key)
                else:
                    ledger.post_entries(postings)

        yield post
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Say that we are ready, then do what each line of the input asks."""
    kind, name = sys.argv[1:]
    with {"raw": raw, "ours": ours}[kind](name) as post:
        print("ready", flush=True)
        for line in sys.stdin:
            order = json.loads(line)
            for _ in range(order["posts"] // order["batch"]):
                post(order["batch"], order["campaigns"])
            print("done", flush=True)


if __name__ == "__main__":
    main()
