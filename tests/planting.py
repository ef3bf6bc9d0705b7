"""The house on one connection that may do anything, to plant faults behind the triggers' back."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Connection, create_engine

from civicfund.core.db import db
from civicfund.core.embedded import EmbeddedServer


@contextmanager
def unguarded(app: Flask, server: EmbeddedServer) -> Iterator[Connection]:
    """Services work on the connection too; nothing of what happened stays.

    Whoever plants in a savepoint closes the session first (`db.session.remove()`): one that is open
    would take the planting's savepoint along with its own.
    """
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
