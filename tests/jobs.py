"""Running waiting jobs inside a test, on the test's own connection."""

from sqlalchemy import text

from civicfund.core import clock, queue
from civicfund.core.db import db, transaction

_NEXT = text(
    "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' "
    "AND (scheduled_at IS NULL OR scheduled_at <= :now) ORDER BY priority DESC, id LIMIT 1"
)
_DONE = text("DELETE FROM procrastinate_jobs WHERE id = :id")


def run_jobs(*, at_most: int = 1000) -> list[str]:
    """Run every waiting job that is due (by the moved clock), oldest first; returns their names."""
    ran: list[str] = []
    while len(ran) < at_most:
        with transaction() as session:
            job = session.execute(_NEXT, {"now": clock.now()}).first()
            if job is None:
                return ran
            session.execute(_DONE, {"id": job.id})
        queue.run(job.task_name, **job.args)
        ran.append(job.task_name)
    raise AssertionError(f"jobs never end: {ran[-5:]}")


def waiting_jobs() -> list[str]:
    """The names of the jobs that wait, due or not."""
    rows = db.session.execute(
        text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
    )
    return [row.task_name for row in rows]
