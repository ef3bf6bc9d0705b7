"""Pictures of the book: both sides are equal, nothing is left out, every sum leads to its rows."""

from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from civicfund.core import clock
from civicfund.core.db import transaction
from civicfund.core.money import yen
from civicfund.ledger import charts, posting_rules, services
from civicfund.ledger.chart import CHART
from civicfund.ledger.models import AccountKind
from civicfund.ledger.queries import LineResult
from civicfund.ledger.queries.months import RESULTS as RESULT_KINDS
from tests.browsing import words
from tests.factories.ledger import make_bank_balance, make_fund, make_gift

FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
LINES = [line for line in CHART.values() if line.code[0] in "45"]
RESULTS = st.lists(
    st.builds(
        LineResult,
        line=st.sampled_from(LINES),
        month=st.integers(0, 11).map(lambda n: date(2026 + (n + 3) // 12, (n + 3) % 12 + 1, 1)),
        amount=st.integers(-1_000_000, 1_000_000),
    ),
    max_size=60,
)


@pytest.fixture(scope="module", autouse=True)
def _addresses(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def _book_url(slug: str, **parameters: Any) -> str:
    return f"/books/{slug}?{parameters}"


def _total(results: list[LineResult], kind: AccountKind) -> int:
    return sum(result.amount for result in results if result.line.kind is kind)


@given(RESULTS)
def test_what_comes_is_what_goes(results: list[LineResult]) -> None:
    flow = charts.flow(results, FIRST, LAST, _book_url)
    if flow is None:
        assert not any(_by_code(results).values())
        return
    comes = [link for link in flow["links"] if link["target"] == "fund"]
    goes = [link for link in flow["links"] if link["source"] == "fund"]
    assert len(comes) + len(goes) == len(flow["links"])
    assert sum(link["amount"] for link in comes) == sum(link["amount"] for link in goes)
    assert all(link["amount"] > 0 and link["url"] for link in flow["links"])
    left = sum(link["amount"] for link in goes if link["target"] == "kept")
    over = sum(link["amount"] for link in comes if link["source"] == "before")
    income, spending = (_total(results, kind) for kind in RESULT_KINDS)
    assert left - over == income - spending
    drawn = {node["key"] for column in flow["columns"] for node in column}
    assert drawn == {link[end] for link in flow["links"] for end in ("source", "target")}


@given(RESULTS)
def test_every_line_stands_in_the_flow_once(results: list[LineResult]) -> None:
    flow = charts.flow(results, FIRST, LAST, _book_url) or {"links": []}
    lines = [link for link in flow["links"] if link["label"][:4] in CHART]
    told = {link["label"][:4]: link["amount"] for link in lines}
    sums = {code: abs(amount) for code, amount in _by_code(results).items() if amount}
    assert told == sums


def _by_code(results: list[LineResult]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for result in results:
        sums[result.line.code] = sums.get(result.line.code, 0) + result.amount
    return sums


@given(RESULTS, st.sampled_from([LAST, date(2028, 3, 31), date(2031, 3, 31)]))
def test_months_or_years_add_up_to_the_whole(results: list[LineResult], last: date) -> None:
    picture = charts.by_month(results, FIRST, last, _book_url)
    months = (last.year - FIRST.year) * 12
    assert len(picture["items"]) == (months if months <= 24 else months // 12)
    for series, kind in zip(("income", "spending"), RESULT_KINDS, strict=True):
        told = sum(item["amounts"][series] for item in picture["items"])
        assert told == _total(results, kind)


@pytest.fixture
def two_years(house: Flask) -> None:
    """Gifts in two fiscal years with a close between them, a grant and a refund."""
    with clock.at(clock.start_of(date(2027, 6, 1))), transaction():
        make_bank_balance(50_000, on=date(2026, 4, 1))
        fund = make_fund(code="C-1", name_ja="公園をつくる", name_en="Build a park")
        make_gift(fund, amount=10_000, share=1_500, fee=360, on=date(2026, 5, 1))
        services.post_entry(
            posting_rules.grant_awarded(yen(4_000), fund=fund),
            key="award", effective_on=date(2026, 6, 3),
        )  # fmt: skip
        services.close_year(LAST)
        make_gift(fund, amount=2_000, share=300, fee=72, on=date(2027, 4, 2))


def _shown(client: FlaskClient, query: str = "") -> str:
    return words(client.get(f"/ledger/flow?lang=en&{query}"))


@pytest.mark.usefixtures("two_years")
def test_the_whole_book_is_drawn_unless_days_are_asked_for(client: FlaskClient) -> None:
    with clock.at(clock.start_of(date(2027, 6, 1))):
        text = _shown(client)
        assert "From 1 April 2026 to 31 March 2028" in text
        assert "Gifts for projects¥10,200" in text.replace(" ¥", "¥")
        this = _shown(client, "year=2027")
        assert "¥1,700" in this
        assert "¥8,500" not in this
        assert "Grants to groups" not in this


@pytest.mark.usefixtures("two_years")
def test_days_count_before_the_year(client: FlaskClient) -> None:
    with clock.at(clock.start_of(date(2027, 6, 1))):
        text = _shown(client, "year=2027&from=2026-05-01&to=2026-05-31")
    assert "From 1 May 2026 to 31 May 2026" in text
    assert "¥8,500" in text
    assert "Grants to groups" not in text


@pytest.mark.parametrize(
    "query", ["year=1999", "year=x", "from=2026-13-01", "from=2026-05-02&to=2026-05-01"]
)
def test_nonsense_is_refused_with_words(client: FlaskClient, query: str) -> None:
    response = client.get(f"/ledger/flow?lang=en&{query}")
    assert response.status_code == 422
    assert "error-summary" in response.get_data(as_text=True)


@pytest.mark.usefixtures("two_years")
def test_days_without_money_say_so(client: FlaskClient) -> None:
    with clock.at(clock.start_of(date(2027, 6, 1))):
        assert "No money in these days" in _shown(client, "from=2026-07-01&to=2026-07-31")


@pytest.mark.usefixtures("two_years")
@pytest.mark.parametrize("path", ["/ledger", "/ledger/flow"])
def test_every_number_of_the_tables_leads_to_its_rows(client: FlaskClient, path: str) -> None:
    with clock.at(clock.start_of(date(2027, 6, 1))):
        page = client.get(f"{path}?lang=en").get_data(as_text=True)
        links = {
            unescape(part.partition('"')[0])
            for part in page.split('href="')[1:]
            if part.startswith(("/books/general-ledger", "/books/monthly", "/books/designated"))
        }
        assert links
        for link in links:
            assert client.get(link).status_code == 200, link
        assert page.count('role="img"') == page.count("<title id=") == page.count("<desc id=")
