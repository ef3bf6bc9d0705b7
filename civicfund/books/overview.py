"""数字で見る一年: a fiscal year on two pages, in pictures with the tables behind them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Cell, Column, Document, Row, Section
from civicfund.books.pictures import Picture, age_picture, columns_on_paper, flow_on_paper
from civicfund.books.statements import lines
from civicfund.books.statements.figures import Figure, Measure
from civicfund.books.statements.queries import figures_of
from civicfund.books.statements.sheets import figure_url
from civicfund.books.words import span_words
from civicfund.core import clock
from civicfund.ledger import charts
from civicfund.ledger.models import FundClass
from civicfund.ledger.queries import results_by_line

SLUG = "year-in-numbers"


def year_in_numbers(asked: Asked) -> Document:
    """What came in, where it went, what is held and since when."""
    first, last = clock.fiscal_days(asked.year)
    results = results_by_line(first, last)
    flow = charts.flow(results, first, last, asked.book_url)
    months = charts.by_month(results, first, last, asked.book_url)
    ages = age_picture(asked.year, asked.book_url)
    sections = [_key_figures(asked), _columns(months), _columns(ages)]
    pictures = [columns_on_paper(months), columns_on_paper(ages)]
    if flow is not None:
        sections.insert(1, _flow(flow))
        pictures.insert(0, flow_on_paper(flow))
    return Document(
        name=SLUG,
        title=_("The year in numbers"),
        span=span_words(first, last),
        sections=sections,
        charts=pictures,
    )


def _key_figures(asked: Asked) -> Section:
    figures = figures_of(asked.year)
    stock = Figure(year=asked.year, codes=lines.NET_ASSETS, measure=Measure.STOCK)
    rows = [
        (_("Income"), Figure(year=asked.year, codes=lines.REVENUE)),
        (_("Spending"), Figure(year=asked.year, codes=lines.EXPENSE, is_debit=True)),
        (_("Designated net assets"), replace(stock, fund_class=FundClass.DESIGNATED)),
        (_("General net assets"), replace(stock, fund_class=FundClass.GENERAL)),
    ]
    return Section(
        title=_("The most important figures"),
        columns=[
            Column(name="item", label=_("What"), is_wide=True),
            Column(name="amount", label=_("Amount"), kind="yen"),
        ],
        rows=[
            Row(
                cells={"item": name, "amount": figures.amount(figure)},
                links={"amount": figure_url(asked, figure)},
            )
            for name, figure in rows
        ],
    )


def _flow(picture: Picture) -> Section:
    names = {node["key"]: node["label"] for column in picture["columns"] for node in column}
    columns = [
        Column(name="source", label=_("From"), is_wide=True),
        Column(name="target", label=_("To"), is_wide=True),
        Column(name="label", label=_("What"), is_wide=True),
        Column(name="amount", label=_("Amount"), kind="yen"),
    ]
    rows = [
        Row(
            cells={
                "source": names[link["source"]],
                "target": names[link["target"]],
                "label": link["label"],
                "amount": link["amount"],
            },
            links={"amount": link["url"]},
        )
        for link in picture["links"]
    ]
    return Section(title=picture["title"], columns=columns, rows=rows)


def _columns(picture: Picture) -> Section:
    columns = [
        Column(name="label", label=picture["label_heading"], is_wide=True),
        *(Column(name=one["key"], label=one["label"], kind="yen") for one in picture["series"]),
    ]
    return Section(title=picture["title"], columns=columns, rows=list(_rows(picture)))


def _rows(picture: Picture) -> Iterator[Row]:
    sums: dict[str, Any] = {one["key"]: 0 for one in picture["series"]}
    for item in picture["items"]:
        cells: dict[str, Cell] = {"label": item["label"], **item["amounts"]}
        yield Row(cells=cells, links=item["urls"])
        for key, amount in item["amounts"].items():
            sums[key] += amount
    yield Row(cells={"label": _("Total"), **sums}, kind="total")
