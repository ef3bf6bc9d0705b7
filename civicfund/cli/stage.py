"""Playing a story through the services: each deed at its own time, its jobs right after it."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from civicfund.core import clock, queue
from civicfund.core.db import db, transaction
from civicfund.payments import services as payments
from civicfund.payments.gateways.sandbox import delivery

Result = TypeVar("Result")

# Invented people get no mail: their messages stay in the outbox.
NOT_PLAYED = frozenset({"notifications.send"})


@dataclass
class Stage:
    """Jobs wait here until their hour; each runs in a context of its own, as in the worker."""

    later: list[queue.Deferred] = field(default_factory=list)

    def play(self, at: datetime, deed: Callable[[], Result]) -> Result:
        """Do `deed` at the instant `at` in one transaction, then the jobs that it asked for."""
        with clock.at(at):
            with queue.collecting() as jobs, transaction():
                result = deed()
            self._run(jobs)
        return result

    def run_job(self, at: datetime, name: str) -> None:
        """Let a scheduled job tick at the instant `at`, with all that follows from it."""
        with clock.at(at):
            due = [job for job in self.later if job.at is not None and job.at <= at]
            self.later = [job for job in self.later if job not in due]
            self._run([*due, queue.Deferred(name, {}, None, None)])

    def _run(self, jobs: list[queue.Deferred]) -> None:
        waiting = deque(jobs)
        while waiting:
            job = waiting.popleft()
            if job.name in NOT_PLAYED:
                continue
            if job.at is not None and job.at > clock.now():
                self.later.append(job)
                continue
            with queue.collecting() as more:
                queue.run(job.name, **job.arguments)
            waiting.extend(more)
        # What the jobs changed in their own sessions is read anew here.
        db.session.expire_all()


def into_the_inbox(_url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Carry the sandbox's signed news straight into the inbox, without the network."""
    with transaction():
        payments.keep_event(delivery.GATEWAY, body, headers)
    return 200
