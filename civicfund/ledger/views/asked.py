"""What a reader of the book asks for in the address: days, cursors, pages."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from civicfund.ledger import queries
from civicfund.ledger.forms import DayForm
from civicfund.web.pagination import Page, asked_page

PER_PAGE = 100


def asked_day() -> date | None:
    """`?on=` of the request; nonsense is now."""
    form = DayForm(request.args)
    return form.on.data if form.validate() else None


def asked_cursor(name: str) -> int | None:
    """A number of an entry in the address; nonsense is none."""
    asked = request.args.get(name, "")
    return int(asked) if asked.isdecimal() and len(asked) < 18 else None


def slice_of(items: list[Any]) -> Page[Any]:
    """The asked page of a list that is read whole anyway."""
    number = asked_page()
    start = (number - 1) * PER_PAGE
    return Page(items[start : start + PER_PAGE], number, PER_PAGE, len(items))


def cursor_urls(endpoint: str, page: queries.EntryPage) -> dict[str, str | None]:
    """Links to newer and older entries that keep the search."""
    kept = {key: value for key, value in request.args.items() if key not in {"older", "newer"}}

    def link(name: str, cursor: int | None) -> str | None:
        return f"{url_for(endpoint)}?{urlencode({**kept, name: cursor})}" if cursor else None

    return {
        "newer_url": link("newer", page.newer_than),
        "older_url": link("older", page.older_than),
    }


def asked_place() -> str:
    """The signed cursor of an account's page in the address; nonsense is none."""
    return request.args.get("older", "")
