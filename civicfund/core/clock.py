"""The one place that knows what time it is."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
# The month in which public-interest bodies of Japan begin their year.
FISCAL_START = 4

_fixed: ContextVar[datetime | None] = ContextVar("fixed_instant", default=None)


def now() -> datetime:
    """The present instant, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The present day in Japan: a gift at 23:59 on 31 December belongs to the old year."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The day in Japan on which `instant` falls."""
    return instant.astimezone(JST).date()


def start_of(day: date) -> datetime:
    """Midnight in Japan at which `day` begins."""
    # The calendar begins at a midnight that Japan has nine hours before UTC.
    day = max(day, date.min + timedelta(days=1))
    return datetime.combine(day, time.min, tzinfo=JST).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last instant of `day` in Japan, as deadlines mean it."""
    return start_of(min(day, date.max - timedelta(days=1)) + timedelta(days=1)) - timedelta(
        microseconds=1
    )


def fiscal_year(day: date) -> int:
    """April to March, named by the year of its April."""
    return day.year if day.month >= FISCAL_START else day.year - 1


def fiscal_days(year: int) -> tuple[date, date]:
    """The first and the last day of a fiscal year."""
    return date(year, FISCAL_START, 1), date(year + 1, FISCAL_START, 1) - timedelta(days=1)


def end_of_month(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Live a story at another time: replays, demo data and tests."""
    assert instant.tzinfo is not None, "an instant needs its time zone"
    token = _fixed.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
