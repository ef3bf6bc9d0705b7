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


def first_month_without_period(last: date) -> date | None:
    """The month after the last period; without any, that of the first entry, at most `last`."""
    ends_on: date | None = db.session.scalar(select(func.max(FiscalPeriod.ends_on)))
    if ends_on is not None:
        return ends_on + timedelta(days=1)
    first: date | None = db.session.scalar(select(func.min(JournalEntry.effective_on)))
    return min(first or last, last).replace(day=1)


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
