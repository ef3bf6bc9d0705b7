"""補助元帳: of funds, campaigns, grants and parties; their sums are those of the trial balance."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given

from civicfund.books import fund_ledgers, lists
from civicfund.books.queries import parties
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.grants import services as grants
from civicfund.grants.models import Award, DisbursementState
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from civicfund.ledger.models import AccountKind
from tests.books.conftest import HIDDEN
from tests.books.random_book import DAYS, DEEDS, Deed, booked
from tests.books.test_ledgers import EXAMPLES, asking, rows, total
from tests.books.test_views import rows_of
from tests.browsing import markup, words
from tests.factories.grants import make_award, make_cast, make_disbursement
from tests.factories.ledger import make_bank_balance, make_fund, make_gift
from tests.factories.payments import make_bank_line

__all__ = ["asking"]
OWN = (AccountKind.NET_ASSETS, AccountKind.REVENUE, AccountKind.EXPENSE)


@given(DEEDS, DAYS, DAYS)
@EXAMPLES
def test_the_sums_of_funds_and_parties_are_those_of_the_trial_balance(
    asking: Any, deeds: list[Deed], one: date, other: date
) -> None:
    first, last = sorted((one, other))
    with booked(deeds) as funds:
        trial = queries.trial_balance(on=last)
        found = rows(asking("fund-ledger", first, last))
        owned = sum(line.credits - line.debits for line in trial.lines if line.kind in OWN)
        assert found[-1].cells["closing"] == owned
        for row in found:
            opening, debits, credits, closing = (
                total([row], name) for name in ("opening", "debits", "credits", "closing")
            )
            assert opening - debits + credits == closing
        for fund in funds:
            [row] = [row for row in found if row.cells.get("code") == fund.code] or [None]
            ledger = rows(asking("fund-ledger", first, last, fund=fund))
            balances = [line.cells["balance"] for line in ledger if "balance" in line.cells]
            assert balances[0] == (row.cells["opening"] if row else 0)
            assert balances[-1] == (row.cells["closing"] if row else 0)
        [*_, of_all] = rows(asking("party-ledger", first, last))
        [*_, of_journal] = rows(asking("journal", first, last))
        assert of_all.cells["amount"] == of_journal.cells["debit_amount"]


def test_a_campaign_has_what_is_held_and_what_is_not_yet_paid(house: Flask, asking: Any) -> None:
    general, fund = queries.general_fund(), make_fund(code="C-1")
    make_bank_balance(50_000, on=date(2026, 5, 1))
    make_gift(fund, amount=10_000, share=1_500, fee=360, on=date(2026, 5, 1))
    for key, draft in (
        ("held", rules.conditional_gift_held(yen(3_000), fee=yen(132), fund=fund, general=general)),
        ("award", rules.grant_awarded(yen(8_000), fund=fund)),
        ("paid", rules.grant_instalment_paid(yen(5_000), fund=fund, general=general)),
    ):
        services.post_entry(draft, key=key, effective_on=date(2026, 5, 2))
    days = (date(2026, 4, 1), date(2027, 3, 31))
    [row, _total] = rows(asking("campaign-ledger", *days))
    # 10,000 - 360 given, 3,000 held, 5,000 paid out; what is only decided is still here.
    assert (row.cells["code"], row.cells["closing"]) == ("C-1", 7_640)
    ledger = rows(asking("campaign-ledger", *days, fund=fund))
    assert ledger[-1].cells["balance"] == 7_640
    accounts = {
        line.cells["code"]: line.cells["closing"] for line in ledger if "closing" in line.cells
    }
    assert accounts["2133/C-1"] == 3_000
    assert accounts["2121/C-1"] == 3_000


@pytest.fixture
def award(house: Flask) -> Award:
    """An award of which 60,000 yen were paid, with the bank's fee, and paid back once."""
    cast = make_cast()
    made = make_award(cast)
    make_disbursement(made, cast, amount=60_000, state=DisbursementState.PAID)
    returned = make_disbursement(made, cast, amount=5_000, state=DisbursementState.PAID)
    with transaction():
        back = make_bank_line(amount=5_000)
        grants.mark_returned(returned, line=back, by=cast.staff, reason="口座の誤り")
    return made


def test_a_grant_has_what_was_decided_and_what_was_paid(award: Award, client: FlaskClient) -> None:
    days = "from=2000-01-01&to=2099-03-31"
    listed = client.get(f"/books/grant-ledger?lang=en&{days}")
    lines = rows_of(client.get(f"/books/grant-ledger?lang=en&{days}&format=csv"))
    [row, of_all] = lines
    assert row["Grant"] == award.reference
    trial = queries.trial_balance()
    assert of_all["Owed"] == str(trial.of_codes(("2121", "2122")))
    assert of_all["Decided"] == str(award.amount_yen + 5_000), "what came back is owed again"
    url = re.search(r'href="([^"]+grant=[^"]+)"', markup(listed))
    assert url is not None
    ledger = client.get(url.group(1) + "&lang=en&format=csv").get_data(as_text=True)
    assert f"Carried forward to the next year,,,,{of_all['Owed']}," in ledger
    assert int(of_all["Owed"]) == award.amount_yen - 60_000


def test_entries_of_no_grant_stand_behind_the_grants(house: Flask, asking: Any) -> None:
    fund = make_fund()
    make_gift(fund, on=date(2026, 5, 1))
    services.post_entry(
        rules.grant_awarded(yen(700), fund=fund), key="x", effective_on=date(2026, 5, 2)
    )
    [row, of_all] = rows(asking("grant-ledger", date(2026, 4, 1), date(2027, 3, 31)))
    assert row.cells["name"] == "Without a grant"
    assert of_all.cells["closing"] == 700


@pytest.mark.usefixtures("book")
def test_the_public_finds_a_party_by_the_name_it_chose_only(client: FlaskClient) -> None:
    days = "from=2026-04-01&to=2027-03-31"
    text = words(client.get(f"/books/party-ledger?lang=en&{days}"))
    assert "タロウ" in text
    assert "Not shown" not in text
    assert "タロウ" in words(client.get(f"/books/party-ledger?lang=en&{days}&name=たろう"))
    assert "タロウ" not in words(client.get(f"/books/party-ledger?lang=en&{days}&name=鈴木"))
    [*_, hidden, of_all] = rows_of(client.get(f"/books/party-ledger?lang=en&{days}&format=csv"))
    assert hidden["Party"] == "Without a party, or not shown"
    journal = rows_of(client.get(f"/books/journal?lang=en&{days}&format=csv"))
    assert of_all["Amount"] == journal[-1]["Debit amount"]


@pytest.mark.usefixtures("book")
def test_a_hidden_party_has_no_public_ledger(client: FlaskClient, inside: FlaskClient) -> None:
    party = services.party(kind="donation", ref="hidden", public_name=None, full_name=HIDDEN)
    number = party.id
    with transaction():
        db.session.flush()
    assert client.get(f"/books/party-ledger?party={number}&from=2026-04-01").status_code == 404
    found = inside.get(f"/desk/books/party-ledger?party={number}&from=2026-04-01")
    assert HIDDEN in words(found)
    searched = inside.get("/desk/books/party-ledger?name=隠岐&from=2026-04-01")
    assert HIDDEN in words(searched)


@pytest.mark.usefixtures("book")
def test_each_party_leads_to_its_lines(client: FlaskClient) -> None:
    days = "from=2026-04-01&to=2027-03-31"
    page = markup(client.get(f"/books/party-ledger?lang=en&{days}"))
    links = re.findall(r'<td class="table__cell--number"><a href="([^"]+)">([\d,]+)</a>', page)
    assert links
    for url, figure in links:
        lines = rows_of(client.get(f"{url}&lang=en&format=csv"))
        assert sum(int(line["Debit amount"]) for line in lines[:-1]) == int(figure.replace(",", ""))
        assert lines[-1]["Debit amount"] == figure.replace(",", "")


@pytest.mark.usefixtures("book")
def test_each_fund_leads_to_its_lines(client: FlaskClient) -> None:
    days = "from=2026-04-01&to=2027-03-31"
    page = markup(client.get(f"/books/fund-ledger?lang=en&{days}"))
    links = re.findall(r'<td class="table__cell--number"><a href="([^"]+)">(−?[\d,]+)</a>', page)
    assert links
    for url, figure in links:
        text = client.get(f"{url}&lang=en&format=csv").get_data(as_text=True)
        assert figure.replace(",", "").replace("−", "-") in re.split(r"[,\r\n]", text)


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("campaign-ledger?campaign=GENERAL", 422, "There is no campaign with this fund."),
        ("campaign-ledger?campaign=C-9", 422, "There is no fund with this code."),
        ("grant-ledger?grant=A-0", 422, "There is no grant with this reference."),
        ("party-ledger?party=99999999", 422, ""),
        ("party-ledger?party=-1", 422, ""),
        ("party-ledger?party=abc", 422, ""),
        ("fund-ledger?fund=%00", 400, ""),
    ],
)
def test_nonsense_is_refused(client: FlaskClient, path: str, status: int, said: str) -> None:
    response = client.get(f"/books/{path}&lang=en")
    assert response.status_code == status
    assert said in words(response)


def test_lists_have_pages_there_and_back(house: Flask, asking: Any) -> None:
    names = [make_fund().code for _ in range(5)]
    for code in names:
        fund = queries.fund_by_code(code)
        assert fund is not None
        make_gift(fund, on=date(2026, 5, 1))
    days = (date(2026, 4, 1), date(2027, 3, 31))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "PER_PAGE", 2)
        seen, document = [], asking(fund_ledgers.FUNDS, *days, is_whole=False)
        seen.append([row.cells.get("code") for row in rows(document)])
        while document.later:
            after = int(document.later)
            document = asking(fund_ledgers.FUNDS, *days, is_whole=False, after_row=after)
            seen.append([row.cells.get("code") for row in rows(document)])
        assert [code for page in seen for code in page] == [*names, None]
        back = asking(fund_ledgers.FUNDS, *days, is_whole=False, before_row=int(document.earlier))
        assert [row.cells.get("code") for row in rows(back)] == names[2:4]


def test_parties_have_pages_there_and_back(house: Flask, asking: Any) -> None:
    names = [f"名{n}" for n in range(5)]
    with transaction():
        for name in names:
            services.party(kind="donation", ref=name, public_name=name, full_name=name)
    days = (date(2026, 4, 1), date(2027, 3, 31))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parties, "PER_PAGE", 2)
        document = asking("party-ledger", *days, is_whole=False)
        pages = [[row.cells["name"] for row in rows(document)]]
        while document.later:
            after = int(document.later)
            document = asking("party-ledger", *days, is_whole=False, after_row=after)
            pages.append([row.cells["name"] for row in rows(document)])
        assert pages == [["名4", "名3"], ["名2", "名1"], ["名0"]]
        before = asking("party-ledger", *days, is_whole=False, before_row=int(document.earlier))
        assert [row.cells["name"] for row in rows(before)] == ["名2", "名1"]
        first = asking("party-ledger", *days, is_whole=False, before_row=int(before.earlier))
        assert [row.cells["name"] for row in rows(first)] == ["名4", "名3"]
        assert not first.earlier
