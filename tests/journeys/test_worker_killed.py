"""Killing the worker in the middle of two thousand gifts loses nothing and doubles nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import text

from civicfund.campaigns.models import Campaign, FundingModel
from civicfund.core import queue
from civicfund.core.db import db, transaction
from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer
from civicfund.donors.models import DonationState
from civicfund.ledger import queries as book
from civicfund.payments import queries as payments
from civicfund.payments import services as inbox
from civicfund.payments.gateways.sandbox import driver
from config import TestConfig
from tests.factories.campaigns import make_campaign
from tests.factories.donors import make_donation

ROOT = Path(__file__).resolve().parent.parent.parent
GIFTS, AMOUNT, KILLS = 2_000, 1_000, 5
LEFT = text(
    "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') "
    "AND task_name IN ('payments.handle_event', 'notifications.send')"
)
HANDLED = text("SELECT count(*) FROM gateway_events WHERE state = 'handled'")


@pytest.fixture
def environment(open_house: Flask, server: EmbeddedServer, tmp_path: Path) -> dict[str, str]:
    """What a worker process needs to work on this test's own database."""
    name = open_house.config["OPEN_DATABASE"]
    return os.environ | {
        "FLASK_APP": "wsgi.py",
        "DATABASE_URL": server.url(database=name),
        "MIGRATION_DATABASE_URL": server.url(role=OWNER_ROLE, database=name),
        "SECRET_KEY": TestConfig.SECRET_KEY,
        "SANDBOX_WEBHOOK_SECRET": TestConfig.SANDBOX_WEBHOOK_SECRET,
        "CIVICFUND_INSTANCE": str(tmp_path),
        "WORKER_SILENCE_SECONDS": "3",
    }


Parcel = tuple[bytes, dict[str, str]]


def _signed_news(campaign: Campaign, count: int) -> list[Parcel]:
    """`count` gifts paid at the sandbox, whose news have not been told yet."""
    with transaction():
        gifts = [make_donation(campaign, amount=AMOUNT, outcome=None) for _ in range(count)]
        pages = [payments.payment_by_id(gift.payment_id or 0) for gift in gifts]
        return [told for page in pages if page for told in driver.complete(page, withhold=True)]


def _tell(parcels: list[Parcel]) -> None:
    for body, headers in parcels:
        with transaction():
            inbox.keep_event("sandbox", body, headers)


def _worker(environment: dict[str, str], *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "flask", "civicfund", "worker", *options]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _handled() -> int:
    with transaction() as session:
        return int(session.scalar(HANDLED) or 0)


def _kill_in_the_middle(environment: dict[str, str]) -> list[int]:
    """Start a worker and kill it while it works, again and again; how far each had come."""
    rng = Random(2_000)
    reached = []
    for _ in range(KILLS):
        before = _handled()
        worker = _worker(environment)
        until = time.monotonic() + 60
        while _handled() < before + rng.randint(20, 200) and time.monotonic() < until:
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        reached.append(_handled())
    return reached


@pytest.mark.slow
@pytest.mark.xdist_group("processes")
def test_two_thousand_gifts_survive_their_worker(
    open_house: Flask, environment: dict[str, str]
) -> None:
    with transaction():
        campaign = make_campaign(funding_model=FundingModel.KEEP_ALL)
    for _ in range(GIFTS // 100):
        parcels = _signed_news(campaign, 100)
        # A tenth is told twice, as providers do.
        _tell([*parcels, *parcels[:10]])

    reached = _kill_in_the_middle(environment)
    assert reached[0] > 0, "the first worker was killed before it did anything"
    assert reached[-1] < GIFTS, "the last worker was killed after everything was done"

    time.sleep(3.5)
    for _ in range(10):
        with transaction():
            queue.rescue_stalled()
        assert _worker(environment, "--until-empty").wait(timeout=240) == 0
        with transaction() as session:
            if not session.scalar(LEFT):
                break

    with transaction() as session:
        paid = session.execute(
            text("SELECT state, count(*), sum(amount_yen) FROM donations GROUP BY state")
        ).all()
        entries = session.scalar(
            text("SELECT count(*) FROM journal_entries WHERE kind = 'donation_received'")
        )
        thanks = session.execute(
            text("SELECT state, count(*), count(DISTINCT source_id) FROM outbox_messages "
                 "WHERE template LIKE 'donors/%' GROUP BY state")
        ).all()  # fmt: skip
        funds = session.scalars(text("SELECT id FROM funds WHERE kind = 'campaign'")).all()
        assert sum(book.gross_gifts_of(funds).values()) == GIFTS * AMOUNT
    assert [tuple(row) for row in paid] == [(DonationState.PAID.value, GIFTS, GIFTS * AMOUNT)]
    assert entries == GIFTS
    assert [tuple(row) for row in thanks] == [("sent", GIFTS, GIFTS)]
    db.session.remove()
