"""The days that a book can be of."""

from datetime import date

from civicfund.core import clock

# No book is asked of a day outside these: the calendar of the database ends somewhere too.
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 3, 31)


def is_of_a_book(day: date) -> bool:
    """Could anybody have kept a book of this day?"""
    return EARLIEST <= day <= LATEST


def last_to_book() -> date:
    """The end of the next fiscal year: an entry of a later day is a slip of the pen."""
    return clock.fiscal_days(clock.fiscal_year(clock.today()) + 1)[1]
