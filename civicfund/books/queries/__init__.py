"""Every SELECT of the books: the lines of the book in the order of their days."""

from civicfund.books.queries.lines import BookLine, LinePage, every_line, line_page
from civicfund.books.queries.scopes import (
    Scope,
    months_of,
    moved_before,
    opening_of,
    scope_of_account,
    scope_of_fund,
)
from civicfund.books.queries.trial import ChartMovement, chart_movements
from civicfund.books.queries.years import fiscal_years

__all__ = [
    "BookLine",
    "ChartMovement",
    "LinePage",
    "Scope",
    "chart_movements",
    "every_line",
    "fiscal_years",
    "line_page",
    "months_of",
    "moved_before",
    "opening_of",
    "scope_of_account",
    "scope_of_fund",
]
