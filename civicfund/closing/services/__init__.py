"""The verbs of closing: months, years, opening balances."""

from civicfund.closing.services.months import (
    close_month,
    enter_statement,
    note_item,
    prepare_month,
    withdraw_month,
)

__all__ = [
    "close_month",
    "enter_statement",
    "note_item",
    "prepare_month",
    "withdraw_month",
]
