"""Eight processes on one hot account, and one that seals; one of them is killed every second.

Run as a program by test_hot_account.py: it imports the house once and forks, so that a killed
process is replaced at once. Each process writes down what was acknowledged to it, after the
commit; the next in its place goes on from there, and so asks again for what was on its way.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from flask import Flask

from civicfund.app import create_app
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from civicfund.ledger.drafts import EntryDraft
from civicfund.ledger.errors import FundOverdrawn
from civicfund.ledger.models import Fund
from config import Config

POSTERS = 8
SEALER = POSTERS
fork = get_context("fork")


class Here(Config):
    """Of the environment, without the web's protections that need a browser."""

    RATELIMIT_ENABLED = False


def draft_of(number: int, fund: Fund) -> EntryDraft:
    """Nine gifts of 1,000 yen, then an award of 5,000: at most what the fund holds."""
    if number % 10 == 9:
        return rules.grant_awarded(yen(5_000), fund=fund)
    return rules.donation_received(
        yen(1_000), operating_share=yen(0), fee=yen(0), fund=fund, general=queries.general_fund()
    )


def _book(key: str, number: int) -> int:
    """The entry's id, or 0 when the fund did not hold enough."""
    try:
        with transaction():
            fund = queries.fund_by_code("HOT")
            assert fund is not None
            return services.post_entry(draft_of(number, fund), key=key).id
    except FundOverdrawn:
        return 0


def _post(app: Flask, place: int, folder: Path) -> None:
    """Post for ever; each seventh time also something that was acknowledged before."""
    written = folder / f"{place}.txt"
    known = [int(line.split()[1]) for line in written.read_text().splitlines()]
    with app.app_context(), written.open("a", buffering=1) as acknowledged:
        while True:
            number = len(known)
            if number % 7 == 3 and known[number - 2]:
                again = _book(f"hot/{place}/{number - 2}", number - 2)
                assert again == known[number - 2], "a replay was booked twice"
            known.append(_book(f"hot/{place}/{number}", number))
            acknowledged.write(f"hot/{place}/{number} {known[-1]}\n")


def _seal(app: Flask) -> None:
    """Fold and seal without a pause."""
    with app.app_context():
        while True:
            with transaction():
                services.fold_balances()
            with transaction():
                services.seal_entries()


def _start(app: Flask, place: int, folder: Path) -> BaseProcess:
    deed, arguments = (_seal, (app,)) if place == SEALER else (_post, (app, place, folder))
    process = fork.Process(target=deed, args=arguments, daemon=True)
    process.start()
    return process


def main(folder: Path, seconds: float) -> int:
    """Run for so long; answers how many processes ended by themselves, which none should."""
    app = create_app(Here)
    with app.app_context():
        db.engine.dispose()
    running = {}
    for place in range(POSTERS + 1):
        (folder / f"{place}.txt").touch()
        running[place] = _start(app, place, folder)
    rng, failed, until = Random(8), 0, time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(1)
        failed += sum(not process.is_alive() for process in running.values())
        place = rng.choice(list(running))
        with suppress(ProcessLookupError):
            os.kill(running[place].pid or 0, signal.SIGKILL)
        running[place].join()
        running[place] = _start(app, place, folder)
    for process in running.values():
        process.kill()
        process.join()
    return failed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2])))
