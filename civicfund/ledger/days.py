"""The days that a book can be of."""

from datetime import date

# No book is asked of a day outside these: the calendar of the database ends somewhere too.
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 3, 31)


def is_of_a_book(day: date) -> bool:
    """Could anybody have kept a book of this day?"""
    return EARLIEST <= day <= LATEST
