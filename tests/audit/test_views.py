"""The auditor's room: everything to read, nothing to change, nobody else inside."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from civicfund.core import audit_log
from civicfund.core.db import transaction
from civicfund.core.money import yen
from civicfund.identity.models import User
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from civicfund.ledger.exports import verify_book
from tests.browsing import words
from tests.factories.identity import make_user, sign_in
from tests.factories.ledger import make_bank_balance, make_fund, make_gift
from tests.statements import counted
from tests.strict_client import StrictClient

HIDDEN = "隠岐 かくれ"

ROOM = [
    "/desk/audit",
    "/desk/audit/entries",
    "/desk/audit/accounts/1131",
    "/desk/audit/accounts/1131/GENERAL",
    "/desk/audit/trial-balance",
    "/desk/audit/checks",
    "/desk/audit/log",
    "/desk/audit/sample",
    "/desk/audit/sample?seed=2026&size=5",
    "/desk/audit/exports",
]


@pytest.fixture
def book(house: Flask) -> dict[str, int]:
    """A hidden donor's gift, recorded by the office, and what a bank holds."""
    clerk = make_user(roles=("staff",), name="事務 太郎")
    with transaction():
        fund = make_fund(code="C-1", name_ja="公園をつくる")
        party = services.party(kind="donation", ref="1", public_name=None, full_name=HIDDEN)
        draft = rules.donation_received(
            yen(10_000), operating_share=yen(1_500), fee=yen(360), fund=fund,
            general=queries.general_fund(),
        )  # fmt: skip
        gift = services.post_entry(
            draft, key="gift/1", party=party, recorded_by=clerk, source=fund,
            effective_on=date(2026, 5, 1),
        )  # fmt: skip
        audit_log.record(clerk, "open_fund", fund, before=None, after={"code": "C-1"})
        bank = make_bank_balance(50_000, on=date(2026, 5, 2))
    return {"gift": gift.id, "bank": bank.id}


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", ROOM)
def test_the_auditor_opens_every_page(inside: FlaskClient, path: str, lang: str) -> None:
    page = inside.get(path, query_string=None if "?" in path else {"lang": lang})
    assert page.status_code == 200


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("path", ROOM)
@pytest.mark.parametrize("role", ["staff", "admin", "reviewer", "officer", "partner"])
def test_other_roles_stay_outside(client: FlaskClient, path: str, role: str) -> None:
    sign_in(client, make_user(roles=(role,)))
    assert client.get(path).status_code == 403


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("path", ROOM)
def test_visitors_are_asked_to_sign_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 302


@pytest.mark.usefixtures("book")
def test_an_approver_may_read_too(client: FlaskClient) -> None:
    sign_in(client, make_user(roles=("approver",)))
    assert client.get("/desk/audit/entries").status_code == 200


def test_every_name_is_shown_here_and_nowhere_else(
    inside: FlaskClient, book: dict[str, int]
) -> None:
    assert HIDDEN in words(inside.get("/desk/audit/entries"))
    assert HIDDEN in words(inside.get("/desk/audit/entries?party=隠岐"))
    assert HIDDEN in words(inside.get(f"/desk/audit/entries/id/{book['gift']}"))
    assert HIDDEN in words(inside.get("/desk/audit/accounts/4111/C-1"))
    assert HIDDEN not in words(inside.get("/ledger/entries"))
    assert HIDDEN not in words(inside.get(f"/ledger/entries/id/{book['gift']}"))


def test_an_entry_says_who_recorded_it_and_what_else_was_done(
    inside: FlaskClient, book: dict[str, int]
) -> None:
    page = words(inside.get(f"/desk/audit/entries/id/{book['gift']}?lang=en"))
    assert "Recorded by事務 太郎" in page.replace("Recorded by 事", "Recorded by事")
    assert "gift/1" in page
    assert "open_fund" in page


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("account=1112", "bank", "gift"),
        ("account=4111/c-1", "gift", "bank"),
        ("kind=opening_balance", "bank", "gift"),
        ("late=1&to=2026-05-01", "gift", "bank"),
        ("party=隠岐&min=10000", "gift", "bank"),
    ],
)
def test_entries_are_filtered(
    inside: FlaskClient, book: dict[str, int], query: str, found: str, missing: str
) -> None:
    page = inside.get(f"/desk/audit/entries?{query}").get_data(as_text=True)
    assert f'/desk/audit/entries/id/{book[found]}"' in page
    assert f'/desk/audit/entries/id/{book[missing]}"' not in page


def test_tables_are_taken_away_with_names(inside: FlaskClient) -> None:
    for path in ("entries", "accounts/4111/C-1", "sample?seed=1&size=5"):
        sign = "&" if "?" in path else "?"
        body = inside.get(f"/desk/audit/{path}{sign}download=csv").get_data(as_text=True)
        assert body.startswith("\ufeff")
        assert HIDDEN in body


@pytest.mark.parametrize("path", ["entries/999999999", "accounts/9999", "accounts/1131/C-99"])
def test_what_does_not_exist(inside: FlaskClient, path: str) -> None:
    assert inside.get(f"/desk/audit/{path}").status_code == 404


class TestChecks:
    def test_say_that_everything_holds(self, client: FlaskClient, auditor: User) -> None:
        sign_in(client, auditor)
        assert "Everything holds" in words(client.get("/desk/audit/checks?lang=en"))

    def test_name_the_rows_of_a_fault(self, app: Flask, unguarded_house: Connection) -> None:
        app.test_client_class = StrictClient
        client = app.test_client()
        user = make_user(roles=("auditor",))
        with transaction():
            opening = make_bank_balance(5_000)
        sign_in(client, user)
        unguarded_house.execute(text("SET LOCAL session_replication_role = replica"))
        unguarded_house.execute(text("UPDATE journal_entries SET memo = 'x'"))
        page = words(client.get("/desk/audit/checks?lang=en"))
        assert "1 check found something" in page
        assert f"1: {opening.id}" in page


class TestLog:
    @pytest.mark.parametrize(
        ("query", "is_found"),
        [
            ("", True),
            ("actor=太郎", True),
            ("actor=花子", False),
            ("deed=open_fund", True),
            ("deed=approve", False),
            ("subject=funds", True),
            ("subject=awards", False),
            ("to=2020-01-01", False),
            ("from=2020-01-01", True),
        ],
    )
    def test_is_filtered(self, inside: FlaskClient, query: str, is_found: bool) -> None:
        page = inside.get(f"/desk/audit/log?{query}").get_data(as_text=True)
        assert ("subject=funds/" in page or "subject=funds%2F" in page) is is_found

    def test_costs_the_same_however_long(self, inside: FlaskClient) -> None:
        def cost() -> int:
            with counted() as statements:
                inside.get("/desk/audit/log?subject=funds")
            return statements.count

        before = cost()
        with transaction():
            for _ in range(5):
                audit_log.record(make_user(), "open_fund", make_fund())
        assert cost() == before

    def test_a_day_that_is_none(self, inside: FlaskClient) -> None:
        assert inside.get("/desk/audit/log?from=x").status_code == 422


class TestSample:
    def test_is_the_same_for_the_same_seed(self, inside: FlaskClient) -> None:
        with transaction():
            fund = make_fund()
            for number in range(40):
                make_gift(fund, amount=1_000 + number)

        def draw(seed: str) -> str:
            return words(inside.get(f"/desk/audit/sample?seed={seed}&size=5&lang=en"))

        def drawn(seed: str) -> str:
            return draw(seed).split("Drawn entries")[-1]

        assert drawn("dice-1") == drawn("dice-1")
        assert drawn("dice-1") != drawn("dice-2")

    @pytest.mark.parametrize("query", ["seed=&size=5", "seed=1&size=0", "seed=1&size=201"])
    def test_needs_a_seed_and_a_size(self, inside: FlaskClient, query: str) -> None:
        assert inside.get(f"/desk/audit/sample?{query}").status_code == 422


class TestFiles:
    @pytest.mark.parametrize(
        ("kind", "begins"),
        [
            ("csv", "\ufeff仕訳番号"),
            ("ledger", "\ufeff勘定"),
            ("beancount", "; "),
            ("hledger", "; "),
        ],
    )
    def test_are_downloaded_and_that_is_written_down(
        self,
        inside: FlaskClient,
        kind: str,
        begins: str,
    ) -> None:
        response = inside.post("/desk/audit/exports", data={"format": kind})
        body = response.get_data(as_text=True)
        assert body.startswith(begins)
        assert HIDDEN in body
        log = inside.get("/desk/audit/log?deed=export_book").get_data(as_text=True)
        assert kind in log

    def test_the_sealed_book_is_a_zip_that_verifies(
        self, inside: FlaskClient, tmp_path: Path
    ) -> None:
        response = inside.post("/desk/audit/exports", data={"format": "book"})
        with zipfile.ZipFile(io.BytesIO(response.get_data())) as packed:
            packed.extractall(tmp_path)
        assert HIDDEN in (tmp_path / "book" / "parties.csv").read_text("utf-8")
        assert verify_book.main([str(tmp_path / "book")]) == 0
        log = inside.get("/desk/audit/log?deed=export_book").get_data(as_text=True)
        assert "book" in log

    def test_of_some_days(self, inside: FlaskClient) -> None:
        asked = {"format": "csv", "from": "2026-05-02", "to": "2026-05-02"}
        body = inside.post("/desk/audit/exports", data=asked).get_data(as_text=True)
        assert "2026-05-02" in body
        assert "2026-05-01" not in body

    @pytest.mark.parametrize(
        "asked",
        [
            {"format": "xlsx"},
            {},
            {"format": "csv", "from": "2026-05-02", "to": "2026-05-01"},
            {"format": "book", "from": "2026-05-02"},
            {"format": "book", "to": "2026-05-02"},
            {"format": "beancount", "from": "0001-01-01"},
            {"format": "hledger", "to": "9999-12-31"},
        ],
    )
    def test_that_cannot_be_made(self, inside: FlaskClient, asked: dict[str, str]) -> None:
        assert inside.post("/desk/audit/exports", data=asked).status_code == 422

    def test_need_the_page_s_token(self, inside: FlaskClient) -> None:
        response = inside.post("/desk/audit/exports", data={"format": "csv"}, csrf=False)
        assert response.status_code in {400, 422}


def test_entries_cost_the_same_however_many(inside: FlaskClient) -> None:
    def cost() -> int:
        with counted() as statements:
            inside.get("/desk/audit/entries")
        return statements.count

    before = cost()
    with transaction():
        for number in range(8):
            make_gift(make_fund(), amount=1_000 + number)
    assert cost() == before
