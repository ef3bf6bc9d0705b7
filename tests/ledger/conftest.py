"""A way behind the triggers' back, to plant what must be found."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine

from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer
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
