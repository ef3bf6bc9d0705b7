"""Cross-references: each entry leads to its record, each record to its entries."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from civicfund.campaigns.models import FundingModel
from civicfund.core.db import db, transaction
from civicfund.grants.models import DisbursementState
from civicfund.ledger import queries as book
from civicfund.ledger.sources import pages_of
from civicfund.payments.gateways.sandbox import driver, payouts
from civicfund.payments.models import Payout
from civicfund.payments.queries import bank_lines_of
from tests.factories.closing import make_opening
from tests.factories.donors import make_donation
from tests.factories.grants import make_award, make_cast, make_disbursement, make_live_campaign
from tests.factories.identity import make_user, sign_in

CODE = Path(__file__).resolve().parent.parent.parent / "civicfund"

# Which record each posting rule of the application is booked for. Whoever books by another rule
# adds it here, and with it the page of its record.
RECORDS = {
    "award_reduced": "awards",
    "bank_transfer_fee": "disbursements",
    "conditional_gift_held": "donations",
    "donation_received": "donations",
    "donation_refunded": "donations",
    "earlier_gift_refunded": "donations",
    "earlier_grant_reclaimed": "awards",
    "earlier_grant_returned": "awards",
    "grant_awarded": "awards",
    "grant_instalment_paid": "disbursements",
    "grant_returned": "awards",
    "held_gift_designated": "donations",
    "held_gift_left_to_fund": "donations",
    "held_gift_returned": "donations",
    "held_gift_to_be_returned": "donations",
    "opening_balances": "opening_imports",
    "payout_received": "payouts",
}
# Booked by the fund itself; no record of another package stands behind them.
OWN = {
    "opening_balance", "provider_balance_reclassified",
    "provider_balance_restored", "reversal", "year_closed",
}  # fmt: skip


def rules_in_use() -> set[str]:
    """The posting rules that packages above the book name in their code."""
    known = set(re.findall(r"^def (\w+)\(", (CODE / "ledger/posting_rules.py").read_text(), re.M))
    used = set()
    for file in CODE.rglob("*.py"):
        place = file.relative_to(CODE)
        if place.parts[0] in {"ledger", "cli"}:
            continue
        used |= known & set(re.findall(r"\b(\w+)\(", file.read_text()))
    return used


def test_every_rule_in_use_names_its_record() -> None:
    assert rules_in_use() - set(RECORDS) - OWN == set()
    assert set(RECORDS) - rules_in_use() == set(), "no longer booked by anybody"


@pytest.mark.parametrize("kind", sorted(set(RECORDS.values())))
def test_every_kind_of_record_leads_to_its_entries_and_back(
    house: Flask, client: FlaskClient, kind: str
) -> None:
    number = made(kind)
    entries = book.entries_of_source(kind, number)
    assert entries, "something was booked for it"
    with house.test_request_context():
        [own] = [page for page in pages_of(kind, number) if page.is_own]
        assert pages_of(kind, 10**12) == []
    for role in ("auditor", "approver", "staff"):
        sign_in(client, make_user(roles=(role,)))
        record = client.get(f"/desk/evidence/records/{kind}/{number}").get_data(as_text=True)
        assert f'href="{own.url}"' in record
        assert all(f'/desk/evidence/entries/{entry.id}"' in record for entry in entries)
        page = client.get(own.url).get_data(as_text=True)
        assert f'/desk/evidence/records/{kind}/{number}"' in page
        entry = client.get(f"/desk/evidence/entries/{entries[0].id}").get_data(as_text=True)
        assert f'href="{own.url}"' in entry
    sign_in(client, make_user(roles=("auditor",)))
    entry = client.get(f"/desk/audit/entries/id/{entries[0].id}").get_data(as_text=True)
    assert f'href="{own.url}"' in entry


def test_a_gift_leads_to_its_payment_and_the_kept_message(
    house: Flask, client: FlaskClient
) -> None:
    number = made("donations")
    sign_in(client, make_user(roles=("auditor",)))
    page = client.get(f"/desk/evidence/records/donations/{number}").get_data(as_text=True)
    assert re.search(r'href="/desk/payments/\d+"', page)
    assert re.search(r'href="/desk/payments/events/\d+"', page)


def test_a_bank_line_leads_to_what_it_answers_for(house: Flask, client: FlaskClient) -> None:
    number = made("disbursements")
    [line] = bank_lines_of("disbursements", number)
    sign_in(client, make_user(roles=("auditor",)))
    assert f"/desk/bank/{line.id}" in client.get("/desk/bank").get_data(as_text=True)
    page = client.get(f"/desk/bank/{line.id}").get_data(as_text=True)
    assert f"/desk/evidence/records/disbursements/{number}" in page
    record = client.get(f"/desk/evidence/records/disbursements/{number}").get_data(as_text=True)
    assert f"/desk/bank/{line.id}" in record


def test_a_fund_leads_to_its_campaign(house: Flask, client: FlaskClient) -> None:
    campaign = make_live_campaign(make_cast())
    page = client.get(f"/ledger/funds/{campaign.reference}").get_data(as_text=True)
    assert f'href="/campaigns/{campaign.slug}"' in page


@pytest.mark.parametrize("path", ["records/donations/1", "entries/1"])
@pytest.mark.parametrize("role", ["officer", "partner", "reviewer", "admin"])
def test_others_stay_outside(client: FlaskClient, path: str, role: str) -> None:
    sign_in(client, make_user(roles=(role,)))
    assert client.get(f"/desk/evidence/{path}").status_code == 403


@pytest.mark.parametrize("path", ["records/donations/999999", "records/users/1", "entries/999999"])
def test_what_does_not_exist(client: FlaskClient, path: str) -> None:
    sign_in(client, make_user(roles=("staff",)))
    assert client.get(f"/desk/evidence/{path}").status_code == 404


def made(kind: str) -> int:
    """The number of a new record of this kind, for which something was booked."""
    if kind == "opening_imports":
        return make_opening().id
    cast = make_cast()
    if kind == "donations":
        with transaction():
            return make_donation(make_live_campaign(cast, model=FundingModel.KEEP_ALL)).id
    if kind == "payouts":
        with transaction():
            make_donation(make_live_campaign(cast, model=FundingModel.KEEP_ALL))
            with driver.news_at_once():
                payouts.pay_out()
        return db.session.scalars(select(Payout.id)).one()
    award = make_award(cast)
    if kind == "awards":
        return award.id
    return make_disbursement(award, cast, state=DisbursementState.PAID).id
