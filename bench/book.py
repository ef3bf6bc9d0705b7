"""How fast the book is exported, beside a plain COPY of the same rows."""

import io
import tempfile
from pathlib import Path

import psycopg

from bench.campaigns import detached, gift, open_campaigns
from bench.house import House
from bench.measurement import Measurement, at_least, median_seconds, shown
from civicfund.core.db import transaction
from civicfund.ledger import exports
from civicfund.ledger import services as ledger

MANY, BATCH = 60_000, 1_000


def measure(house: House) -> list[Measurement]:
    """On a book of 60,000 gifts."""
    with house.app.app_context():
        open_campaigns()
        funds, general = detached()
        for start in shown(range(0, MANY, BATCH), "booking gifts"):
            with transaction():
                ledger.post_entries(
                    [
                        gift(funds[0], general, key=f"bench/{number}")
                        for number in range(start, start + BATCH)
                    ]
                )
        with tempfile.TemporaryDirectory() as folder:
            ours = median_seconds(lambda: exports.export("csv", out=Path(folder)), times=3)
    copy = median_seconds(lambda: _raw_copy(house.driver_url()), times=3)
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
