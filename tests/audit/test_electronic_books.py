"""電子帳簿保存法 in the auditor's room: search, corrections, master data, the year's file."""

import csv
import io
from datetime import date
from itertools import combinations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.core.db import transaction
from civicfund.core.money import yen
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from tests.browsing import words
from tests.factories.identity import make_user, sign_in
from tests.factories.ledger import make_bank_balance, make_fund
from tests.statements import counted

ROOM = [
    "/desk/audit/electronic-books",
    "/desk/audit/corrections",
    "/desk/audit/masters/accounts",
    "/desk/audit/masters/funds",
    "/desk/audit/masters/parties",
]
HIDDEN = "ヤマダ ﾊﾅｺ"


@pytest.fixture
def book(house: Flask) -> dict[str, int]:
    """The 仕訳番号 of a wrong gift, its reversal, the right one, and of money of nobody."""
    clerk = make_user(roles=("staff",), name="事務 太郎")
    ids = {}
    with transaction():
        fund = make_fund(code="C-1", name_ja="公園をつくる")
        party = services.party(kind="donation", ref="1", public_name=None, full_name=HIDDEN)

        def give(amount: int, key: str, day: date) -> int:
            draft = rules.donation_received(
                yen(amount), operating_share=yen(150), fee=yen(36), fund=fund,
                general=queries.general_fund(),
            )  # fmt: skip
            return services.post_entry(
                draft, key=key, party=party, recorded_by=clerk, source=fund, effective_on=day
            ).id

        ids["wrong"] = give(10_000, "gift/1", date(2026, 5, 1))
        ids["reversal"] = services.reverse_entry(
            ids["wrong"], key="undo/1", reason="金額の誤り", recorded_by=clerk,
            effective_on=date(2026, 5, 2),
        ).id  # fmt: skip
        ids["right"] = give(1_000, "gift/1/anew", date(2026, 5, 2))
        ids["nobody"] = make_bank_balance(50_000, on=date(2025, 4, 1)).id
        services.seal_entries()
    numbers = queries.numbers_of(ids.values())
    return {name: numbers[entry_id] for name, entry_id in ids.items()}


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", ROOM)
def test_the_auditor_opens_every_page(inside: FlaskClient, path: str, lang: str) -> None:
    assert inside.get(path, query_string={"lang": lang}).status_code == 200


@pytest.mark.parametrize("path", ROOM)
@pytest.mark.parametrize("role", ["staff", "admin", "reviewer", "officer", "partner"])
def test_other_roles_stay_outside(client: FlaskClient, path: str, role: str) -> None:
    sign_in(client, make_user(roles=(role,)))
    assert client.get(path).status_code == 403


KEYS = {
    "days": "from=2026-05-01&to=2026-05-01",
    "amounts": "min=9000&max=10000",
    "party": "party=やまだ　はなこ",
}


class TestSearch:
    """規則5条5項1号ハ: 取引年月日・取引金額・取引先, ranges, any two together, over years."""

    @pytest.mark.parametrize("asked", KEYS.values(), ids=KEYS)
    def test_by_each_of_the_three_keys(
        self, inside: FlaskClient, book: dict[str, int], asked: str
    ) -> None:
        assert self.found(inside, asked) >= {book["wrong"]}
        assert book["nobody"] not in self.found(inside, asked)

    @pytest.mark.parametrize("pair", list(combinations(KEYS, 2)), ids=str)
    def test_by_any_two_of_them_together(
        self, inside: FlaskClient, book: dict[str, int], pair: tuple[str, str]
    ) -> None:
        both = "&".join(KEYS[name] for name in pair)
        one_by_one = [self.found(inside, KEYS[name]) for name in pair]
        assert self.found(inside, both) == set.intersection(*one_by_one)
        assert book["wrong"] in self.found(inside, both)

    def test_over_more_than_a_year(self, inside: FlaskClient, book: dict[str, int]) -> None:
        assert self.found(inside, "from=2025-04-01&to=2026-12-31") == set(book.values())

    def test_an_entry_without_a_party_is_found_by_day_and_amount(
        self, inside: FlaskClient, book: dict[str, int]
    ) -> None:
        assert self.found(inside, "to=2025-04-30&min=50000&max=50000") == {book["nobody"]}

    def test_by_the_amount_of_a_line(self, inside: FlaskClient, book: dict[str, int]) -> None:
        assert self.found(inside, "min=36&max=36") == set()
        assert self.found(inside, "min=36&max=36&lines=y") == set(book.values()) - {book["nobody"]}

    def test_the_public_finds_nobody_by_a_hidden_name(self, client: FlaskClient) -> None:
        page = client.get("/ledger/entries?download=csv&party=やまだ").get_data(as_text=True)
        assert len(page.splitlines()) == 1

    @staticmethod
    def found(inside: FlaskClient, asked: str) -> set[int]:
        """The entries in the CSV of the search."""
        body = inside.get(f"/desk/audit/entries?download=csv&{asked}").get_data(as_text=True)
        return {int(row[0]) for row in list(csv.reader(io.StringIO(body)))[1:]}


def test_a_late_entry_says_so_wherever_it_is_shown(
    inside: FlaskClient, book: dict[str, int]
) -> None:
    """規則5条5項1号イ(2): that it was entered after the normal cycle can be seen."""
    for path in ("entries?to=2025-04-30", "accounts/1112/GENERAL", "entries?late=1"):
        assert "遅れて記帳" in words(inside.get(f"/desk/audit/{path}", query_string=None))
    assert "遅れて記帳" in words(inside.get(f"/desk/audit/entries/{book['nobody']}"))
    assert "遅れて記帳" in words(inside.get("/ledger/entries?to=2025-04-30"))


class TestCorrections:
    """規則5条5項1号イ(1): what was corrected can be seen, and by whom, when, why."""

    def test_name_the_original_and_what_was_booked_anew(
        self, inside: FlaskClient, book: dict[str, int]
    ) -> None:
        body = inside.get("/desk/audit/corrections?download=csv").get_data(as_text=True)
        [row] = list(csv.DictReader(io.StringIO(body.lstrip("\ufeff"))))
        said = list(row.values())
        for number in ("reversal", "wrong", "right"):
            assert str(book[number]) in said
        assert {"金額の誤り", "事務 太郎", HIDDEN, "10000"} <= set(said)

    def test_lead_both_ways(self, inside: FlaskClient, book: dict[str, int]) -> None:
        def links(entry: str) -> set[str]:
            body = inside.get(f"/desk/audit/entries/{book[entry]}").get_data(as_text=True)
            return {name for name, number in book.items() if f'/entries/{number}"' in body}

        assert {"reversal", "right"} <= links("wrong")
        assert "wrong" in links("reversal")

    @pytest.mark.parametrize(
        ("query", "count"), [("", 1), ("from=2026-05-02", 1), ("to=2026-05-01", 0)]
    )
    def test_are_found_by_their_days(self, inside: FlaskClient, query: str, count: int) -> None:
        body = inside.get(f"/desk/audit/corrections?download=csv&{query}").get_data(as_text=True)
        assert len(body.splitlines()) == 1 + count

    def test_days_that_are_none(self, inside: FlaskClient) -> None:
        assert inside.get("/desk/audit/corrections?from=x").status_code == 422
        asked = "from=2026-05-02&to=2026-05-01"
        assert inside.get(f"/desk/audit/corrections?{asked}").status_code == 422

    def test_cost_the_same_however_many(self, inside: FlaskClient) -> None:
        def cost() -> int:
            with counted() as statements:
                inside.get("/desk/audit/corrections")
            return statements.count

        before = cost()
        with transaction():
            for _ in range(4):
                opening = make_bank_balance(700)
                services.reverse_entry(opening.id, key=f"undo/{opening.id}", reason="試し")
        assert cost() == before


class TestMasterData:
    @pytest.mark.parametrize(
        ("name", "query", "holds", "lacks"),
        [
            ("accounts", "", "4111/C-1", "4111/C-2"),
            ("accounts", "q=1112", "1112/GENERAL", "4111/C-1"),
            ("funds", "q=公園", "C-1", "GENERAL"),
            ("parties", "q=やまだ", HIDDEN, "C-1"),
            ("parties", "q=すずき", "", HIDDEN),
        ],
    )
    def test_is_searched_and_taken_away(
        self, inside: FlaskClient, name: str, query: str, holds: str, lacks: str
    ) -> None:
        path = f"/desk/audit/masters/{name}?{query}"
        body = inside.get(f"{path}&download=csv").get_data(as_text=True)
        assert holds in body
        assert lacks not in body
        assert inside.get(path).status_code == 200

    def test_of_another_name(self, inside: FlaskClient) -> None:
        assert inside.get("/desk/audit/masters/users").status_code == 404
        assert inside.get(f"/desk/audit/masters/funds?q={'x' * 101}").status_code == 422

    @pytest.mark.parametrize("name", ["accounts", "funds", "parties"])
    def test_costs_the_same_however_long(self, inside: FlaskClient, name: str) -> None:
        def cost() -> int:
            with counted() as statements:
                inside.get(f"/desk/audit/masters/{name}")
            return statements.count

        before = cost()
        with transaction():
            for number in range(4):
                make_fund(code=f"C-9{number}")
        assert cost() == before


def test_the_file_of_a_whole_year_is_one_step_away(inside: FlaskClient) -> None:
    page = inside.get("/desk/audit/electronic-books").get_data(as_text=True)
    assert "from=2025-04-01&amp;to=2026-03-31" in page
    form = inside.get("/desk/audit/exports?from=2025-04-01&to=2026-03-31").get_data(as_text=True)
    assert 'value="2025-04-01"' in form
    assert 'value="2026-03-31"' in form
