"""What can go wrong with a plan, in words that say what to do."""

from civicfund.core.errors import N_, DomainError


class MoreThanIsLeft(DomainError):
    """A plan would spend more than is left of the year's receipts."""

    message = N_("Only %(left)s yen is left of that year. Plan at most that.")
    field = "amount"


class PlannedTooEarly(DomainError):
    """A plan for a year that is over when the statement is made."""

    message = N_("Plan for a year after fiscal year %(year)s.")
    field = "planned_year"
