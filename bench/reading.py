"""How long it takes to look into the book, early in its life and a hundred times later.

Each look is measured on the same database, with snapshots folded and a tail of gifts that are not.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from bench.campaigns import detached, gift, open_campaigns
from bench.history import lay_down
from bench.house import House
from bench.measurement import (
    CONSOLE,
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
SCANS = re.compile(r"Seq Scan on (?:transfers|journal_entries)\b.*")

Looks = dict[str, Callable[[], object]]


def measure(house: House) -> list[Measurement]:
    """The looks at 50,000 entries, then at `BENCH_ENTRIES` (five millions)."""
    superuser = house.driver_url("postgres")
    with house.app.app_context():
        open_campaigns()
        newest = queries.newest_entry_id()
        lay_down(superuser, first=newest + 1, last=FEW, total=MANY)
        _fold_and_add_a_tail("few")
        few = {name: _median(look) for name, look in shown(_looks().items(), f"at {FEW:,}")}
        newest = queries.newest_entry_id()
        took = lay_down(superuser, first=newest + 1, last=MANY, total=MANY)
        folding = _fold_and_add_a_tail("many")
        many = {name: _median(look) for name, look in shown(_looks().items(), f"at {MANY:,}")}
        scans = list(_scans(_looks()))
    for scan in scans:
        CONSOLE.print(f"[red]scans the book:[/] {scan}")
    return [
        *(
            at_most(
                f"{name}: at {MANY:,} entries, times at {FEW:,}", many[name] / few[name], GOAL,
                note=f"{few[name] * 1000:.2f} ms, then {many[name] * 1000:.2f} ms",
            )
            for name in few
        ),
        at_most("looks that scan the entries or transfers", len(scans), 0, "looks"),
        figure(f"to lay down {MANY:,} entries", took, "s"),
        figure(f"to fold {MANY - FEW:,} entries at once", folding, "s"),
    ]  # fmt: skip


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


def _scans(looks: Looks) -> Iterator[str]:
    """The looks whose plan reads a whole table of the book."""
    for name, look in looks.items():
        with _statements() as said:
            look()
        for statement, values in said:
            rows = db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", values)
            plan = "\n".join(row[0] for row in rows)
            yield from (f"{name}: {found}" for found in SCANS.findall(plan))
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
