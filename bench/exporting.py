"""How fast the book leaves the house, beside psql; and how long an auditor's machine checks it."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from bench.campaigns import detached, gift, open_campaigns
from bench.house import House
from bench.measurement import (
    Measurement,
    at_least,
    at_most,
    figure,
    median_seconds,
    shown,
)
from civicfund.core.db import db, transaction
from civicfund.core.embedded import APP_ROLE, binaries
from civicfund.ledger import exports, queries
from civicfund.ledger import services as ledger
from civicfund.ledger.exports.scope import scope_of

LINES = 1_000_000
ENTRIES = 1_000_000
BATCH = 2_000


def measure(house: House, *, lines: int = LINES, entries: int = ENTRIES) -> list[Measurement]:
    """Fills the book up to `lines` lines, then to `entries` sealed entries: minutes of work."""
    with house.app.app_context():
        open_campaigns()
        _fill(lines // 2)
        _seal()
        csv = _csv(house, lines)
        _fill(entries)
        _seal()
        return [*csv, *_book(entries)]


def _fill(upto: int) -> None:
    """Gifts of two lines each, until there are `upto` entries."""
    funds, general = detached()
    there = int(db.session.execute(text("SELECT count(*) FROM journal_entries")).scalar_one())
    for start in shown(range(there, upto, BATCH), "booking gifts"):
        with transaction():
            ledger.post_entries(
                [
                    gift(funds[number % len(funds)], general, key=f"exporting/{number}")
                    for number in range(start, min(start + BATCH, upto))
                ]
            )


def _seal() -> None:
    while True:
        with transaction():
            sealed = ledger.seal_entries()
        if not sealed.leaves:
            return


def _csv(house: House, lines: int) -> list[Measurement]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scope = scope_of(date_from=None, date_to=None)
        ours = median_seconds(
            lambda: exports.export("csv", out=Path(tempfile.mkdtemp(dir=folder))), times=3
        )
        columns = ", ".join(column.sql for column in exports.JOURNAL)
        select = " ".join(scope.select(queries.journal_select, columns=columns).split())
        plain = median_seconds(lambda: _psql(house, select, folder / "psql.csv"), times=3)
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "civicfund"]
        here = {
            "DATABASE_URL": house.url(),
            "CIVICFUND_INSTANCE": str(folder / "instance"),
        }
        _, idle = _alone([*command, "job"], **here)
        out = str(folder / "alone")
        _, busy = _alone([*command, "export", "--format", "csv", "--out", out], **here)
    return [
        at_least(f"CSV export of {lines:,} lines with its package, share of \\copy", plain / ours,
                 0.85),
        at_most("the same, memory beyond the idle command's", busy - idle, 100, unit="MB",
                note=f"idle {idle:.0f} MB"),
    ]  # fmt: skip


def _psql(house: House, select: str, out: Path) -> None:
    subprocess.run(
        [
            str(binaries() / "psql"), "-X", "-q", "-d", house.driver_url(APP_ROLE), "-c",
            f"\\copy ({select}) TO '{out}' WITH (FORMAT csv)",
        ],
        check=True,
    )  # fmt: skip


def _book(entries: int) -> list[Measurement]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "book"
        start = time.perf_counter()
        exports.export(exports.BOOK, out=folder)
        took = time.perf_counter() - start
        seconds, megabytes = _alone([sys.executable, str(folder / "verify_book.py"), str(folder)])
    return [
        figure(f"the sealed book of {entries:,} entries, exported", took, "s"),
        at_most("the same, verified offline", seconds, 60, unit="s"),
        at_most("the same, memory of the verifier", megabytes, 300, unit="MB"),
    ]


def _alone(command: list[str], **environment: str) -> tuple[float, float]:
    """A process of its own: how long it took, and its largest memory in MB."""
    measured = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=sys.stderr);"
        " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024);"
        " sys.exit(done.returncode)"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", measured, *command],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    return time.perf_counter() - start, float(done.stdout)
