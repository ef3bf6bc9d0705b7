"""Whole files have a limit for each person and each address; pages and other people go on."""

import ast
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import RateLimitItem, parse_many

from civicfund.books.catalogue import shelves
from civicfund.core.db import transaction
from civicfund.web import limits
from tests.browsing import send, words
from tests.factories.identity import make_user, sign_in
from tests.factories.ledger import make_fund, make_gift

ROOT = Path(__file__).resolve().parent.parent.parent
AS_THEY_ARE = {name: getattr(limits, name) for name in ("FILES_OF_PERSON", "FILES_OF_ADDRESS")}
PUBLIC = [
    "/books/journal?format=csv", "/ledger/entries?download=csv", "/ledger/funds?download=csv",
    "/ledger/trial-balance?download=csv", "/books/trial-balance?format=pdf",
]  # fmt: skip
OFFICE = [
    "/desk/gifts.csv", "/desk/books/journal?format=csv", "/desk/evidence/papers?download=csv",
    "/desk/evidence?download=csv",
]  # fmt: skip
# One small paper or proof: kept as it is, or with a limit of its own; and what a counter calls.
UNCOUNTED = {
    "civicfund/books/evidence/views/papers.py download",
    "civicfund/grants/views/evidence.py _send",
    "civicfund/ledger/views/log.py proof_file",
    "civicfund/closing/views/months.py certificate",
    "civicfund/books/pdf.py _download",
    "civicfund/web/stored_files.py attachment",
}


@pytest.fixture(autouse=True)
def _three_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in AS_THEY_ARE:
        monkeypatch.setattr(limits, name, parse_many("3 per hour"))


@pytest.fixture
def visitor(counting_browser: FlaskClient) -> FlaskClient:
    """Somebody who is not signed in, in a house with something in its book."""
    with transaction():
        make_gift(make_fund())
    return counting_browser


@pytest.mark.parametrize("last", PUBLIC)
def test_the_public_takes_some_files_and_reads_all_pages(visitor: FlaskClient, last: str) -> None:
    for path in ("/ledger/entries?download=csv", "/books/journal?format=csv") * 2:
        visitor.get(path)
    refused = visitor.get(last)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert visitor.get(last.partition("?")[0]).status_code == 200


def test_the_refusal_says_what_to_do(visitor: FlaskClient) -> None:
    path = "/ledger/entries?download=csv"
    answers = [visitor.get(path).status_code for _ in range(4)]
    assert answers == [200] * 3 + [429]
    in_japanese = words(visitor.get(path, headers={"Accept-Language": "ja"}))
    assert "約60分後にまたダウンロードできます" in in_japanese
    in_english = words(visitor.get(path, headers={"Accept-Language": "en"}))
    assert "More can be taken in about 60 min" in in_english
    told = visitor.get(path, headers={"Accept": "application/problem+json"})
    assert told.get_json()["type"] == "urn:civicfund:problem:too-many-files"


@pytest.mark.parametrize("last", OFFICE)
def test_each_person_has_an_own_allowance(visitor: FlaskClient, last: str) -> None:
    for _ in range(4):
        visitor.get("/ledger/entries?download=csv")
    for person in (make_user(roles=("staff",)), make_user(roles=("staff",))):
        sign_in(visitor, person)
        answers = [visitor.get(path).status_code for path in (last, last, OFFICE[0], last)]
        assert answers == [200] * 3 + [429]


def test_an_export_of_the_book_counts(visitor: FlaskClient) -> None:
    sign_in(visitor, make_user(roles=("auditor",)))
    answers = [send(visitor, "/desk/audit/exports", format="csv").status_code for _ in range(4)]
    assert answers == [200] * 3 + [429]


def test_a_file_is_counted_once(visitor: FlaskClient) -> None:
    """Where its address says that it is one, and where it is begun: together once."""
    assert [visitor.get(PUBLIC[-1]).status_code for _ in range(4)] == [200] * 3 + [429]


def test_an_auditor_takes_every_book_of_a_year_month_by_month(app: Flask) -> None:
    """As CSV and as PDF within the hour; anybody at all takes every public book once."""
    with app.app_context():
        mine, public = (
            sum(len(books) for _group, books in shelves(with_names=with_names))
            for with_names in (True, False)
        )
    assert mine >= public > 10
    assert _an_hour(AS_THEY_ARE["FILES_OF_PERSON"]) >= 12 * 2 * mine
    assert _an_hour(AS_THEY_ARE["FILES_OF_ADDRESS"]) >= 2 * public


def _an_hour(allowed: list[RateLimitItem]) -> int:
    return min(limit.amount * 3600 // limit.get_expiry() for limit in allowed)


def starting_files(code: str) -> list[str]:
    """The functions that answer with something to save, and count it not."""
    return [
        function.name
        for function in ast.walk(ast.parse(code))
        if isinstance(function, ast.FunctionDef)
        and "Content-Disposition" in (text := ast.unparse(function))
        and "attachment" in text
        and "count_file()" not in text
    ]


def test_every_whole_file_is_counted() -> None:
    found = {
        f"{file.relative_to(ROOT)} {name}"
        for file in (ROOT / "civicfund").rglob("*.py")
        for name in starting_files(file.read_text(encoding="utf-8"))
    }
    assert found == UNCOUNTED


def test_a_file_that_nobody_counts_is_found() -> None:
    planted = """
def show():
    response.headers["Content-Disposition"] = "attachment; filename=all.csv"
"""
    assert starting_files(planted) == ["show"]
    assert starting_files(planted.replace("def show():", "def show():\n    count_file()")) == []
