"""Nonsense in the address of any page of the book is answered: never a failure, always words."""

import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from civicfund.core.db import db
from tests.books.conftest import book
from tests.browsing import words
from tests.factories.identity import make_user, sign_in

__all__ = ["book"]

BLUEPRINTS = {
    "audit", "books", "closing", "desk_books", "electronic_books", "evidence", "ledger",
    "ledger_api",
}  # fmt: skip
IN_THE_PATH = (
    "0", "-1", "9" * 18, "9" * 30, "9" * 5000, "２０２６", "²", "a\x00b", "x" * 3000, "%", "..",
    "'\"><script>", "2026-05", "2026-13", "9999-12", "0001-01", "0000-01", "9999", "1131",
    "1131/GENERAL", "1131/NOBODY", "GENERAL", "accounts", "journal", "general-ledger",
    "activities", "000", "x001/000", "000.p/1", "000.p/0",
)  # fmt: skip
DAYS = ("0001-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "0", "\x00", "２０２６年５月１日")
NUMBERS = (
    "0",
    "-1",
    "9" * 18,
    "9" * 19,
    "9" * 30,
    "9" * 5000,
    "0" * 30 + "9" * 30,
    "²",
    "\x00",
    "x",
)
TEXTS = ("\x00", "x" * 5000, "%_\\", "'\"><script>alert(1)</script>", "\u202e")
ASKED = {
    **dict.fromkeys(("from", "to", "on"), DAYS),
    **dict.fromkeys(("year", "month", "page", "older", "newer", "min", "max", "size"), NUMBERS),
    **dict.fromkeys(("after", "before", "party"), (*NUMBERS, "9999-12-31.1.1", "2026-05-01.9.9")),
    **dict.fromkeys(("fund", "account", "kind", "of", "q", "seed", "actor", "deed"), TEXTS),
    **dict.fromkeys(("subject", "campaign", "grant", "name", "format", "download"), TEXTS),
}
# An address of each page that is there, whatever else is asked of it.
REAL = {
    "<slug>": "general-ledger",
    "accounts/<path:code>": "accounts/1131/GENERAL",
    "<code>": "GENERAL",
    "masters/<name>": "masters/parties",
    "<name>": "2026-05",
    "<month>": "2026-05",
}


def rules_of(house: Flask) -> list[Rule]:
    """Every page of the book that is read."""
    return [
        rule
        for rule in house.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.split(".")[0] in BLUEPRINTS
    ]


def path_of(rule: Rule) -> str:
    """An address of this page at which something is."""
    path = rule.rule
    for hole, real in REAL.items():
        path = path.replace(hole, real)
    return re.sub(r"<[^>]+>", "1", path)


def answered(client: FlaskClient, path: str, **asked: str) -> str | None:
    """What is wrong with the answer: a failure, or a refusal that says nothing."""
    shown = f"{path[:60]} { ({key: value[:30] for key, value in asked.items()}) }"
    try:
        answer = client.get(path, query_string=asked)
        body = answer.get_data(as_text=True)
    except Exception as failure:  # noqa: BLE001  # whatever it is: in production a page that failed
        db.session.rollback()
        return f"{shown}: {type(failure).__name__}: {failure}"
    if answer.status_code >= 500:
        return f"{shown}: {answer.status_code}"
    if answer.status_code >= 400 and not (answer.is_json or words(answer).strip() or body):
        return f"{shown}: {answer.status_code} without a word"
    return None


@pytest.fixture
def reader(house: Flask, client: FlaskClient, book: dict[str, int]) -> FlaskClient:
    """Somebody who may read all of it."""
    sign_in(client, make_user(roles=("staff", "approver", "auditor")))
    return client


def test_in_the_path(house: Flask, reader: FlaskClient) -> None:
    wrong = []
    for rule in rules_of(house):
        if "<" not in rule.rule:
            continue
        for value in IN_THE_PATH:
            path = re.sub(r"<[^>]+>", lambda _, value=value: quote(value), rule.rule)
            wrong.append(answered(reader, path))
    found = [one for one in wrong if one]
    assert not found, "\n".join(found)


PAGES = st.integers(0, 10**6)
ASKINGS = st.dictionaries(
    st.sampled_from(sorted(ASKED)), st.integers(0, 20), min_size=1, max_size=3
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(page=PAGES, asking=ASKINGS)
def test_in_what_is_asked(
    house: Flask, reader: FlaskClient, page: int, asking: dict[str, int]
) -> None:
    rules = rules_of(house)
    asked = {name: ASKED[name][value % len(ASKED[name])] for name, value in asking.items()}
    assert answered(reader, path_of(rules[page % len(rules)]), **asked) is None


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/ledger/consistency", {"from": "0" * 5000}),
        ("/desk/audit/log", {"from": "0001-01-01"}),
        ("/desk/audit/log", {"to": "9999-12-31"}),
        ("/desk/evidence/months/9999-12", {}),
        ("/books/general-ledger", {"account": "\x00"}),
    ],
)
def test_what_once_failed(reader: FlaskClient, path: str, asked: dict[str, str]) -> None:
    assert answered(reader, path, **asked) is None
