"""The pages of the public book: what it holds, every entry, and the log that seals it."""

from civicfund.ledger.views import log
from civicfund.ledger.views.asked import (
    asked_cursor,
    asked_day,
    asked_place,
    cursor_urls,
    slice_of,
)
from civicfund.ledger.views.book import bp

__all__ = ["asked_cursor", "asked_day", "asked_place", "bp", "cursor_urls", "log", "slice_of"]
