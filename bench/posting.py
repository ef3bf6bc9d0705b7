"""How fast gifts are booked, beside raw inserts of the same shape and beside django-hordak.

Every contender runs in processes of its own on one durable server; they take turns, and each figure
is the median of what the turns gave, a ratio the median of the turns' ratios.
"""

import statistics
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from flask import Flask

from bench import raw_posts
from bench.campaigns import CAMPAIGNS, open_campaigns
from bench.clients import Clients, Contender
from bench.hordak_setup import NotInstalled, install
from bench.house import House
from bench.measurement import CONSOLE, Measurement, at_least, figure, not_measured, shown
from civicfund import jobs

ROOT = Path(__file__).resolve().parent.parent
TURNS = 5
MANY_CLIENTS = 8
BATCH = 100
# How many posts of a turn, so that each contender works for about half a second.
ALONE = {"raw": 800, "ours": 400, "hordak": 100}
TOGETHER = {"raw": 300, "ours": 150, "hordak": 25}
# How often entries are sealed and balances folded meanwhile, and how much is posted in a turn: the
# longer has room for one run and the entries of ten seconds. A fund does it each minute.
BESIDE = {"each second": (1, 500), "each 10 s": (10, 2_500)}
# What design notes of this project measured for pgledger on the same server, 8 clients on one
# account: it is an extension of a database that cannot be had here.
PGLEDGER = 0.10

Rates = dict[str, list[float]]
Order = dict[str, int]


def measure(house: House) -> list[Measurement]:
    """One client, batches, eight on one campaign, on a thousand, and beside the sequencer."""
    contenders, missing = _contenders(house)
    with house.app.app_context():
        open_campaigns()
    with _teams(contenders, count=1) as teams:
        alone = _turns(teams, {name: {"each": posts} for name, posts in ALONE.items()}, "1 client")
        batches = _turns(
            {name: teams[name] for name in ("raw", "ours")},
            {"raw": {"each": ALONE["raw"]}, "ours": {"each": 20 * BATCH, "batch": BATCH}},
            "batches",
        )
    with _teams(contenders, count=MANY_CLIENTS) as teams:
        hot = _turns(teams, {name: {"each": posts} for name, posts in TOGETHER.items()}, "hot")
        wide = _turns(
            teams,
            {name: {"each": posts, "campaigns": CAMPAIGNS} for name, posts in TOGETHER.items()},
            "many campaigns",
        )
        beside = {
            name: _beside(house.app, teams["ours"], every=every, each=each)
            for name, (every, each) in BESIDE.items()
        }
    return [
        *_rates(alone, "1 client"),
        *_goals(alone, "1 client", share=0.35, times=3, missing=missing),
        at_least("post_entries by 100, times raw one by one", _ratio(batches, "ours", "raw"), 3),
        *_rates(hot, "8 clients, one campaign"),
        *_goals(hot, "8 clients, one campaign", share=0.40, times=5, missing=missing),
        at_least(
            "8 clients, one campaign: times pgledger", _ratio(hot, "ours", "raw") / PGLEDGER, 4,
            note=f"pgledger cannot be had here: taken as {PGLEDGER} of raw, measured elsewhere",
        ),
        *_rates(wide, "8 clients, 1,000 campaigns"),
        figure("8 clients, 1,000 campaigns: share of raw", _ratio(wide, "ours", "raw"), "ratio"),
        *(
            at_least(f"posting beside sealing and folding {name}, share of without", share, 0.9)
            for name, share in beside.items()
        ),
    ]  # fmt: skip


def _contenders(house: House) -> tuple[dict[str, Contender], str]:
    """Raw inserts, our service, and django-hordak or the reason why it cannot take part."""
    with psycopg.connect(house.driver_url(), autocommit=True) as connection:
        connection.execute(raw_posts.TABLES)
    environment = {
        "BENCH_OWNER_URL": house.driver_url(),
        "BENCH_APP_URL": house.url(),
        "BENCH_INSTANCE": str(house.instance),
    }
    contenders = {
        name: Contender((sys.executable, "-m", f"bench.{module}"), environment)
        for name, module in (("raw", "raw_posts"), ("ours", "our_posts"))
    }
    try:
        with CONSOLE.status("django-hordak: an environment of its own"):
            contenders["hordak"] = install(ROOT / "instance" / "bench" / "hordak", house.server)
    except NotInstalled as error:
        return contenders, str(error)
    return contenders, ""


@contextmanager
def _teams(contenders: dict[str, Contender], *, count: int) -> Iterator[dict[str, Clients]]:
    with ExitStack() as stack, CONSOLE.status(f"starting {count} of each client"):
        yield {
            name: stack.enter_context(Clients(contender, count=count))
            for name, contender in contenders.items()
        }


def _turns(teams: dict[str, Clients], orders: dict[str, Order], name: str) -> Rates:
    """Entries per second of each, turn by turn; a first turn warms up and is not counted."""
    rates: Rates = {team: [] for team in teams}
    for _ in shown(range(TURNS + 1), name):
        for team, clients in teams.items():
            rates[team].append(clients.posts_per_second(**orders[team]))
    return {team: of_team[1:] for team, of_team in rates.items()}


def _ratio(rates: Rates, ours: str, theirs: str) -> float:
    return statistics.median(
        mine / other for mine, other in zip(rates[ours], rates[theirs], strict=True)
    )


def _rates(rates: Rates, who: str) -> list[Measurement]:
    return [
        figure(f"{who}: {name}", statistics.median(of_team), "posts/s")
        for name, of_team in rates.items()
    ]


def _goals(
    rates: Rates, who: str, *, share: float, times: float, missing: str
) -> Iterator[Measurement]:
    yield at_least(f"{who}: post_entry, share of raw", _ratio(rates, "ours", "raw"), share)
    against = f"{who}: post_entry, times django-hordak"
    if missing:
        yield not_measured(against, f">= {times:g}", missing)
    else:
        yield at_least(against, _ratio(rates, "ours", "hordak"), times)


def _beside(app: Flask, clients: Clients, *, every: int, each: int) -> float:
    """Posting while the folder and the sequencer work each so many seconds."""
    with CONSOLE.status("sealing what has been posted so far"), app.app_context():
        jobs.fold_balances()
        jobs.seal_entries()
    shares = []
    for _ in shown(range(TURNS), f"beside folder and sequencer, each {every} s"):
        without = clients.posts_per_second(each=each)
        with _keeping(app, every=every):
            beside = clients.posts_per_second(each=each)
        shares.append(beside / without)
    return statistics.median(shares)


@contextmanager
def _keeping(app: Flask, *, every: int) -> Iterator[None]:
    enough = threading.Event()

    def keep() -> None:
        with app.app_context():
            while True:
                jobs.fold_balances()
                jobs.seal_entries()
                if enough.wait(every):
                    return

    with ThreadPoolExecutor(1) as pool:
        keeping = pool.submit(keep)
        try:
            yield
        finally:
            enough.set()
            keeping.result()
