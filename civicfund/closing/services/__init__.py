"""The verbs of closing: months, years, opening balances."""

from civicfund.closing.services.months import (
    close_month,
    enter_statement,
    note_item,
    prepare_month,
    withdraw_month,
)
from civicfund.closing.services.openings import (
    prepare_opening,
    read_opening,
    sign_opening,
    withdraw_opening,
)
from civicfund.closing.services.years import (
    prepare_undoing,
    prepare_year,
    sign_undoing,
    sign_year,
    withdraw_year,
)

__all__ = [
    "close_month",
    "enter_statement",
    "note_item",
    "prepare_month",
    "prepare_opening",
    "prepare_undoing",
    "prepare_year",
    "read_opening",
    "sign_opening",
    "sign_undoing",
    "sign_year",
    "withdraw_month",
    "withdraw_opening",
    "withdraw_year",
]
