"""A way behind the triggers' back, to plant what must be found."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine

from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer
from tests.ledger.story import Exports, tell
from tests.planting import unguarded


def _engine(server: EmbeddedServer, open_house: Flask, role: str) -> Engine:
    url = server.url(role=role, database=open_house.config["OPEN_DATABASE"])
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


@pytest.fixture
def owner(server: EmbeddedServer, open_house: Flask) -> Iterator[Engine]:
    """Connections of the role that owns the tables."""
    engine = _engine(server, open_house, OWNER_ROLE)
    yield engine
    engine.dispose()


@pytest.fixture
def unguarded_house(app: Flask, server: EmbeddedServer) -> Iterator[Connection]:
    """The house on one connection that may do anything, triggers or not; nothing stays."""
    with unguarded(app, server) as connection:
        yield connection


_told: list[Exports] = []


@pytest.fixture
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exports:
    """The story, told once for all tests; nobody changes it."""
    if not _told:
        request.getfixturevalue("house")
        _told.append(tell(tmp_path_factory.mktemp("books")))
    return _told[0]


@pytest.fixture
def forged(told: Exports, tmp_path: Path) -> Path:
    """A copy of the whole export, to forge."""
    return Path(shutil.copytree(told.whole, tmp_path / "book"))
