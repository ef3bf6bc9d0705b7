"""The public book's pages: right numbers, links to the rows, never a hidden name."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.core.db import transaction
from civicfund.core.money import yen
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from tests.browsing import words
from tests.factories.ledger import make_bank_balance, make_fund, make_gift
from tests.statements import counted

HIDDEN = "隠岐 かくれ"


@pytest.fixture
def book(house: Flask) -> dict[str, int]:
    """A hidden gift, a named one, an award with a payment, a reversal; by name."""
    with transaction():
        general = queries.general_fund()
        fund = make_fund(code="C-1", name_ja="公園をつくる", name_en="Build a park")
        ids: dict[str, int] = {}
        for key, amount, public_name, full_name in (
            ("hidden", 10_000, None, HIDDEN),
            ("named", 3_000, "タロウ", "鈴木 太郎"),
        ):
            party = services.party(
                kind="donation", ref=key, public_name=public_name, full_name=full_name
            )
            draft = rules.donation_received(
                yen(amount), operating_share=yen(amount * 15 // 100), fee=yen(36), fund=fund,
                general=general,
            )  # fmt: skip
            ids[key] = services.post_entry(
                draft, key=f"donation/{key}", party=party, effective_on=date(2026, 5, 1)
            ).id
        ids["bank"] = make_bank_balance(50_000, on=date(2026, 5, 2)).id
        award = rules.grant_awarded(yen(9_000), fund=fund)
        ids["award"] = services.post_entry(award, key="award", effective_on=date(2026, 5, 3)).id
        paid = rules.grant_instalment_paid(yen(8_000), fund=fund, general=general)
        ids["paid"] = services.post_entry(paid, key="paid", effective_on=date(2026, 5, 4)).id
        wrong = make_gift(fund, amount=777, on=date(2026, 5, 5))
        ids["wrong"] = wrong.id
        ids["reversal"] = services.reverse_entry(
            wrong.id, key="undo", reason=f"{HIDDEN} の分を誤って記帳", effective_on=date(2026, 5, 6)
        ).id
    return ids


PAGES = [
    "/ledger",
    "/ledger/flow",
    "/ledger/entries",
    "/ledger/funds",
    "/ledger/funds/C-1",
    "/ledger/funds/GENERAL",
    "/ledger/accounts/1131",
    "/ledger/accounts/4111/C-1",
    "/ledger/accounts/1131/GENERAL",
    "/ledger/trial-balance",
    "/ledger/trial-balance?on=2026-05-01",
]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_everybody_and_hide_names(client: FlaskClient, path: str, lang: str) -> None:
    response = client.get(path, query_string={"lang": lang} if "?" not in path else None)
    assert response.status_code == 200
    text = response.get_data(as_text=True)
    assert HIDDEN not in text
    assert "鈴木" not in text


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    "path", [path for path in PAGES if path not in {"/ledger", "/ledger/flow"}]
)
def test_every_table_is_a_csv_too(client: FlaskClient, path: str) -> None:
    page = client.get(path).get_data(as_text=True)
    assert "download=csv" in page
    response = client.get(path + ("&" if "?" in path else "?") + "download=csv")
    assert response.content_type == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    body = response.get_data(as_text=True)
    assert body.startswith("\ufeff")
    assert body.count("\n") >= 2
    assert HIDDEN not in body


def test_the_front_page_says_what_the_fund_has(client: FlaskClient, book: dict[str, int]) -> None:
    text = words(client.get("/ledger?lang=en"))
    # 13,000 - 72 with the provider, 42,000 in the bank.
    assert "All that is there ¥54,928" in text
    assert "Promised to groups ¥1,000" in text
    assert "For decided purposes ¥1,978" in text
    assert "Free to use ¥51,950" in text
    row = "Build a park¥13,000¥9,000¥1,978¥1,950¥0"
    assert row.replace(" ", "") in text.replace(" ", "")
    assert "Not shown" in text
    assert "タロウ" in text


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("from=2026-05-02&to=2026-05-04", ["bank", "award", "paid"], ["hidden", "reversal"]),
        ("min=9,000&max=１００００", ["hidden", "award"], ["named", "paid"]),
        ("party=たろう", ["named"], ["hidden", "award"]),
        ("party=隠岐", [], ["hidden"]),
        ("fund=c-1&min=8000", ["hidden", "award", "paid"], ["bank", "named"]),
    ],
)
def test_entries_are_searched(
    client: FlaskClient, book: dict[str, int], query: str, found: list[str], missing: list[str]
) -> None:
    page = client.get(f"/ledger/entries?{query}").get_data(as_text=True)
    for name in found:
        assert f'/ledger/entries/id/{book[name]}"' in page, name
    for name in missing:
        assert f'/ledger/entries/id/{book[name]}"' not in page, name


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-13-01", "Enter a day as year, month and day"),
        ("from=2026-05-02&to=2026-05-01", "The last day is before the first day."),
        ("min=5&max=4", "The highest amount is below the lowest."),
        ("min=-1", "at least 0 yen"),
        ("min=abc", "whole number of yen"),
        ("party=" + "x" * 101, "100"),
    ],
)
def test_a_search_that_cannot_be_read_says_why(client: FlaskClient, query: str, said: str) -> None:
    response = client.get(f"/ledger/entries?lang=en&{query}")
    assert response.status_code == 422
    assert said in words(response)


def test_an_entry_leads_to_its_accounts_and_its_reversal(
    client: FlaskClient, book: dict[str, int]
) -> None:
    page = client.get(f"/ledger/entries/id/{book['wrong']}?lang=en")
    assert "This entry was reversed" in words(page)
    assert f"/ledger/entries/id/{book['reversal']}" in page.get_data(as_text=True)
    undo = client.get(f"/ledger/entries/id/{book['reversal']}?lang=en")
    assert "This entry undoes another" in words(undo)
    assert HIDDEN not in undo.get_data(as_text=True)
    gift = client.get(f"/ledger/entries/id/{book['hidden']}?lang=en").get_data(as_text=True)
    assert "/ledger/accounts/1131/GENERAL" in gift
    assert "/ledger/accounts/4111/C-1" in gift
    # The key may carry a number that belongs to the donor.
    assert "donation/hidden" not in gift


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    "path",
    [
        "/ledger/entries/999999999",
        "/ledger/entries/99999999999999999999",
        "/ledger/funds/C-99",
        "/ledger/accounts/9999",
        "/ledger/accounts/1131/C-99",
    ],
)
def test_what_does_not_exist(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("cursor", ["x", "1.x", "9" * 30, "9" * 30 + ".1"])
def test_a_mangled_cursor_is_the_first_page(client: FlaskClient, cursor: str) -> None:
    assert client.get(f"/ledger/accounts/1131/GENERAL?older={cursor}").status_code == 200
    assert client.get(f"/ledger/entries?older={cursor}").status_code == 200


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("path", ["/ledger", "/ledger/flow", "/ledger/entries", "/ledger/funds",
                                  "/ledger/accounts/1131", "/ledger/trial-balance"])  # fmt: skip
def test_an_empty_book_has_pages_too(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_nothing_booked_is_not_nothing_found(client: FlaskClient) -> None:
    assert "Nothing has been booked yet" in words(client.get("/ledger/entries?lang=en"))
    assert "Nothing found" in words(client.get("/ledger/entries?min=1&lang=en"))


@pytest.mark.usefixtures("book")
def test_the_past_is_shown_as_it_was(client: FlaskClient) -> None:
    text = words(client.get("/ledger/trial-balance?on=2026-05-01&lang=en"))
    assert "At the end of 1 May 2026" in text
    assert "1112" not in text
    nonsense = client.get("/ledger/trial-balance?on=yesterday&lang=en")
    assert "As of now" in words(nonsense)


LISTS: list[tuple[str, int]] = [
    ("/ledger", 12),
    ("/ledger/entries", 6),
    ("/ledger/funds", 3),
    ("/ledger/funds/C-1", 10),
    ("/ledger/accounts/1131", 3),
    ("/ledger/accounts/1131/GENERAL", 8),
    ("/api/v1/ledger/entries", 6),
    ("/api/v1/ledger/balances", 4),
]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(("path", "at_most"), LISTS)
def test_a_list_costs_the_same_however_long(client: FlaskClient, path: str, at_most: int) -> None:
    def cost() -> int:
        with counted() as statements:
            assert client.get(path).status_code == 200
        return statements.count

    before = cost()
    with transaction():
        for number in range(8):
            make_gift(make_fund(code=f"M-{number}"), amount=1_000 + number, share=150)
    assert cost() == before
    assert before <= at_most


def follow(client: FlaskClient, path: str, next_path: Callable[[str], str | None]) -> list[str]:
    """Every page from `path` on."""
    pages = []
    while path:
        pages.append(client.get(path).get_data(as_text=True))
        path = next_path(pages[-1]) or ""
    return pages


def test_pages_of_entries_lead_on(client: FlaskClient, house: Flask) -> None:
    with transaction():
        fund = make_fund(code="C-1")
        for number in range(30):
            make_gift(fund, amount=1_000 + number)

    def older(page: str) -> str | None:
        mark = 'rel="next" href="'
        if mark not in page:
            return None
        return page.split(mark)[1].split('"', maxsplit=1)[0].replace("&amp;", "&")

    pages = follow(client, "/ledger/entries?fund=C-1", older)
    assert len(pages) == 2
    assert sum(page.count("/ledger/entries/") for page in pages) == 30
    assert 'rel="prev"' in pages[1]
    with transaction():
        for number in range(30):
            make_gift(fund, amount=5_000 + number)
    lines = follow(client, "/ledger/accounts/4111/C-1", older)
    assert len(lines) == 2
