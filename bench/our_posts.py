"""One client of ours: `python -m bench.our_posts NAME`.

The public service of the book, in a transaction, on gifts of two transfers.
"""

import itertools
import os
import sys
from pathlib import Path

from bench.campaigns import detached, gift
from bench.orders import serve
from civicfund.app import create_app
from civicfund.core.db import db, transaction
from civicfund.ledger import services as ledger
from config import TestConfig


def main(name: str) -> None:
    """Post as ordered."""

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

        serve(post)
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
