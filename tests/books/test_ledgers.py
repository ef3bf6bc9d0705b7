"""総勘定元帳 and 試算表: every sum is that of the lines, and each figure leads to them."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civicfund.books import catalogue
from civicfund.books.asking import Asked
from civicfund.books.documents import Document, Row
from civicfund.books.places import Place
from civicfund.books.queries import lines as line_queries
from civicfund.core.db import transaction
from civicfund.ledger import queries, services
from civicfund.ledger.rows import PUBLIC
from tests.books.random_book import DAYS, DEEDS, Deed, booked
from tests.books.test_views import rows_of
from tests.browsing import markup, words
from tests.factories.ledger import make_fund, make_gift

EXAMPLES = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def asking(house: Flask) -> Iterator[Any]:
    """Build a book as a request would."""

    def build(slug: str, first: date, last: date, **more: Any) -> Document:
        book = catalogue.book_by_slug(slug, with_names=False)
        assert book is not None
        asked = {"room": "books", "reader": PUBLIC, "day": last, "year": 2026, "is_whole": True}
        return book.build(Asked(**(asked | {"first": first, "last": last} | more)))

    with house.test_request_context("/?lang=en"):
        yield build


def rows(document: Document) -> list[Row]:
    return [row for section in document.sections for row in section.rows]


def total(rows: list[Row], column: str) -> int:
    return sum(int(str(row.cells.get(column) or 0)) for row in rows)


@given(DEEDS, DAYS, DAYS, st.booleans())
@EXAMPLES
def test_the_trial_balance_is_the_book(
    asking: Any, deeds: list[Deed], one: date, other: date, before: bool
) -> None:
    first, last = sorted((one, other))
    with booked(deeds):
        found = rows(asking("trial-balance", first, last, is_before_closing=before))
        lines = [row for row in found if row.kind == "line"]
        for debit, credit in (
            ("opening_debit", "opening_credit"), ("debits", "credits"),
            ("closing_debit", "closing_credit"),
        ):  # fmt: skip
            assert total(lines, debit) == total(lines, credit), "both sides are equal"
            assert found[-1].cells.get(debit, 0) == total(lines, debit)
        for row in lines:
            opening, moved, closing = (
                total([row], debit) - total([row], credit)
                for debit, credit in (
                    ("opening_debit", "opening_credit"), ("debits", "credits"),
                    ("closing_debit", "closing_credit"),
                )
            )  # fmt: skip
            assert opening + moved == closing
        if not before:
            book = queries.trial_balance(on=last)
            assert {row.cells["code"]: total([row], "closing_debit") for row in lines
                    if row.cells["closing_debit"]} == {
                line.code: line.debit_balance for line in book.lines if line.debit_balance
            }  # fmt: skip


@given(DEEDS, DAYS, DAYS, st.booleans())
@EXAMPLES
def test_the_general_ledger_is_the_trial_balance(
    asking: Any, deeds: list[Deed], one: date, other: date, before: bool
) -> None:
    first, last = sorted((one, other))
    with booked(deeds):
        trial = rows(asking("trial-balance", first, last, is_before_closing=before))
        for row in (row for row in trial if row.kind == "line"):
            code = str(row.cells["code"])
            ledger = rows(
                asking("general-ledger", first, last, account=code, is_before_closing=before)
            )
            lines = [line for line in ledger if line.kind == "line"]
            assert total(lines, "debit") == row.cells["debits"]
            assert total(lines, "credit") == row.cells["credits"]
            sign = 1 if code[0] in "15" else -1
            opening, closing = ledger[0].cells["balance"], ledger[-1].cells["balance"]
            assert opening == sign * (
                total([row], "opening_debit") - total([row], "opening_credit")
            )
            assert closing == sign * (
                total([row], "closing_debit") - total([row], "closing_credit")
            )
            months = [r for r in ledger if r.kind == "subtotal" and "debit" in r.cells][:-1]
            assert total(months, "debit") == row.cells["debits"], "月計"


@given(DEEDS, st.integers(1, 3), st.sampled_from(["1131", "1131/GENERAL", "3190", "2121"]))
@EXAMPLES
def test_the_pages_of_a_ledger_say_what_the_whole_says(
    asking: Any, deeds: list[Deed], size: int, account: str
) -> None:
    first, last = date(2026, 2, 10), date(2027, 2, 10)
    with booked(deeds), pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_queries, "PER_PAGE", size)
        asked: dict[str, Any] = {"account": account}
        whole = rows(asking("general-ledger", first, last, **asked))
        document = asking("general-ledger", first, last, is_whole=False, **asked)
        pages = [rows(document)]
        while document.later:
            after = Place.of(document.later)
            document = asking("general-ledger", first, last, is_whole=False, after=after, **asked)
            pages.append(rows(document))
        carried = [(page[-1].cells["balance"], after[0].cells["balance"])
                   for page, after in pairwise(pages)]  # fmt: skip
        assert all(to == of for to, of in carried), "次頁へ繰越 is 前頁より繰越"
        shown = [
            row.cells
            for number, page in enumerate(pages)
            for place, row in enumerate(page)
            if not (number and place == 0) and not (number < len(pages) - 1 and row is page[-1])
        ]
        assert shown == [row.cells for row in whole]
        back = [rows(document)]
        while document.earlier:
            before = Place.of(document.earlier)
            document = asking("general-ledger", first, last, is_whole=False, before=before, **asked)
            back.insert(0, rows(document))
        assert back[0][0].cells == whole[0].cells
        assert sum(len([r for r in page if r.kind == "line"]) for page in back) == len(
            [r for r in whole if r.kind == "line"]
        )


@given(DEEDS, st.booleans())
@EXAMPLES
def test_months_side_by_side_are_the_months_one_by_one(
    asking: Any, deeds: list[Deed], before: bool
) -> None:
    first, last = date(2026, 4, 1), date(2027, 3, 31)
    with booked(deeds):
        more: dict[str, Any] = {"is_before_closing": before}
        course = {
            row.cells["code"]: row.cells
            for row in rows(asking("monthly-trial-balance", first, last, **more))
            if row.kind == "line"
        }
        june = rows(asking("trial-balance", date(2026, 6, 1), date(2026, 6, 30), **more))
        for row in (row for row in june if row.kind == "line"):
            code = str(row.cells["code"])
            sign = 1 if code[0] in "15" else -1
            moved = sign * (total([row], "debits") - total([row], "credits"))
            stands = sign * (total([row], "closing_debit") - total([row], "closing_credit"))
            assert course[code]["2026-06"] == (moved if code[0] in "45" else stands)


@pytest.fixture
def two_years(house: Flask) -> None:
    with transaction():
        fund = make_fund(code="C-1", name_ja="公園をつくる", name_en="Build a park")
        for on in (date(2026, 3, 1), date(2026, 5, 1), date(2026, 5, 9), date(2026, 6, 2)):
            make_gift(fund, amount=10_000, share=1_500, fee=360, on=on)
        services.close_year(date(2026, 3, 31))


@pytest.mark.usefixtures("two_years")
@pytest.mark.parametrize("more", ["", "&month=5", "&fund=C-1", "&before_closing=y"])
@pytest.mark.parametrize("year", [2025, 2026])
def test_each_figure_of_the_trial_balance_leads_to_its_lines(
    client: FlaskClient, year: int, more: str
) -> None:
    page = markup(client.get(f"/books/trial-balance?lang=en&year={year}{more}"))
    links = re.findall(r'<td class="table__cell--number"><a href="([^"]+)">([\d,]+)</a>', page)
    assert bool(links) == ("month" not in more or year == 2026)
    for url, figure in links:
        lines = rows_of(client.get(f"{url}&lang=en&format=csv"))
        booked = [line for line in lines if line["Entry no."]]
        sums = {str(sum(int(line[side] or 0) for line in booked)) for side in ("Debit", "Credit")}
        stands = {lines[0]["Balance"].lstrip("-"), lines[-1]["Balance"].lstrip("-")}
        assert figure.replace(",", "") in sums | stands


@pytest.mark.usefixtures("two_years")
@pytest.mark.parametrize("more", ["", "&before_closing=y"])
@pytest.mark.parametrize("year", [2025, 2026])
def test_each_figure_of_the_months_leads_to_its_lines(
    client: FlaskClient, year: int, more: str
) -> None:
    page = markup(client.get(f"/books/monthly-trial-balance?lang=en&year={year}{more}"))
    links = re.findall(r'<td class="table__cell--number"><a href="([^"]+)">(−?[\d,]+)</a>', page)
    assert links
    for url, figure in set(links):
        lines = rows_of(client.get(f"{url}&lang=en&format=csv"))
        booked = [line for line in lines if line["Entry no."]]
        code = re.search(r"account=(\d+)", url)
        assert code is not None
        sign = 1 if code.group(1)[0] in "15" else -1
        moved = sign * sum(int(line["Debit"] or 0) - int(line["Credit"] or 0) for line in booked)
        stands = {lines[0]["Balance"], lines[-1]["Balance"]}
        assert figure.replace(",", "").replace("−", "-") in {str(moved), *stands}


@pytest.mark.usefixtures("two_years")
def test_a_ledger_reads_as_accountants_write_it(client: FlaskClient) -> None:
    page = client.get("/books/general-ledger?lang=ja&account=1131&from=2026-04-01&to=2027-03-31")
    text = words(page)
    for name in (
        "前期繰越",
        "2026年5月計",
        "2026年6月計",
        "期間合計",
        "次期繰越",
        "相手科目",
        "残高",
    ):
        assert name in text, name
    # 9,640 of March brought forward; 3 × 9,640 more.
    assert "9,640" in text
    assert "38,560" in text


@pytest.mark.usefixtures("two_years")
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("general-ledger?account=9999", "There is no such account in the book."),
        ("general-ledger?account=1131/NOTHING", "There is no such account in the book."),
        ("general-ledger?fund=NOTHING", "There is no fund with this code."),
        ("general-ledger?account=" + "1" * 51, "50"),
        ("trial-balance?year=abc", "Invalid Choice"),
        ("trial-balance?year=1066", "Not a valid choice"),
        ("trial-balance?month=13", "Not a valid choice"),
        ("monthly-trial-balance?year=", "Invalid Choice"),
    ],
)
def test_nonsense_is_refused_with_words(client: FlaskClient, path: str, said: str) -> None:
    response = client.get(f"/books/{path}&lang=en")
    assert response.status_code == 422
    assert said in words(response)


@pytest.mark.usefixtures("two_years")
def test_a_refusal_of_the_library_speaks_the_reader_s_language(client: FlaskClient) -> None:
    answer = client.get("/books/trial-balance?month=13&lang=ja")
    assert answer.status_code == 422
    assert "選択肢が正しくありません。" in words(answer)


@pytest.mark.usefixtures("two_years")
def test_the_whole_general_ledger_is_one_file(client: FlaskClient) -> None:
    text = client.get("/books/general-ledger?lang=en&from=2026-04-01&format=csv").get_data(
        as_text=True
    )
    for title in ("1131 Receivable from payment provider", "4111 Project-designated gifts"):
        assert title in text
