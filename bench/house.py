"""The house that is measured: an application on a fresh database of a durable server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from civicfund.app import create_app
from civicfund.core.db import db
from civicfund.core.embedded import APP_ROLE, OWNER_ROLE, EmbeddedServer
from config import TestConfig


@dataclass(frozen=True)
class House:
    """The application, its server and its database."""

    app: Flask
    server: EmbeddedServer
    database: str

    def url(self, role: str = APP_ROLE) -> str:
        """The address of the database for SQLAlchemy."""
        return self.server.url(role=role, database=self.database)

    def driver_url(self, role: str = OWNER_ROLE) -> str:
        """The same for psycopg; as the owner of the tables, or as `postgres`."""
        return self.url(role).replace("+psycopg", "")

    @property
    def instance(self) -> Path:
        """Where the application keeps its files."""
        return Path(self.app.config["INSTANCE"])


@contextmanager
def fresh_house(server: EmbeddedServer, folder: Path, *, database: str) -> Iterator[House]:
    """An empty book; its database goes when the measurement is over."""
    server.psql(f"CREATE DATABASE {database} OWNER {OWNER_ROLE}")

    class Here(TestConfig):
        INSTANCE = folder / database
        DATABASE_URL = server.url(database=database)
        MIGRATION_DATABASE_URL = server.url(role=OWNER_ROLE, database=database)

    app = create_app(Here)
    with app.app_context():
        upgrade()
    try:
        yield House(app, server, database)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        server.psql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
