"""A way behind the triggers' back, to plant what must be found."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine

from civicfund.core.db import db
from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer


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
    url = server.url(role="postgres").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with app.app_context(), engine.connect() as connection:
        outer = connection.begin()
        engines = db._app_engines[app]
        kept, engines[None] = engines[None], connection  # type: ignore[assignment]
        try:
            yield connection
        finally:
            db.session.remove()
            outer.rollback()
            engines[None] = kept
    engine.dispose()
