"""The pictures of the books: how old designated money is; and each as an SVG for paper."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import get_template_attribute, url_for
from flask_babel import gettext as _

from civicfund.books.documents import Chart
from civicfund.books.statements import ages, titles
from civicfund.books.statements.gift_queries import gift_years
from civicfund.books.statements.years import FiscalYear
from civicfund.core import clock
from civicfund.web.filters import day

Picture = dict[str, Any]


def flow_pictures(last: date) -> list[Picture]:
    """What stands on the public page of the flow of money, beside the ledger's own pictures."""

    def book_url(slug: str, **parameters: Any) -> str:
        return url_for("books.show", slug=slug, **parameters)

    picture = age_picture(clock.fiscal_year(last), book_url)
    return [picture] if any(item["amounts"]["amount"] for item in picture["items"]) else []


def age_picture(year: int, book_url: Callable[..., str]) -> Picture:
    """Designated money at the end of a fiscal year, by how long ago it was received."""
    book = gift_years(year)
    sums = ages.by_age(ages.lots_of(book.years, book.moves).values(), at_end_of=year)
    url = book_url(titles.AGES.slug, year=year)
    names = _age_names()
    return {
        "id": "ages",
        "title": _("Designated money by age"),
        "desc": _(
            "Held for its purpose at the end of %(day)s, by the time since it was received. "
            "In each fund the oldest money is spent first.",
            day=day(FiscalYear(year).until),
        ),
        "label_heading": _("Since receipt"),
        "series": [{"key": "amount", "label": _("Amount")}],
        "items": [
            {"label": names[age], "amounts": {"amount": amount}, "urls": {"amount": url}}
            for age, amount in sums.items()
            if amount or age != ages.AGES[-1]
        ],
    }


def _age_names() -> Mapping[str, str]:
    return {
        ages.WITHIN_ONE: _("1 year or less"),
        ages.WITHIN_FIVE: _("1 to 5 years"),
        ages.WITHIN_TEN: _("5 to 10 years"),
        ages.OVER_TEN: _("Over 10 years"),
        ages.AGES[-1]: _("Not known"),
    }


def columns_on_paper(picture: Picture) -> Chart:
    """A picture of columns as a chart of a document."""
    return _chart(picture, get_template_attribute("components/column_chart.html", "columns_svg"))


def flow_on_paper(picture: Picture) -> Chart:
    """A flow as a chart of a document."""
    return _chart(picture, get_template_attribute("components/sankey.html", "sankey_svg"))


def _chart(picture: Picture, draw: Callable[[Picture], str]) -> Chart:
    svg = str(draw(picture))
    return Chart(title=picture["title"], description=picture["desc"], svg=svg)
