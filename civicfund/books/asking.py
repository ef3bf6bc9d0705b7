"""What a reader asks of a book: of which days, fund or account it speaks, and who is asking."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from civicfund.books.places import Place
from civicfund.grants.models import Award
from civicfund.ledger.models import Fund, Party
from civicfund.ledger.rows import Reader

PUBLIC_ROOM = "books"
DESK_ROOM = "desk_books"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The parameters of a book, checked; those that a book does not ask for have their default.

    `first` and `last` are the days of the span, or of the fiscal `year` and its `month` (0: all
    of it). `figure` names a figure of a statement, as its link does. `is_whole`: all rows, for a
    file; else one page of them from behind `after` or up to `before`: a line of the book, or the
    number of a row in a list (`after_row`).
    """

    room: str
    reader: Reader
    first: date
    last: date
    day: date
    year: int
    month: int = 0
    fund: Fund | None = None
    account: str = ""
    figure: str = ""
    grant: Award | None = None
    party: Party | None = None
    name: str = ""
    is_before_closing: bool = False
    is_whole: bool = False
    after: Place | None = None
    before: Place | None = None
    after_row: int | None = None
    before_row: int | None = None

    @property
    def sees_names(self) -> bool:
        """May hidden names and memos be shown?"""
        return self.reader.sees_names

    def book_url(self, slug: str, **parameters: Any) -> str:
        """The address of a book in the room of this reader."""
        given = {name: value for name, value in parameters.items() if value not in (None, "")}
        return url_for(f"{self.room}.show", slug=slug, **given)

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.first, self.last

    @property
    def days(self) -> dict[str, date]:
        """The span as the parameters of an address."""
        return {"from": self.first, "to": self.last}

    def entry_url(self, entry_id: int) -> str:
        """The address of an entry, as this reader may see it."""
        return self.reader.url("entry", entry_id=entry_id)
