"""Periods, and up to which day the book is closed."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from civicfund.core.db import db
from civicfund.ledger.models import FiscalPeriod, JournalEntry
from civicfund.ledger.queries.balances import settled_upto


def periods() -> list[FiscalPeriod]:
    """Every period, newest first."""
    return list(
        db.session.scalars(
            select(FiscalPeriod).order_by(FiscalPeriod.starts_on.desc(), FiscalPeriod.id)
        )
    )


def period_on(day: date) -> FiscalPeriod | None:
    """The period to which a day belongs."""
    return db.session.scalar(
        select(FiscalPeriod).where(FiscalPeriod.starts_on <= day, FiscalPeriod.ends_on >= day)
    )


def closed_upto() -> date | None:
    """The last day whose books are closed; periods close without gaps."""
    return db.session.scalar(
        select(func.max(FiscalPeriod.ends_on)).where(FiscalPeriod.closed_at.is_not(None))
    )


def days_without_period(last: date) -> list[tuple[date, date]]:
    """Spans of whole months that want a period, up to the day `last`.

    After the last period; and before the first one, while none is closed and an entry stands there:
    a period that is made when a later one is closed could not be closed any more.
    """
    starts_on: date | None = db.session.scalar(select(func.min(FiscalPeriod.starts_on)))
    ends_on: date | None = db.session.scalar(select(func.max(FiscalPeriod.ends_on)))
    first: date | None = db.session.scalar(select(func.min(JournalEntry.effective_on)))
    begin = min(first or last, last).replace(day=1)
    if starts_on is None or ends_on is None:
        return [(begin, last)]
    spans = [(ends_on + timedelta(days=1), last)]
    if closed_upto() is None:
        spans.insert(0, (begin, starts_on - timedelta(days=1)))
    return [(of, to) for of, to in spans if of <= to]


@dataclass(frozen=True, slots=True)
class Mark:
    """How much of what was dated up to a day stands beyond what had settled."""

    day: date
    settled: int
    entries: int


def mark_upto(day: date) -> Mark:
    """To know later whether anything was booked since, up to that day."""
    settled = int(db.session.scalar(select(settled_upto())) or 0)
    return Mark(day, settled, _beyond(settled, day))


def has_grown(mark: Mark) -> bool:
    """Was anything booked up to that day since the mark was made?

    Entries are only ever added, and every one up to the settled one is there; the others are
    counted, for a smaller number may come to be seen after a larger one.
    """
    return _beyond(mark.settled, mark.day) != mark.entries


def _beyond(settled: int, day: date) -> int:
    counted = select(func.count()).where(
        JournalEntry.id > settled, JournalEntry.effective_on <= day
    )
    return int(db.session.scalar(counted) or 0)
