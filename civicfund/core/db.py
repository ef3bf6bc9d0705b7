"""The database: base class, column types, and the one place that commits."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Engine, Executable, Identity, MetaData, event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry

Row = TypeVar("Row")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """What every table is made of: instants with their zone, bigint keys."""

    registry = registry(
        type_annotation_map={datetime: DateTime(timezone=True)},
        metadata=MetaData(naming_convention=NAMING),
    )


class Numbered(Model):
    """A table with a plain identity key."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)


db = SQLAlchemy(
    model_class=Model,
    # A session that joins a test's outer transaction works in savepoints and leaves it whole.
    session_options={"join_transaction_mode": "create_savepoint"},
)


def ask_after_a_rest(engine: Engine, *, seconds: float = 1) -> None:
    """Ask a pooled connection whether it still lives before it is used, if it rested so long.

    To ask each time (`pool_pre_ping`) is a round trip for every transaction; no server restarts
    within a second.
    """

    def rests(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    def wakes(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < seconds:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", rests)
    event.listen(engine, "checkout", wakes)


@contextmanager
def transaction() -> Iterator[Session]:
    """Everything inside happens together or not at all. The only place that commits."""
    session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def streamed(
    statement: Executable, values: dict[str, Any] | None = None, *, at_a_time: int = 2_000
) -> Iterator[Any]:
    """The rows of a statement through a cursor of the server: they never stand in memory.

    Closed also when the reader turns away before the end.
    """
    with db.session.execute(statement, values, execution_options={"yield_per": at_a_time}) as rows:
        yield from rows


def streamed_batches(statement: Executable, *, at_a_time: int) -> Iterator[Sequence[Any]]:
    """The same of single things, so many together."""
    with db.session.scalars(statement, execution_options={"yield_per": at_a_time}) as rows:
        yield from rows.partitions()


def lock(row: Any) -> None:
    """Read `row` again and keep others from changing it until the transaction ends."""
    session = db.session()
    session.flush()
    # Rows that are loaded along with it are read again, but not locked.
    session.refresh(row, with_for_update={"key_share": True, "of": type(row)})


def advisory_lock(name: str) -> None:
    """Queue behind everyone who holds the same `name`, until the transaction ends."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
    )
