"""Periods: months that exist by themselves, are closed by two people, and then stay closed."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from civicfund.core import clock
from civicfund.core.db import advisory_lock, db
from civicfund.ledger import queries
from civicfund.ledger.errors import (
    CloseNeedsTwoPeople,
    ClosePreparedAlready,
    EarlierPeriodOpen,
    NoClosePrepared,
    PeriodNotOver,
    PeriodsOverlap,
    PeriodStaysClosed,
)
from civicfund.ledger.models import FiscalPeriod

REFUSALS = {
    "CF007": CloseNeedsTwoPeople,
    "CF008": EarlierPeriodOpen,
    "CF009": PeriodStaysClosed,
    "CF010": PeriodNotOver,
}


def open_period(*, starts_on: date, ends_on: date) -> FiscalPeriod:
    """A span of days whose books can be closed. Raises `PeriodsOverlap`."""
    period = FiscalPeriod(starts_on=starts_on, ends_on=ends_on)
    try:
        with db.session.begin_nested():
            db.session.add(period)
    except IntegrityError as error:
        raise PeriodsOverlap from error
    return period


def open_months(*, upto: date | None = None) -> int:
    """A period for each month from the first entry to that of `upto` (today); how many are new.

    Asked twice, at once or late it leaves the same months; a month that shares days with a period
    of another length is left out.
    """
    rows = [
        {"starts_on": month, "ends_on": end_of_month(month)}
        for first, last in queries.days_without_period(upto or clock.today())
        for month in _months(first, last)
    ]
    if not rows:
        return 0
    made = db.session.execute(
        insert(FiscalPeriod).on_conflict_do_nothing().returning(FiscalPeriod.id), rows
    )
    return len(made.all())


def hold_entries() -> None:
    """Wait for what is being booked, and let nothing be booked before this transaction ends."""
    advisory_lock("ledger.close_period")
    db.session.flush()
    db.session.execute(select(func.ledger_hold_entries()))


def prepare_close(period: FiscalPeriod, *, by_id: int) -> None:
    """The first of two signatures; entries are still taken. Raises `ClosePreparedAlready`."""
    _must_be_open(period)
    if not _call(func.ledger_prepare_close(period.id, clock.now(), by_id)):
        raise ClosePreparedAlready
    db.session.refresh(period)


def withdraw_close(period: FiscalPeriod) -> None:
    """Take the first signature back. Raises `NoClosePrepared`."""
    _must_be_open(period)
    if not _call(func.ledger_withdraw_close(period.id)):
        raise NoClosePrepared
    db.session.refresh(period)


def close_period(period: FiscalPeriod, *, by_id: int) -> None:
    """The second signature: refuse every further entry up to the last of these days.

    Waits for the entries that are being booked. Raises `PeriodStaysClosed` (closed already),
    `CloseNeedsTwoPeople`, `EarlierPeriodOpen`, `PeriodNotOver`.
    """
    advisory_lock("ledger.close_period")
    db.session.refresh(period)
    _must_be_open(period)
    _call(func.ledger_close_period(period.id, clock.now(), by_id))
    db.session.refresh(period)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def end_of_month(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _months(first: date, last: date) -> Iterator[date]:
    """The first day of each month, from that of `first` to that of `last`."""
    month = month_of(first)
    while month <= last:
        yield month
        month = end_of_month(month) + timedelta(days=1)


def _must_be_open(period: FiscalPeriod) -> None:
    if period.closed_at is not None:
        raise PeriodStaysClosed


def _call(function: object) -> object:
    """One function of the database, its refusal in words."""
    db.session.flush()
    try:
        with db.session.begin_nested():
            return db.session.scalar(select(function))  # type: ignore[call-overload]
    except DBAPIError as error:
        refusal = REFUSALS.get(getattr(error.orig, "sqlstate", None) or "")
        if refusal is None:
            raise
        raise refusal from error
