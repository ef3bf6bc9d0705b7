"""数字で見る一年: the pictures say what the statements say, on the page and on paper."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from civicfund.books import pictures
from civicfund.books.documents import Document, Section
from civicfund.books.overview import year_in_numbers
from civicfund.books.statements.age_notes import designated_ages
from civicfund.core import clock
from tests.books.statements.reading import asked
from tests.browsing import words
from tests.pdf_reading import needs_poppler, pages_of

NOW = clock.start_of(date(2026, 9, 1))


@pytest.fixture
def reading(app: Flask, book: dict[str, int]) -> Iterator[None]:
    """A reader of the book in September 2026, in Japanese."""
    with app.test_request_context(), clock.at(NOW), force_locale("ja"):
        yield


def _column(section: Section, column: str) -> list[Any]:
    return [row.cells[column] for row in section.rows]


def _sections(document: Document) -> list[Section]:
    return list(document.sections)


@pytest.mark.usefixtures("reading")
def test_its_tables_agree_with_each_other() -> None:
    figures, flow, months, ages = _sections(year_in_numbers(asked(2026)))
    income, spending, designated, _general = _column(figures, "amount")
    # 13,000 given and 777 booked wrongly and taken back; fees of 72 and a grant of 9,000.
    assert (income, spending) == (13_000, 9_072)
    assert _column(months, "income")[-1] == income
    assert _column(months, "spending")[-1] == spending
    to_fund = [row for row in flow.rows if row.cells["target"] == "ファンド"]
    assert sum(row.cells["amount"] for row in to_fund) == income  # type: ignore[misc]
    assert _column(ages, "amount")[-1] == designated


@pytest.mark.usefixtures("reading")
def test_ages_are_those_of_the_note() -> None:
    note, ages = (
        _sections(designated_ages(asked(2026)))[0],
        pictures.age_picture(2026, asked(2026).book_url),
    )
    total = list(note.rows)[-1].cells
    told = [item["amounts"]["amount"] for item in ages["items"]]
    assert told == [total[age] for age in ("1", "5", "10", "over")]
    assert sum(told) > 0


@pytest.mark.usefixtures("reading")
def test_each_picture_stands_on_its_own() -> None:
    """A picture for paper has no style sheet: it is whole XML, named, and says its own colours."""
    charts = year_in_numbers(asked(2026)).charts
    assert len(charts) == 3
    for chart in charts:
        svg = ElementTree.fromstring(chart.svg)  # noqa: S314  # our own
        named = {one.get("id"): "".join(one.itertext()) for one in svg}
        assert svg.get("role") == "img"
        told = [named[name] for name in str(svg.get("aria-labelledby")).split()]
        assert told == [chart.title, chart.description]
        for mark in svg.iter("{http://www.w3.org/2000/svg}rect"):
            assert mark.get("fill")


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_figure_leads_to_its_rows(client: FlaskClient, lang: str) -> None:
    with clock.at(NOW):
        page = client.get(f"/books/year-in-numbers?lang={lang}").get_data(as_text=True)
        assert page.count('role="img"') == 3
        body = page[page.index("<main") : page.index("</main")]
        links = {part.partition('"')[0] for part in body.split('href="')[1:]}
        rows = {link for link in links if link.startswith(("/books/", "/ledger/"))}
        assert len(rows) > 8
        for link in rows:
            assert client.get(link.replace("&amp;", "&")).status_code == 200, link


@needs_poppler
@pytest.mark.usefixtures("book")
def test_on_paper_the_pictures_come_with_their_tables(client: FlaskClient) -> None:
    with clock.at(NOW):
        response = client.get("/books/year-in-numbers?lang=ja&format=pdf")
    pages = pages_of(response.get_data(), "-layout")
    for expected in ("プロジェクトへの寄付", "月ごとの収入と支出", "1年以内", "¥9,000"):
        assert expected in pages[0]
    assert "5101 支払助成金" in pages[1]
    assert len(pages) == 2


@pytest.mark.usefixtures("house")
def test_a_year_without_money_has_its_page_too(client: FlaskClient) -> None:
    assert "数字で見る一年" in words(client.get("/books/year-in-numbers?lang=ja"))
    assert client.get("/books/year-in-numbers?format=pdf").content_type == "application/pdf"
