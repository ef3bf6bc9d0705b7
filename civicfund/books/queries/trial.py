"""What each line of the chart held before these days and what moved in it month by month."""

from dataclasses import dataclass, field
from datetime import date

from civicfund.ledger.chart import CHART, ChartLine
from civicfund.ledger.models import Fund, LedgerAccount
from civicfund.ledger.queries import balances_before, movements_by_month


@dataclass(slots=True)
class ChartMovement:
    """A line of the chart: debits less credits before the days, and (debits, credits) by month."""

    line: ChartLine
    opening: int
    months: dict[date, tuple[int, int]] = field(default_factory=dict)

    @property
    def debits(self) -> int:
        """What was debited in these days."""
        return sum(debits for debits, _ in self.months.values())

    @property
    def credits(self) -> int:
        """What was credited in these days."""
        return sum(credits for _, credits in self.months.values())

    @property
    def closing(self) -> int:
        """Debits less credits as the days ended."""
        return self.opening + self.debits - self.credits

    def closing_of(self, month: date) -> int:
        """Debits less credits as that month ended."""
        moved = [sums for of, sums in self.months.items() if of <= month]
        return self.opening + sum(debits - credits for debits, credits in moved)


def chart_movements(
    first: date, last: date, *, fund: Fund | None = None, before_closings: bool = False
) -> list[ChartMovement]:
    """Every line of the chart that holds something or moved, by its code; in one fund or in all.

    `before_closings`: without the entries of these days that close a year (決算振替前).
    """
    by = LedgerAccount.chart_code
    only = LedgerAccount.fund_id == fund.id if fund is not None else None
    lines = {
        code: ChartMovement(CHART[code], opening)
        for code, opening in balances_before(by, first, only=only).items()
    }
    for moved in movements_by_month(by, first, last, only=only, before_closings=before_closings):
        line = lines.setdefault(moved.key, ChartMovement(CHART[moved.key], 0))
        line.months[moved.month] = (moved.debits, moved.credits)
    return [lines[code] for code in sorted(lines)]


def booked_total(first: date, last: date) -> int:
    """The sum of all lines of these days."""
    return sum(moved.debits for moved in movements_by_month(LedgerAccount.kind, first, last))
