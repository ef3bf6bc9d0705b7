"""Sixty seconds on one hot account with a kill -9 every second: nothing lost, nothing doubled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from civicfund.core.db import db, transaction
from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer
from civicfund.ledger import services
from config import TestConfig
from tests.factories.ledger import make_fund
from tests.ledger.hot_account import POSTERS
from tests.ledger.promises import broken_promises

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60
BOOKED = text("SELECT key, id FROM journal_entries WHERE key LIKE 'hot/%'")
SEALED = text(
    "SELECT e.id, s.number FROM journal_entries e JOIN seals s ON s.kind = 'entry' "
    "AND s.row_id = e.id ORDER BY s.leaf_index"
)


def _run(server: EmbeddedServer, database: str, folder: Path) -> None:
    environment = os.environ | {
        "DATABASE_URL": server.url(database=database),
        "MIGRATION_DATABASE_URL": server.url(role=OWNER_ROLE, database=database),
        "SECRET_KEY": TestConfig.SECRET_KEY,
        "SANDBOX_WEBHOOK_SECRET": TestConfig.SANDBOX_WEBHOOK_SECRET,
        "CIVICFUND_INSTANCE": str(folder / "instance"),
    }
    command = [sys.executable, "-m", "tests.ledger.hot_account", str(folder), str(SECONDS)]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=SECONDS * 4, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]


def _acknowledged(folder: Path, place: int) -> dict[str, int]:
    lines = (folder / f"{place}.txt").read_text().splitlines()
    answers = dict(line.split(" ") for line in lines)
    assert list(answers) == [f"hot/{place}/{number}" for number in range(len(lines))]
    return {key: int(entry_id) for key, entry_id in answers.items()}


@pytest.mark.slow
@pytest.mark.xdist_group("processes")
def test_killed_every_second(open_house: Flask, server: EmbeddedServer, tmp_path: Path) -> None:
    with transaction():
        make_fund(code="HOT")
    _run(server, open_house.config["OPEN_DATABASE"], tmp_path)

    with db.engine.connect() as connection:
        booked = dict(connection.execute(BOOKED).all())
    told = {}
    for place in range(POSTERS):
        answers = _acknowledged(tmp_path, place)
        assert answers, "a process that never came to post proves nothing"
        told |= answers
    assert len(told) > 1_000
    # What was acknowledged stands there under its number; what was refused does not.
    assert {key: booked.get(key, 0) for key in told} == told
    # At most one each: killed between the commit and the line.
    assert len(booked.keys() - told.keys()) <= POSTERS

    with transaction():
        services.fold_balances()
        services.seal_entries()
    with db.engine.connect() as connection:
        assert broken_promises(connection) == []
        sealed = connection.execute(SEALED).all()
    assert [number for _, number in sealed] == list(range(1, len(booked) + 1))
    assert {entry_id for entry_id, _ in sealed} == set(booked.values())
