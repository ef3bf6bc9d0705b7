"""The people of every story about grants, and counting what a page asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from civicfund.core.db import db
from tests.factories.grants import Cast, make_cast


@pytest.fixture
def cast(house: Flask) -> Cast:
    """Office, approver and a member of an organisation."""
    return make_cast()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run inside."""
    ran: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            ran.append(statement)

    bind = db.session.get_bind()
    engine = getattr(bind, "engine", bind)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield ran
    finally:
        event.remove(engine, "before_cursor_execute", note)
