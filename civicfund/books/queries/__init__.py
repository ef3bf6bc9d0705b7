"""Every SELECT of the books: the lines of the book in the order of their days."""

from civicfund.books.queries.lines import BookLine, LinePage, line_page, lines
from civicfund.books.queries.years import fiscal_years

__all__ = ["BookLine", "LinePage", "fiscal_years", "line_page", "lines"]
