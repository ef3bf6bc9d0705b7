"""Jobs of dead workers come back; finished ones are forgotten after a while."""

from flask import Flask
from sqlalchemy import text

from civicfund.core import queue
from civicfund.core.db import db, transaction
from tests.jobs import waiting_jobs

DEAD = text(
    "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') "
    "RETURNING id"
)
TAKE = text(
    "UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker WHERE status = 'todo'"
)
STATES = text("SELECT status::text FROM procrastinate_jobs ORDER BY id")


def _die_with(*, unique: str | None = None) -> None:
    with transaction() as session:
        queue.defer("some.job", unique=unique)
        session.execute(TAKE, {"worker": session.scalar(DEAD)})


def test_the_job_of_a_dead_worker_comes_back(house: Flask) -> None:
    _die_with()
    assert waiting_jobs() == []
    with transaction():
        assert queue.rescue_stalled() == 1
    assert waiting_jobs() == ["some.job"]


def test_the_job_of_a_living_worker_stays(house: Flask) -> None:
    _die_with()
    with transaction() as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now()"))
        assert queue.rescue_stalled() == 0
    assert waiting_jobs() == []


def test_a_unique_job_whose_successor_waits_is_given_up(house: Flask) -> None:
    _die_with(unique="one")
    with transaction():
        queue.defer("some.job", unique="one")
        assert queue.rescue_stalled() == 0
    assert [row.status for row in db.session.execute(STATES)] == ["failed", "todo"]


def test_a_job_that_was_given_up_is_tried_again(house: Flask) -> None:
    with transaction() as session:
        queue.defer("some.job")
        queue.defer("by.the_clock", unique="one")
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', attempts = 16"))
        session.execute(text("UPDATE procrastinate_jobs SET status = 'failed'"))
    assert waiting_jobs() == []
    with transaction():
        assert queue.revive_failed() == 1
    assert waiting_jobs() == ["some.job"]
    with transaction():
        assert queue.revive_failed() == 0


def test_finished_jobs_are_forgotten(house: Flask) -> None:
    with transaction() as session:
        queue.defer("some.job")
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        session.execute(text("UPDATE procrastinate_jobs SET status = 'succeeded'"))
        queue.sweep(days=7)
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1
        session.execute(text("UPDATE procrastinate_events SET at = now() - interval '8 days'"))
        queue.sweep(days=7)
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
