"""Of which years the book speaks."""

from civicfund.core import clock
from civicfund.ledger.queries import days_of_book


def fiscal_years() -> list[int]:
    """From the year of the first entry to this one or the newest entry's, newest first."""
    first, last = map(clock.fiscal_year, days_of_book(until=clock.today()))
    return list(reversed(range(first, last + 1)))
