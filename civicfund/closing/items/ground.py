"""What several items look at, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from civicfund.closing.models import BankStatement
from civicfund.closing.queries import evidence
from civicfund.closing.queries.evidence import GiftSums, OpenItem
from civicfund.core import clock
from civicfund.donors import checks as donor_checks
from civicfund.grants import checks as grant_checks
from civicfund.ledger import queries as book
from civicfund.ledger.checks import Finding
from civicfund.ledger.models import FiscalPeriod, Fund, JournalEntry
from civicfund.ledger.queries import TrialBalance

# Nobody knows yet what these are for, or who wins: they are open or explained, never usual.
UNUSUAL = ("1135", "2131")
# Gifts kept for a condition, and what is on its way back: open by their nature, each with its gift.
USUAL = ("2133", "2134")


@dataclass(frozen=True, slots=True)
class Month:
    """A period, the trial balance as it ends, and the certificates that were entered for it."""

    period: FiscalPeriod
    trial: TrialBalance
    statements: Mapping[str, BankStatement]

    @property
    def first(self) -> date:
        """Its first day."""
        return self.period.starts_on

    @property
    def last(self) -> date:
        """Its last day."""
        return self.period.ends_on

    @property
    def ends_year(self) -> bool:
        """Does a fiscal year end with it?"""
        return self.last == clock.fiscal_days(clock.fiscal_year(self.last))[1]

    def balance(self, code: str) -> int:
        """What a line of the chart holds as the period ends, in its natural sign."""
        return self.trial.of_codes([code])


def month_of(period: FiscalPeriod, statements: Mapping[str, BankStatement]) -> Month:
    """The ground on which the items of a period stand."""
    return Month(period, book.trial_balance(on=period.ends_on), statements)


@dataclass(frozen=True, slots=True)
class Beforehand:
    """What takes longer as the book or the month grows, and changes only with an entry."""

    gifts: Sequence[Finding]
    gift_sums: GiftSums
    grants: Sequence[Finding]
    open_items: Sequence[OpenItem]
    # The first of the late entries of the month, and how many there are.
    late: tuple[Sequence[JournalEntry], int]
    # Designated money that is old, as a year ends.
    lots: Sequence[tuple[Fund, int]]


def beforehand(month: Month) -> Beforehand:
    """Look it up now."""
    return Beforehand(
        donor_checks.run(),
        evidence.gift_sums(month.first, month.last),
        grant_checks.run(),
        evidence.open_items((*UNUSUAL, *USUAL), month.last),
        evidence.late_entries(month.first, month.last),
        evidence.old_lots(clock.fiscal_year(month.last)) if month.ends_year else (),
    )
