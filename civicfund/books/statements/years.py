"""The fiscal year of a statement: April to March, or as far as it has come."""

from dataclasses import dataclass
from datetime import date, timedelta

from civicfund.core import clock

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """A year of the book, known by the calendar year in which it begins."""

    number: int

    @property
    def starts_on(self) -> date:
        """1 April."""
        return clock.fiscal_days(self.number)[0]

    @property
    def ends_on(self) -> date:
        """31 March."""
        return clock.fiscal_days(self.number)[1]

    @property
    def until(self) -> date:
        """The last day that a statement speaks of: of the present year it is today."""
        return max(min(self.ends_on, clock.today()), self.starts_on)

    @property
    def eve(self) -> date:
        """The day at whose end the year's opening balances stand."""
        return self.starts_on - DAY

    @property
    def before(self) -> "FiscalYear":
        """The year before."""
        return FiscalYear(self.number - 1)
