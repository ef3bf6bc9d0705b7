"""A real fund does not start with the demo's people or the demo's gateway."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from civicfund.core.db import transaction
from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer
from civicfund.identity.services import create_user

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def production(open_house: Flask, server: EmbeddedServer, tmp_path: Path) -> dict[str, str]:
    """The settings of a real fund on this test's own database."""
    name = open_house.config["OPEN_DATABASE"]
    return os.environ | {
        "FLASK_APP": "wsgi.py",
        "CIVICFUND_PRODUCTION": "1",
        "CIVICFUND_INSTANCE": str(tmp_path),
        "SECRET_KEY": "k" * 48,
        "GATEWAYS": "",
        "DATABASE_URL": server.url(database=name),
        "MIGRATION_DATABASE_URL": server.url(role=OWNER_ROLE, database=name),
    }


def _start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-c", "import wsgi"]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_production_starts_without_demo_people_only(production: dict[str, str]) -> None:
    started = _start(production)
    assert started.returncode == 0, started.stderr
    with transaction():
        create_user(email="d@demo.example", name="D", password=None, is_demo=True)
    refused = _start(production)
    assert refused.returncode == 1
    assert "demo people" in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("GATEWAYS", "sandbox", "sandbox"), ("SECRET_KEY", "", "SECRET_KEY is not set")],
)
def test_production_refuses_play(
    production: dict[str, str], name: str, value: str, words: str
) -> None:
    refused = _start(production | {name: value})
    assert refused.returncode == 1
    assert words in refused.stderr
