"""The promises of the tables are the same in the models and in the migrated database."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import (
    CheckConstraint,
    Column,
    Engine,
    Index,
    Integer,
    MetaData,
    Table,
    create_engine,
    text,
)

from civicfund.core.db import Model, db
from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer

# Constraints with their words, and indexes with theirs, as PostgreSQL itself writes them down.
PROMISES = text(
    """
    SELECT relation.relname || ': ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN pg_class relation ON relation.oid = c.conrelid
    WHERE c.contype <> 'n' AND relation.relnamespace = 'public'::regnamespace
      AND relation.relname NOT LIKE 'procrastinate%' AND relation.relname <> 'alembic_version'
    UNION ALL
    SELECT tablename || ': ' || indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%'
      AND tablename <> 'alembic_version'
    """
)


def promises(engine: Engine) -> set[str]:
    """What a database holds its rows to."""
    with engine.connect() as connection:
        return set(connection.scalars(PROMISES))


@pytest.fixture
def blank(server: EmbeddedServer) -> Iterator[Engine]:
    """An empty database beside the migrated one."""
    name = f"blank_{os.getpid()}"
    server.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    server.psql(f"CREATE DATABASE {name} OWNER {OWNER_ROLE}")
    url = server.url(role=OWNER_ROLE, database=name)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        yield engine
    finally:
        engine.dispose()
        server.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_checks_keys_and_indexes_equal_the_models(app: Flask, blank: Engine) -> None:
    Model.metadata.create_all(blank)
    with app.app_context():
        migrated = promises(db.engine)
    described = promises(blank)
    assert sorted(migrated - described) == [], "in the migrations only"
    assert sorted(described - migrated) == [], "in the models only"


def test_another_check_and_another_index_are_found(blank: Engine) -> None:
    planted = MetaData()
    table = Table("planted", planted, Column("number", Integer))
    planted.create_all(blank)
    before = promises(blank)
    table.append_constraint(CheckConstraint("number > 0", name="positive"))
    Index("ix_planted", table.c.number)
    planted.drop_all(blank)
    planted.create_all(blank)
    found = promises(blank) - before
    assert {line.split(" ")[1] for line in found} == {"positive", "CREATE"}
