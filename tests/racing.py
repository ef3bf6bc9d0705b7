"""Several people, or workers, at the same moment, each on a real connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import Any

from flask import Flask

from civicfund.core.db import db, transaction
from civicfund.core.errors import DomainError

# Nobody waits for ever.
LONGEST = 60


def at_once(house: Flask, *deeds: Callable[[], Any]) -> list[Any]:
    """Do all, each in its transaction; answers what each returned, or the refusal that it met.

    A clock that stands still does so for all of them.
    """
    gate = Barrier(len(deeds))

    def one(deed: Callable[[], Any]) -> Any:
        with house.app_context():
            gate.wait(LONGEST)
            try:
                with transaction():
                    return deed()
            except DomainError as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(deeds)) as pool:
        begun = [pool.submit(copy_context().run, one, deed) for deed in deeds]
        return [future.result(LONGEST) for future in begun]


def race(house: Flask, *deeds: Callable[[], Any]) -> list[Any]:
    """The same; a refusal is answered by its class, and the test looks at the book anew."""
    answers = at_once(house, *deeds)
    db.session.remove()
    return [type(answer) if isinstance(answer, DomainError) else answer for answer in answers]
