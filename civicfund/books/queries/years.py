"""Of which years the book speaks."""

from sqlalchemy import func, select

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.ledger.models import JournalEntry


def fiscal_years() -> list[int]:
    """From the year of the first entry to this one or the newest entry's, newest first."""
    here = clock.today()
    first, last = db.session.execute(
        select(
            func.coalesce(func.min(JournalEntry.effective_on), here),
            func.coalesce(func.max(JournalEntry.effective_on), here),
        )
    ).one()
    years = range(clock.fiscal_year(min(first, here)), clock.fiscal_year(max(last, here)) + 1)
    return list(reversed(years))
