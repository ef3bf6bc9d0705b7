"""A budget as it is written, before it becomes rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BudgetDraft:
    """One thing that the money is asked for."""

    label: str
    amount_yen: int
    note: str = ""
