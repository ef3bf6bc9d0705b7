"""What every test stands on: a server of its own, a migrated template, a strict client."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings
from sqlalchemy import create_engine

from civicfund.app import create_app
from civicfund.core import queue
from civicfund.core import settings as house_settings
from civicfund.core.db import db
from civicfund.core.embedded import DATABASE, OWNER_ROLE, EmbeddedServer
from civicfund.payments.gateways.sandbox.delivery import delivering_through
from civicfund.web.limits import limiter
from config import TestConfig
from tests.factories.payments import carry_to_app
from tests.strict_client import StrictClient

ROOT = Path(__file__).resolve().parent.parent
# No test asserts times, those of hypothesis neither: machines are busy.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def _compile_catalogues() -> None:
    for po in ROOT.glob("translations/*/*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            subprocess.run(
                [sys.executable, "-m", "babel.messages.frontend", "compile", "-i", po, "-o", mo],
                check=True, capture_output=True,
            )  # fmt: skip


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """A PostgreSQL of this test process alone, in a temporary folder, gone afterwards."""
    _compile_catalogues()
    with tempfile.TemporaryDirectory(prefix="cf") as folder:
        running = EmbeddedServer(Path(folder), durable=False)
        running.start()
        try:
            yield running
        finally:
            running.stop()


def config_for(server: EmbeddedServer, database: str, instance: Path) -> type[TestConfig]:
    """TestConfig on one database of the test server."""

    class Here(TestConfig):
        INSTANCE = instance
        DATABASE_URL = server.url(database=database)
        MIGRATION_DATABASE_URL = server.url(role=OWNER_ROLE, database=database)

    return Here


@pytest.fixture(scope="session")
def app(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole house on a freshly migrated database."""
    made = create_app(config_for(server, DATABASE, tmp_path_factory.mktemp("instance")))
    with made.app_context():
        upgrade()
        # What a fresh database looks like is copied for the tests that commit.
        db.session.remove()
        db.engine.dispose()
    # Tests close months of other times; one of them puts the real clock back.
    server.psql(
        f"SET ROLE {OWNER_ROLE}; ALTER FUNCTION ledger_clock() RENAME TO ledger_real_clock; "
        "CREATE FUNCTION ledger_clock() RETURNS timestamptz LANGUAGE sql "
        "AS $$ SELECT timestamptz 'infinity' $$",
        database=DATABASE,
    )
    server.psql(f"CREATE DATABASE template_of_tests TEMPLATE {DATABASE} OWNER {OWNER_ROLE}")
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The house inside one outer transaction that is rolled back: fast, for one connection.

    Services, pages and `run_jobs()` may commit as they like; nothing stays.
    """
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        outer = connection.begin()
        engines = db._app_engines[app]
        engines[None] = connection  # type: ignore[assignment]
        try:
            yield app
        finally:
            db.session.remove()
            outer.rollback()
            connection.close()
            engines[None] = engine


@contextmanager
def own_database(app: Flask, server: EmbeddedServer) -> Iterator[Flask]:
    """The house on a fresh database of its own, where commits are real."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        name = f"open_{os.getpid()}"
        server.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.psql(f"CREATE DATABASE {name} TEMPLATE template_of_tests OWNER {OWNER_ROLE}")
        engine = db.engine
        engines = db._app_engines[app]
        here = create_engine(
            server.url(database=name).replace("postgresql://", "postgresql+psycopg://"),
            pool_size=20,
        )
        engines[None] = here
        app.config["OPEN_DATABASE"] = name
        try:
            yield app
        finally:
            db.session.remove()
            here.dispose()
            engines[None] = engine
            server.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def open_house(app: Flask, server: EmbeddedServer) -> Iterator[Flask]:
    """The house on a database of its own: for several connections."""
    with own_database(app, server) as house:
        yield house


@pytest.fixture
def client(house: Flask) -> FlaskClient:
    """A browser without eyes: parses every page strictly, refuses a dirty session."""
    house.test_client_class = StrictClient
    return house.test_client()


@pytest.fixture
def counting_browser(open_house: Flask, server: EmbeddedServer) -> Iterator[FlaskClient]:
    """A browser in a house that counts how often one comes."""
    kept = open_house.config["INSTANCE"]

    class Counting(config_for(server, open_house.config["OPEN_DATABASE"], kept)):
        RATELIMIT_ENABLED = True

    counting = create_app(Counting)
    yield counting.test_client()
    limiter.enabled = False
    house_settings.use(open_house.config)
    with counting.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _no_leftovers() -> Iterator[None]:
    yield
    if has_app_context():
        db.session.remove()


@pytest.fixture(autouse=True)
def _jobs_stay_here() -> Iterator[None]:
    """A test that makes a second house leaves this one its jobs."""
    connector, surroundings = queue.app.connector, queue._surroundings
    yield
    queue.app.connector = queue.app.job_manager.connector = connector
    queue._surroundings = surroundings


@pytest.fixture(autouse=True)
def _news_without_network() -> Iterator[None]:
    """The sandbox's webhooks reach the app through its test client."""
    with delivering_through(carry_to_app):
        yield


def pytest_make_parametrize_id(config: Any, val: Any, argname: str) -> str | None:
    """Readable ids for states and kinds."""
    return getattr(val, "value", None) if hasattr(val, "label") else None
