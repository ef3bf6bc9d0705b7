"""The JSON twin of the public book."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.core.db import transaction
from civicfund.ledger import services
from tests.factories.ledger import make_bank_balance, make_fund, make_gift, seal_all


@pytest.fixture
def entries(house: Flask) -> list[int]:
    with transaction():
        fund = make_fund(code="C-1")
        gifts = [make_gift(fund, amount=n * 1_000, share=n * 150, on=date(2026, 5, n))
                 for n in (1, 2, 3)]  # fmt: skip
        wrong = services.reverse_entry(gifts[0].id, key="undo", reason="秘密の理由")
        bank = make_bank_balance(5_000, on=date(2026, 5, 4))
    seal_all()
    return [*(gift.id for gift in gifts), wrong.id, bank.id]


def test_entries_come_oldest_first_page_by_page(client: FlaskClient, entries: list[int]) -> None:
    read: list[int] = []
    after: int | None = 0
    while after is not None:
        answer = client.get(f"/api/v1/ledger/entries?after={after}&limit=2").get_json()
        read += [item["id"] for item in answer["items"]]
        after = answer["next_after"]
    assert read == entries


def test_whoever_follows_the_book_misses_no_entry(client: FlaskClient, entries: list[int]) -> None:
    """An entry that is not sealed yet may still get a smaller one before it."""
    with transaction():
        later = make_gift(make_fund(code="C-2"))
    path = f"/api/v1/ledger/entries?after={entries[-1]}"
    assert client.get(path).get_json()["items"] == []
    seal_all()
    [item] = client.get(path).get_json()["items"]
    assert (item["id"], item["number"]) == (later.id, len(entries) + 1)


def test_an_entry_says_what_moved(client: FlaskClient, entries: list[int]) -> None:
    answer = client.get("/api/v1/ledger/entries?from=2026-05-02&to=2026-05-02").get_json()
    [entry] = answer["items"]
    assert entry["id"] == entries[1]
    assert entry["url"].endswith("/ledger/entries/2")
    assert (entry["kind"], entry["amount"], entry["fund"]) == ("donation_received", 2_000, "C-1")
    assert entry["party"] is None
    assert entry["lines"] == [
        {"line": 1, "debit": "1131/GENERAL", "credit": "4111/C-1", "amount": 1_700},
        {"line": 2, "debit": "1131/GENERAL", "credit": "4191/C-1", "amount": 300},
    ]


def test_a_reason_and_a_key_stay_inside(client: FlaskClient, entries: list[int]) -> None:
    body = client.get("/api/v1/ledger/entries").get_data(as_text=True)
    assert "秘密の理由" not in body
    assert "undo" not in body
    assert f'"reverses":{entries[0]}' in body.replace(" ", "")


@pytest.mark.parametrize(
    ("query", "count"),
    [("min=3000&max=3000", 1), ("fund=C-1", 4), ("fund=C-2", 0), ("party=x", 0)],
)
@pytest.mark.usefixtures("entries")
def test_entries_are_filtered(client: FlaskClient, query: str, count: int) -> None:
    assert len(client.get(f"/api/v1/ledger/entries?{query}").get_json()["items"]) == count


@pytest.mark.parametrize(
    "query", ["from=x", "min=-1", "min=2&max=1", "from=2026-02-02&to=2026-02-01", "after=-1",
              "limit=0", "limit=501", f"after={2**63}"],
)  # fmt: skip
def test_bad_queries_are_problems(client: FlaskClient, query: str) -> None:
    response = client.get(f"/api/v1/ledger/entries?{query}")
    assert response.status_code == 422
    assert response.content_type == "application/problem+json"


@pytest.mark.usefixtures("entries")
def test_balances_now_and_then(client: FlaskClient) -> None:
    now = client.get("/api/v1/ledger/balances").get_json()
    assert now["on"] is None
    campaign = next(fund for fund in now["funds"] if fund["code"] == "C-1")
    assert (campaign["received"], campaign["designated"], campaign["general"]) == (
        5_000, 4_250, 750,
    )  # fmt: skip
    accounts = {account["code"]: account["balance"] for account in now["accounts"]}
    assert accounts["1112/GENERAL"] == 5_000
    assert accounts["4111/C-1"] == 4_250

    then = client.get("/api/v1/ledger/balances?on=2026-05-01").get_json()
    assert then["on"] == "2026-05-01"
    assert {a["code"]: a["balance"] for a in then["accounts"] if a["balance"]} == {
        "1131/GENERAL": 1_000, "4111/C-1": 850, "4191/C-1": 150,
    }  # fmt: skip
