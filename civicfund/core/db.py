"""The database: base class, column types, and the one place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Identity, MetaData, text
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
