"""Rate limits whose counters all processes share: an unlogged table, no other service."""

from collections.abc import Iterable
from math import ceil
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from limits import RateLimitItem, parse_many
from limits.storage import Storage
from sqlalchemy import BigInteger, DateTime, String, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from civicfund.core import clock
from civicfund.core.db import Model, db
from civicfund.core.errors import N_, DomainError


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
# Whole files, whichever they are. An auditor takes every book of a year, month by month; many
# people of one office come from one address.
FILES_OF_PERSON = parse_many("60 per minute; 1000 per hour")
FILES_OF_ADDRESS = parse_many("30 per minute; 300 per hour")
FILE_ENDINGS = frozenset({"csv", "pdf", "zip"})
COUNTED = "civicfund.file_is_counted"


class TooManyFiles(DomainError):
    """A file costs more than a page, and whoever takes all the time leaves none to others."""

    message = N_(
        "Many files were taken in a short time. More can be taken in about %(minutes)s min; "
        "all pages can be read meanwhile."
    )
    status = 429

    def __init__(self, *, seconds: int) -> None:
        super().__init__(minutes=ceil(seconds / 60))
        self.seconds = seconds


def init_app(app: Flask) -> None:
    """Count from now on; a failing counter never closes the house."""
    app.config.setdefault("RATELIMIT_SWALLOW_ERRORS", True)
    limiter.init_app(app)
    app.before_request(_count_what_is_asked)


def count(limits: Iterable[RateLimitItem], *, scope: str, key: str) -> int:
    """One more; answers how many seconds to wait where that was one too many, else 0."""
    for limit in limits:
        if not limiter.limiter.hit(limit, scope, key):
            over = limiter.limiter.get_window_stats(limit, scope, key).reset_time
            return max(1, round(over - clock.now().timestamp()))
    return 0


def count_file() -> None:
    """One more whole file for this person or address, once a request; may raise `TooManyFiles`."""
    if not limiter.enabled or request.environ.get(COUNTED):
        return
    request.environ[COUNTED] = True
    if current_user.is_authenticated:
        person = str(current_user.get_id())
        wait = count(FILES_OF_PERSON, scope="files, person", key=person)
    else:
        wait = count(FILES_OF_ADDRESS, scope="files, network", key=get_remote_address())
    if wait:
        raise TooManyFiles(seconds=wait)


def _count_what_is_asked() -> None:
    """Where the address says that a file is wanted, count before the work for it begins."""
    asked = (
        request.args.get("download"),
        request.args.get("format"),
        request.path.rpartition(".")[2],
    )
    if request.endpoint not in {None, "static"} and not FILE_ENDINGS.isdisjoint(asked):
        count_file()
