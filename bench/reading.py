"""How long it takes to look into the book, early in its life and a hundred times later.

Each look is measured on the same database, with snapshots folded and a tail of gifts that are not.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from bench.campaigns import detached, gift, open_campaigns
from bench.history import lay_down
from bench.house import House
from bench.measurement import (
    Measurement,
    at_most,
    figure,
    median_seconds,
    seconds,
    shown,
)
from civicfund.core.db import db, transaction
from civicfund.ledger import queries
from civicfund.ledger import services as ledger

FEW = 50_000
MANY = int(os.environ.get("BENCH_ENTRIES", "5000000"))
TAIL = 500
GOAL = 2.0
HOT = "C-BENCH-0000"
# A whole table of the book read from its first row, in a plan written as JSON.
SCANS = re.compile(r'"Seq Scan"[^{}]*"Relation Name": "(?:transfers|journal_entries)"')

Looks = dict[str, Callable[[], object]]


@dataclass(frozen=True)
class Seen:
    """How long a look took, and how many pages the server touched for it."""

    seconds: float
    pages: int
    scans: bool

    def __str__(self) -> str:
        return f"{self.seconds * 1000:.2f} ms, {self.pages:,} pages"


def measure(house: House) -> list[Measurement]:
    """The looks at 50,000 entries, then at `BENCH_ENTRIES` (five millions)."""
    superuser = house.driver_url("postgres")
    with house.app.app_context():
        open_campaigns()
        lay_down(superuser, first=queries.newest_entry_id() + 1, last=FEW, total=MANY)
        _fold_and_add_a_tail("few")
        few = _look(FEW)
        took = lay_down(superuser, first=queries.newest_entry_id() + 1, last=MANY, total=MANY)
        folding = _fold_and_add_a_tail("many")
        many = _look(MANY)
    scans = {name for name, seen in many.items() if seen.scans}
    return [
        *(
            at_most(
                f"{name}: {MANY:,} entries, times {FEW:,}", many[name].seconds / seen.seconds, GOAL,
                note=f"{seen}, then {many[name]}",
            )
            for name, seen in few.items()
        ),
        at_most(
            "looks that scan the entries or transfers", len(scans), 0, "looks",
            note=", ".join(sorted(scans)),
        ),
        figure(f"to lay down {MANY:,} entries", took, "s"),
        figure(f"to fold {MANY - FEW:,} entries at once", folding, "s"),
    ]  # fmt: skip


def _look(entries: int) -> dict[str, Seen]:
    seen = {}
    for name, look in shown(_looks().items(), f"looking at {entries:,} entries"):
        plans = list(_plans(look))
        pages = sum(
            plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in plans
        )
        scans = any(SCANS.search(json.dumps(plan)) for plan in plans)
        seen[name] = Seen(_median(look), pages, scans)
    return seen


def _looks() -> Looks:
    hot = queries.fund_by_code(HOT)
    account = queries.account_by_code("1131/GENERAL")
    assert hot is not None
    assert account is not None
    fund_id = hot.id
    # The page after this one begins ten thousand lines back.
    deep = queries.account_page(account, limit=10_000).older_than
    return {
        "balance of the hot account": lambda: queries.balance_of("1131"),
        "balance of the hot fund": lambda: queries.available_in(fund_id),
        "gifts to the hot fund": lambda: queries.gross_gifts_of([fund_id]),
        "trial balance": queries.trial_balance,
        "funds side by side": queries.balances_by_fund,
        "account page, newest lines": lambda: queries.account_page(account),
        "account page, 10,000 lines back": lambda: queries.account_page(account, older_than=deep),
    }


def _median(look: Callable[[], object]) -> float:
    def fresh() -> None:
        look()
        db.session.rollback()

    return median_seconds(fresh, times=15)


def _fold_and_add_a_tail(name: str) -> float:
    """How long the folding took."""
    with transaction():
        took = seconds(ledger.fold_balances)
    funds, general = detached()
    postings = [gift(funds[n % 7], general, key=f"tail/{name}/{n}") for n in range(TAIL)]
    with transaction():
        ledger.post_entries(postings)
    return took


def _plans(look: Callable[[], object]) -> Iterator[dict[str, Any]]:
    """How the server carried out each statement of a look."""
    with _statements() as said:
        look()
    for statement, values in said:
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
        [row] = db.session.connection().exec_driver_sql(explained, values)
        yield row[0][0]
    db.session.rollback()


@contextmanager
def _statements() -> Iterator[list[tuple[str, Any]]]:
    """Every statement that the session sends meanwhile, with its values."""
    said: list[tuple[str, Any]] = []

    def hear(*heard: Any) -> None:
        _connection, _cursor, statement, values, _context, _many = heard
        said.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
