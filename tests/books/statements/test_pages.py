"""The statements over HTTP: names, both languages, files, nonsense, and what a page costs."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.books.statements import (
    ages,
    balance_by_class,
    balance_sheets,
    breakdowns,
    figures,
    gift_queries,
    inventory,
    lines,
    old_standard,
)
from civicfund.books.statements import queries as statement_queries
from civicfund.books.statements.figures import Figure, without
from civicfund.books.statements.shelf import STATEMENTS
from civicfund.core import clock
from civicfund.ledger import services
from civicfund.ledger.models import JournalEntry
from tests.books.statements import test_properties as properties
from tests.books.statements.reading import LAST_DAY, amounts, linked, read
from tests.browsing import words
from tests.factories.ledger import make_fund, make_gift
from tests.statements import counted

LISTED = [book for book in STATEMENTS if book.is_listed]
pytestmark = pytest.mark.usefixtures("after_the_year")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_accountant_finds_each_statement_on_the_shelf(client: FlaskClient, lang: str) -> None:
    text = words(client.get(f"/books?lang={lang}"))
    for book in LISTED:
        assert book.name_ja in text
    assert "金額の内訳" not in text, "it is opened from a figure"


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("kind", ["", "csv", "pdf"])
@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("book", LISTED, ids=lambda book: book.slug)
def test_each_statement_is_a_page_and_a_file(
    client: FlaskClient, book: object, lang: str, kind: str
) -> None:
    slug = getattr(book, "slug", "")
    response = client.get(f"/books/{slug}?lang={lang}&year=2026&format={kind}")
    assert response.status_code == 200
    assert response.data


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("kind", ["", "csv", "pdf"])
def test_the_way_back_is_a_page_and_a_file(client: FlaskClient, kind: str) -> None:
    for of, said in (("5231.debit.flow", "5231/C-1"), ("5231.debit.flow....5231/C-1", "132")):
        query = {"year": 2026, "of": of, "lang": "en", "format": kind}
        response = client.get("/books/figure", query_string=query)
        assert response.status_code == 200
        assert kind == "pdf" or said in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "of",
    ["", "x", "5231", "5231.debit", "5231.debit.never", "5231.both.flow", "9.debit.flow",
     "4.credit.flow.red", "4.credit.flow.general.公1.C-1.4111/C-1.more", ".credit.flow",
     "4.credit.flow~x", "~", "4.credit.flow...C\x01",
     "4.credit.flow...c-1", "4.credit.flow....4111/C'1", "4.credit.flow....4111/C\x01"],
)  # fmt: skip
def test_no_statement_has_such_a_figure(client: FlaskClient, of: str) -> None:
    response = client.get("/books/figure", query_string={"of": of, "lang": "en"})
    assert response.status_code == 422


def test_an_account_that_was_never_opened_is_not_there(client: FlaskClient) -> None:
    response = client.get("/books/figure", query_string={"of": "4.credit.flow....4111/C-99"})
    assert response.status_code == 404


def test_a_figure_is_read_from_its_own_name() -> None:
    figure = Figure(year=2026, codes=("4", "5101"), programs=("公1", "法人"), fund="C-1")
    assert Figure.of(str(figure), year=2026) == figure
    assert figures.named(figures.name_of((figure, figure)), year=2026) == [figure, figure]


def test_a_long_account_is_shown_in_pages(house: Flask, client: FlaskClient) -> None:
    fund = make_fund(code="C-1")
    for number in range(130):
        make_gift(fund, amount=1_000 + number, on=date(2026, 5, 1))
    url = "/books/figure?year=2026&of=4111.credit.stock....4111%2FC-1&lang=en"
    page = client.get(url).get_data(as_text=True)
    assert "Brought forward" in page
    assert 'rel="next"' in page
    rows = read(house, breakdowns.breakdown, figure="4111.credit.stock....4111/C-1")
    assert len(rows) == 132
    assert properties.sum_of_lines(rows) == rows[-1].cells["amount"]


@pytest.mark.parametrize("slug", ["designated-ages", "fund-movements", "restricted-assets"])
def test_many_funds_stand_on_pages_and_the_file_has_them_all(
    house: Flask, client: FlaskClient, slug: str
) -> None:
    for number in range(101):
        make_gift(make_fund(code=f"C-{number:03}", name_ja=f"基金{number:03}"), on=LAST_DAY)
    url = f"/books/{slug}?year=2026&lang=ja"
    first = client.get(url).get_data(as_text=True)
    assert "基金099" in first
    assert "基金100" not in first
    assert "1,010,000" not in first, "the sum of all stands behind the last of them"
    later = re.search(r'rel="next" href="([^"]+)"', first)
    assert later is not None
    last = client.get(unescape(later[1])).get_data(as_text=True)
    assert "基金100" in last
    assert "基金099" not in last
    assert "1,010,000" in last
    whole = client.get(f"{url}&format=csv").get_data(as_text=True)
    assert all(f"基金{number:03}" in whole for number in range(101))


@pytest.mark.parametrize("book", STATEMENTS, ids=lambda book: book.slug)
def test_a_statement_costs_as_much_in_a_long_book(
    house: Flask, client: FlaskClient, book: object
) -> None:
    slug = getattr(book, "slug", "")
    url = f"/books/{slug}?year=2026&of=4.credit.flow"
    funds = [make_fund()]
    make_gift(funds[0], share=1, fee=1, on=date(2026, 5, 1))
    client.get(url)
    with counted() as few:
        client.get(url)
    for number in range(12):
        funds.append(make_fund())
        make_gift(funds[-1], share=1, fee=1, on=date(2015 + number, 5, 1))
    services.close_year(date(2025, 3, 31))
    with counted() as many:
        client.get(url)
    assert many.count == few.count


# A fault, and the check that must see it.
PLANTED = [
    (lines, "NET_ASSETS", ("31", "32", "39", "4"), properties.check_balance),
    (inventory, "LIABILITIES", balance_sheets.LIABILITIES[:1], properties.check_inventory),
    (balance_by_class, "OWNED", ("2", "3", "4"), properties.check_classes),
    (figures, "TAKEN_OVER", (), properties.check_activities),
    (old_standard, "ORDINARY_EXPENSE", without(("5",), "5231"), properties.check_2008),
]


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize(
    ("module", "name", "value", "check"), PLANTED, ids=[row[1] for row in PLANTED]
)
def test_a_planted_fault_is_found(
    house: Flask, monkeypatch: pytest.MonkeyPatch, module: object, name: str, value: object,
    check: object,
) -> None:  # fmt: skip
    assert callable(check)
    check(house, 2026)
    monkeypatch.setattr(module, name, value)
    with pytest.raises(AssertionError):
        check(house, 2026)


@pytest.mark.usefixtures("year")
def test_lost_spending_is_found(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    properties.check_funds(house, 2026)
    did = gift_queries._did

    def forgetful(codes: dict[str, int]) -> ages.YearOfFund:
        found = did(codes)
        return ages.YearOfFund(found.received, 0, found.taken_over)

    monkeypatch.setattr(gift_queries, "_did", forgetful)
    with pytest.raises(AssertionError):
        properties.check_funds(house, 2026)


@pytest.mark.usefixtures("year")
def test_lost_lines_are_found(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sum of the lines is not the figure when one of them is left out."""
    figure = "5231.debit.flow....5231/GENERAL"
    rows = read(house, breakdowns.breakdown, figure=figure)
    assert properties.sum_of_lines(rows) == rows[-1].cells["amount"] == 888
    of_account = statement_queries.of_account

    def but_one(account: object) -> list[object]:
        return [*of_account(account), JournalEntry.kind != "dispute_lost"]  # type: ignore[arg-type]

    monkeypatch.setattr(statement_queries, "of_account", but_one)
    rows = read(house, breakdowns.breakdown, figure=figure)
    assert properties.sum_of_lines(rows) != rows[-1].cells["amount"]


@pytest.mark.usefixtures("year")
def test_the_year_to_date_ends_today(house: Flask) -> None:
    with clock.at(datetime(2026, 12, 30, 3, tzinfo=UTC)):
        assert amounts(read(house, STATEMENTS[1].build))["当期収益費用差額"] == 0
    with clock.at(datetime(2026, 12, 31, 3, tzinfo=UTC)):
        assert amounts(read(house, STATEMENTS[1].build))["当期収益費用差額"] == 502_082
    assert all(url for _row, _column, _amount, url in linked(read(house, STATEMENTS[1].build)))
    assert clock.today() > LAST_DAY
