"""The ground: migrations run, jobs live and die with their transaction."""

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from civicfund.core import queue
from civicfund.core.db import ask_after_a_rest, transaction
from civicfund.core.embedded import EmbeddedServer
from tests.jobs import waiting_jobs


def test_a_job_exists_only_if_its_transaction_commits(house: Flask) -> None:
    with transaction():
        queue.defer("some.job", number=1)

    def fail() -> None:
        with transaction():
            queue.defer("other.job")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert waiting_jobs() == ["some.job"]


def test_a_unique_job_waits_once(house: Flask) -> None:
    with transaction():
        queue.defer("some.job", unique="one")
        queue.defer("some.job", unique="one")
    assert waiting_jobs() == ["some.job"]


def killed_while_resting(server: EmbeddedServer, *, seconds: float) -> Engine:
    """An engine whose pooled connection has died, asked after a rest of so many seconds."""
    engine = create_engine(server.url())
    ask_after_a_rest(engine, seconds=seconds)
    with engine.connect() as connection:
        number = connection.scalar(text("SELECT pg_backend_pid()"))
    server.psql(f"SELECT pg_terminate_backend({number}, 5000)")
    return engine


def test_a_connection_that_died_at_rest_is_replaced(app: Flask, server: EmbeddedServer) -> None:
    engine = killed_while_resting(server, seconds=0)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_a_connection_that_did_not_rest_is_used_as_it_is(
    app: Flask, server: EmbeddedServer
) -> None:
    engine = killed_while_resting(server, seconds=3600)
    with engine.connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("SELECT 1"))
    engine.dispose()
