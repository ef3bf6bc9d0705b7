"""The JSON twin: a gift begun and followed by a machine, refusals as problems with their field."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.core.db import db
from civicfund.core.tokens import sign
from civicfund.donors.models import Donation, DonationState, OnFailure, Publicity
from tests.donors.conftest import endorse
from tests.factories.campaigns import make_campaign
from tests.factories.donors import ACCOUNT, make_donation, pay_donation


def gift(**changes: Any) -> dict[str, Any]:
    words = {
        "amount": 5_000,
        "email": "hana@example.jp",
        "publicity": "hidden",
        "accept_terms": True,
    }
    return words | changes


def post(client: FlaskClient, campaign: Campaign, key: str | None = None, **words: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(
        f"/api/v1/campaigns/{campaign.slug}/donations", json=gift(**words), headers=headers
    )


def test_begin_pay_and_follow(client: FlaskClient, keep_all: Campaign) -> None:
    shown = endorse(keep_all)
    answer = post(client, keep_all, publicity="name", name="山田　花子")
    assert answer.status_code == 201
    donation = db.session.query(Donation).one()
    assert answer.json["reference"] == donation.reference
    assert "/sandbox/checkouts/" in answer.json["redirect_url"]
    assert (donation.donor_name, donation.publicity) == ("山田　花子", Publicity.NAME)
    assert donation.endorsements_shown == [shown.register_no]
    status = client.get(answer.json["status_url"])
    assert status.json["state"] == "started"
    assert status.headers["Referrer-Policy"] == "no-referrer"
    assert status.headers["X-Robots-Tag"] == "noindex, nofollow"
    pay_donation(donation)
    after = client.get(answer.json["status_url"]).json
    assert after["state"] == "paid"
    assert after["entries"] == [donation.gift_entry_id]
    assert [step["kind"] for step in after["steps"]][:2] == ["gift", "booked"]
    assert after["operating_share"] == 750


@pytest.mark.parametrize("amount", [5_000, "5000", "5,000", "５，０００円", "¥5,000"])
def test_amounts_as_people_write_them(
    client: FlaskClient, keep_all: Campaign, amount: int | str
) -> None:
    assert post(client, keep_all, amount=amount).status_code == 201
    assert db.session.query(Donation).one().amount_yen == 5_000


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"amount": 99}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": 10**12}, "amount"),
        ({"publicity": "name"}, "donor_name"),
        ({"publicity": "pen_name"}, "pen_name"),
        ({"wants_receipt": True, "name": "山田"}, "address"),
        ({"accept_terms": False}, "accept_terms"),
    ],
)
def test_refusals_name_their_field(
    client: FlaskClient, keep_all: Campaign, words: dict[str, Any], field: str
) -> None:
    answer = post(client, keep_all, **words)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["field"] == field
    assert db.session.query(Donation).count() == 0


@pytest.mark.parametrize(
    "words",
    [
        {"amount": "abc"},
        {"amount": 1.5},
        {"amount": True},
        {"amount": None},
        {"amount": [5_000]},
        {"email": "nobody"},
        {"email": "a" * 250 + "@example.jp"},
        {"publicity": "everybody"},
        {"method": "gold"},
        {"on_failure": "burn"},
        {"name": "x" * 101},
        {"message": "x" * 201},
        {"locale": "fr"},
        {"refund_account": {"bank_name": "x"}},
        {"unknown": 1},
    ],
)
def test_what_is_no_gift_is_refused(
    client: FlaskClient, keep_all: Campaign, words: dict[str, Any]
) -> None:
    answer = post(client, keep_all, **words)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["errors"]["json"].keys() == words.keys()
    assert db.session.query(Donation).count() == 0


def test_cash_on_condition(client: FlaskClient, all_or_nothing: Campaign) -> None:
    cash = {"method": "konbini"}
    assert post(client, all_or_nothing, **cash).json["field"] == "on_failure"
    assert post(client, all_or_nothing, **cash, on_failure="refund").json["field"] == "bank_name"
    wrong = ACCOUNT | {"account_holder": "山田花子"}
    answer = post(client, all_or_nothing, **cash, on_failure="refund", refund_account=wrong)
    assert (answer.status_code, answer.json["field"]) == (422, "account_holder")
    right = ACCOUNT | {"account_holder": "やまだ　はなこ", "account_number": "１２３"}
    answer = post(client, all_or_nothing, **cash, on_failure="refund", refund_account=right)
    assert answer.status_code == 201
    assert post(client, all_or_nothing, **cash, on_failure="leave_to_fund").status_code == 201
    first, second = db.session.query(Donation).order_by(Donation.id)
    assert first.refund_account == ACCOUNT | {"account_number": "0000123"}
    assert second.on_failure is OnFailure.LEAVE_TO_FUND


def test_the_same_key_is_the_same_gift(client: FlaskClient, keep_all: Campaign) -> None:
    first = post(client, keep_all, "abc").json
    assert post(client, keep_all, "abc").json == first
    assert post(client, keep_all, form_key="abc").json == first
    other = post(client, keep_all, "abc", amount=6_000)
    assert (other.status_code, other.json["type"]) == (
        409, "urn:civicfund:problem:form-used-for-another-gift",
    )  # fmt: skip
    # Somebody else's key of the same name is another key.
    assert post(client, keep_all, "abc", email="taro@example.jp").json != first
    pay_donation(db.session.query(Donation).order_by(Donation.id).first())
    again = post(client, keep_all, "abc")
    assert again.status_code == 201
    assert "/gifts/" in again.json["redirect_url"]
    assert db.session.query(Donation).count() == 2


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (CampaignState.DRAFT, 404),
        (CampaignState.SUSPENDED, 409),
        (CampaignState.SUCCEEDED, 409),
        (CampaignState.FAILED, 409),
    ],
)
def test_a_campaign_that_takes_no_gifts(
    client: FlaskClient, state: CampaignState, status: int
) -> None:
    answer = post(client, make_campaign(state=state))
    assert (answer.status_code, answer.json["status"]) == (status, status)
    assert db.session.query(Donation).count() == 0


def test_only_our_own_links_open_a_gift(client: FlaskClient, keep_all: Campaign) -> None:
    donation = make_donation(keep_all)
    other = make_donation(keep_all)
    right = sign("gift", donation.reference)
    assert client.get(f"/api/v1/donations/{right}").json["reference"] == donation.reference
    for wrong in (
        donation.reference,
        sign("other", donation.reference),
        sign("gift", "D-0000-0000-0"),
        f"{right.split('.')[0]}.{sign('gift', other.reference).split('.')[1]}",
        "x",
    ):
        assert client.get(f"/api/v1/donations/{wrong}").status_code == 404
    assert donation.state is DonationState.PAID


def test_the_document_tells_all_of_this(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    post_words = paths["/api/v1/campaigns/{slug}/donations"]["post"]
    assert {"201", "404", "409", "422", "429"} <= post_words["responses"].keys()
    assert post_words["parameters"][-1]["name"] == "Idempotency-Key"
    assert "/api/v1/donations/{token}" in paths
