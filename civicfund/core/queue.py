"""Background work: jobs are kept in the deed's own transaction and run after it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import text

from civicfund.core.db import db
from civicfund.core.settings import setting

log = logging.getLogger(__name__)

Job = Callable[..., None]


@dataclass(frozen=True)
class Deferred:
    """A job that was collected instead of kept."""

    name: str
    arguments: dict[str, Any]
    at: datetime | None
    unique: str | None


# A job that fails is tried again after 2, 4, 8 ... seconds, for about a day in all.
PATIENCE = procrastinate.RetryStrategy(max_attempts=16, exponential_wait=2)

app = procrastinate.App(connector=procrastinate.PsycopgConnector())
# Jobs are kept on the deed's own connection, inside a worker as well: there `app` speaks only to
# connections of its own asynchronous kind.
_keeper = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
_collected: ContextVar[list[Deferred] | None] = ContextVar("collected_jobs", default=None)
_surroundings: Callable[[], AbstractContextManager[Any]] = nullcontext


def connect(conninfo: str, *, inside: Callable[[], AbstractContextManager[Any]]) -> None:
    """Let the worker use the database at `conninfo` and run each job `inside` a fresh context."""
    global _surroundings  # noqa: PLW0603  # one process serves one fund
    app.connector = procrastinate.PsycopgConnector(conninfo=conninfo)
    app.job_manager.connector = app.connector
    _surroundings = inside


def task(name: str, **options: Any) -> Callable[[Job], Job]:
    """Register a function as the job `name`; each must be safe to run twice."""

    def register(function: Job) -> Job:
        registrar: Any = app.task
        registrar(name=name, **({"retry": PATIENCE} | options))(_in_context(function))
        return function

    return register


def every(cron: str, name: str) -> Callable[[Job], Job]:
    """Register a function without arguments as a job that runs by the clock (cron, in UTC)."""

    def register(function: Job) -> Job:
        @wraps(function)
        def tick(timestamp: int = 0) -> None:  # noqa: ARG001  # the queue passes it
            function()

        registrar: Any = app.task
        # Of several workers' ticks one waits; a lock as well would block it for ever.
        ticking = registrar(name=name, queueing_lock=name)(_in_context(tick))
        app.periodic(cron=cron)(ticking)
        return function

    return register


def _in_context(function: Job) -> Job:
    @wraps(function)
    def inside(*args: Any, **kwargs: Any) -> None:
        with _surroundings():
            try:
                function(*args, **kwargs)
            except Exception:
                # It is tried again; whoever looks after the house wants to know why.
                log.exception("a job failed: %s %s", function.__name__, kwargs)
                raise

    return inside


def defer(
    name: str, *, at: datetime | None = None, unique: str | None = None, **arguments: Any
) -> None:
    """Keep a job for the worker; it exists if and only if this transaction commits.

    `unique`: at most one job of this name waits at any time; a second one is not kept.
    """
    collected = _collected.get()
    if collected is not None:
        if unique is None or all(job.unique != unique for job in collected):
            collected.append(Deferred(name, arguments, at, unique))
        return
    session = db.session()
    session.flush()
    if unique is None:
        _keep(name, arguments, schedule_at=at)
        return
    try:
        # A refused second job would break the transaction; the savepoint keeps it whole.
        with session.begin_nested():
            _keep(name, arguments, schedule_at=at, queueing_lock=unique)
    except AlreadyEnqueued:
        return


def _keep(name: str, arguments: dict[str, Any], **options: Any) -> None:
    connection = db.session.connection().connection.driver_connection
    _keeper.configure_task(name, connection=connection, **options).defer(**arguments)


@contextmanager
def collecting() -> Iterator[list[Deferred]]:
    """Keep no jobs: hand them to the caller, who runs them itself (seeds and replays)."""
    jobs: list[Deferred] = []
    token = _collected.set(jobs)
    try:
        yield jobs
    finally:
        _collected.reset(token)


def run(name: str, **arguments: Any) -> None:
    """Run a job here and now, in this process."""
    app.tasks[name].func(**arguments)


def names() -> list[str]:
    """Every registered job."""
    return sorted(name for name in app.tasks if not name.startswith("builtin:"))


def work(*, concurrency: int = 1, until_empty: bool = False) -> None:
    """Run jobs until a signal comes (the running job is finished first), or until none is left."""
    app.run_worker(
        concurrency=concurrency,
        wait=not until_empty,
        install_signal_handlers=not until_empty,
        shutdown_graceful_timeout=20,
        fetch_job_polling_interval=2,
        update_heartbeat_interval=setting("WORKER_SILENCE_SECONDS") / 3,
        stalled_worker_timeout=setting("WORKER_SILENCE_SECONDS"),
        delete_jobs="never",
    )


def rescue_stalled() -> int:
    """Give the jobs of dead workers back to the living; returns how many.

    One whose successor waits already (`unique`) is given up: the successor does the same.
    """
    db.session.execute(
        text(
            """
            UPDATE procrastinate_jobs job SET status = 'failed' WHERE job.status = 'doing'
            AND NOT EXISTS (SELECT FROM procrastinate_workers worker
              WHERE worker.id = job.worker_id
                AND worker.last_heartbeat >= now() - make_interval(secs => :silence))
            AND EXISTS (SELECT FROM procrastinate_jobs twin
              WHERE twin.queueing_lock = job.queueing_lock AND twin.status = 'todo')
            """
        ),
        {"silence": setting("WORKER_SILENCE_SECONDS")},
    )
    return int(
        db.session.execute(
            text(
                """
                WITH dead AS (
                  SELECT job.id FROM procrastinate_jobs job
                  LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
                  WHERE job.status = 'doing' AND (worker.id IS NULL
                    OR worker.last_heartbeat < now() - make_interval(secs => :silence))
                  FOR UPDATE OF job SKIP LOCKED)
                SELECT count(procrastinate_retry_job_v1(dead.id, now(), NULL, NULL, NULL)) FROM dead
                """
            ),
            {"silence": setting("WORKER_SILENCE_SECONDS")},
        ).scalar_one()
    )


def revive_failed() -> int:
    """Let jobs that were given up wait for one more try; returns how many.

    What stood in their way for a day may be gone, and nobody else would think of them again. Jobs
    of which one waits at a time (`unique`, and those by the clock) come again by themselves.
    """
    revived = db.session.execute(
        text(
            """
            UPDATE procrastinate_jobs SET status = 'todo', scheduled_at = now(), worker_id = NULL
            WHERE status = 'failed' AND queueing_lock IS NULL RETURNING id
            """
        )
    )
    return len(revived.all())


def sweep(*, days: int) -> None:
    """Forget the jobs that were done more than `days` days ago."""
    db.session.execute(
        text(
            """
            DELETE FROM procrastinate_jobs job WHERE job.status = 'succeeded' AND NOT EXISTS (
              SELECT FROM procrastinate_events event
              WHERE event.job_id = job.id AND event.at > now() - make_interval(days => :days))
            """
        ),
        {"days": days},
    )
