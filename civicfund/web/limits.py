"""Rate limits whose counters all processes share: an unlogged table, no other service."""

from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import Storage
from sqlalchemy import BigInteger, DateTime, String, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from civicfund.core.db import Model, db


class RateCounter(Model):
    """How often `key` was hit in the window that ends at `expires_at`."""

    __tablename__ = "rate_counters"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    hits: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[Any] = mapped_column(DateTime(timezone=True), index=True)


_HIT = text(
    """
    INSERT INTO rate_counters AS c (key, hits, expires_at)
    VALUES (:key, :amount, clock_timestamp() + make_interval(secs => :expiry))
    ON CONFLICT (key) DO UPDATE SET
      hits = CASE WHEN c.expires_at <= clock_timestamp() THEN :amount ELSE c.hits + :amount END,
      expires_at = CASE WHEN c.expires_at <= clock_timestamp()
        THEN clock_timestamp() + make_interval(secs => :expiry) ELSE c.expires_at END
    RETURNING hits
    """
)
_HITS = text("SELECT hits FROM rate_counters WHERE key = :key AND expires_at > clock_timestamp()")
_EXPIRY = text(
    "SELECT coalesce(max(extract(epoch FROM expires_at)), extract(epoch FROM clock_timestamp())) "
    "FROM rate_counters WHERE key = :key"
)


class TableStorage(Storage):
    """The `limits` storage over `rate_counters`, on a connection of its own."""

    STORAGE_SCHEME = ["pgtable"]  # the library's own declaration

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return int(self._one(_HIT, key=key, amount=amount, expiry=expiry))

    def get(self, key: str) -> int:
        return int(self._one(_HITS, key=key) or 0)

    def get_expiry(self, key: str) -> float:
        return float(self._one(_EXPIRY, key=key))

    def check(self) -> bool:
        return bool(self._one(text("SELECT 1")))

    def reset(self) -> int | None:
        return int(self._one(text("DELETE FROM rate_counters RETURNING 1")) or 0)

    def clear(self, key: str) -> None:
        self._one(text("DELETE FROM rate_counters WHERE key = :key RETURNING 1"), key=key)

    def _one(self, statement: Any, **values: Any) -> Any:
        # Its own connection: a refused deed must not take the count of tries back.
        with db.engine.begin() as connection:
            return connection.execute(statement, values).scalar()


limiter = Limiter(
    get_remote_address, storage_uri="pgtable://", strategy="fixed-window", headers_enabled=True
)


def init_app(app: Flask) -> None:
    """Count from now on; a failing counter never closes the house."""
    app.config.setdefault("RATELIMIT_SWALLOW_ERRORS", True)
    limiter.init_app(app)
