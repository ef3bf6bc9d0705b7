"""Income and spending by line of the chart and month, as if no year had been closed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from civicfund.core.db import db
from civicfund.ledger.chart import CHART, ChartLine
from civicfund.ledger.days import LATEST
from civicfund.ledger.models import AccountKind, JournalEntry, LedgerAccount
from civicfund.ledger.queries.movements import movements_by_month

RESULTS = (AccountKind.REVENUE, AccountKind.EXPENSE)


@dataclass(frozen=True, slots=True)
class LineResult:
    """What a line of revenue or expense came to in a month, in yen; refunds are taken off."""

    line: ChartLine
    month: date
    amount: int


def results_by_line(first: date, last: date) -> list[LineResult]:
    """Every line that moved in these days, by its code and month."""
    moved = movements_by_month(
        LedgerAccount.chart_code,
        first,
        last,
        only=LedgerAccount.kind.in_(RESULTS),
        before_closings=True,
    )
    return [
        LineResult(CHART[one.key], one.month, CHART[one.key].kind.sign * (one.debits - one.credits))
        for one in moved
    ]


def days_of_book(*, until: date) -> tuple[date, date]:
    """The days of the first and of the newest entry; `until` is one of the days between.

    The database takes days of 9999, whose fiscal year no calendar holds: they count as `LATEST`.
    """
    on = JournalEntry.effective_on
    ends = [func.coalesce(end, until) for end in (func.min(on), func.max(on))]
    first, last = db.session.execute(select(*(func.least(end, LATEST) for end in ends))).one()
    return min(first, until), max(last, until)
