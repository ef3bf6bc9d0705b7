"""Giving by hand: three steps, nothing lost, one gift however often the button is pressed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.settings import setting
from civicfund.donors.models import Donation, DonationState, Method, OnFailure, Publicity
from tests.donors.conftest import endorse
from tests.factories.campaigns import make_campaign
from tests.factories.donors import ACCOUNT, Outcome, pay_donation
from tests.factories.identity import make_user
from tests.statements import counted

PERSON = {
    "email": "hana@example.jp",
    "publicity": "name",
    "donor_name": "山田　花子",
    "message": "がんばってください",
    "amount": "5000",
    "method": "card",
}
CASH = {"method": "konbini", "on_failure": "refund", **ACCOUNT}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


class Giver:
    """A browser that goes through the steps as a person would."""

    def __init__(self, client: FlaskClient, campaign: Campaign) -> None:
        self.client, self.url = client, f"/campaigns/{campaign.slug}/give"

    def choose(self, **typed: str) -> Any:
        return self.client.get(f"{self.url}/you", query_string=typed)

    def check(self, **typed: str) -> Any:
        page = self.choose(amount="5000", method="card").get_data(as_text=True)
        words = PERSON | {"form_key": hidden(page, "form_key")} | typed
        return self.client.post(f"{self.url}/check", data=words)

    def pay(self, checked: Any, **typed: str) -> Any:
        page = checked.get_data(as_text=True)
        carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        keys = {name: hidden(page, name) for name in ("form_key", "endorsements")}
        words = carried | keys | {"accept_terms": "y"} | typed
        return self.client.post(f"{self.url}/pay", data=words)


def test_three_steps_to_the_payment_page(client: FlaskClient, keep_all: Campaign) -> None:
    shown = endorse(keep_all)
    giver = Giver(client, keep_all)
    assert client.get(giver.url).status_code == 200
    you = giver.choose(choice="3000", method="card")
    assert "3,000円" in you.get_data(as_text=True)
    checked = giver.check()
    assert "5,000円を寄付する" in checked.get_data(as_text=True)
    assert "checked" not in checked.get_data(as_text=True)
    answer = giver.pay(checked)
    assert answer.status_code == 303
    assert "/sandbox/checkouts/" in answer.location
    donation = db.session.query(Donation).one()
    assert (donation.amount_yen, donation.method) == (5_000, Method.CARD)
    assert (donation.publicity, donation.donor_name) == (Publicity.NAME, "山田　花子")
    assert (donation.message, donation.locale) == ("がんばってください", "ja")
    assert donation.endorsements_shown == [shown.register_no]


def test_the_split_and_the_promise_stand_before_the_button(
    client: FlaskClient, all_or_nothing: Campaign
) -> None:
    page = Giver(client, all_or_nothing).check(amount="10000").get_data(as_text=True)
    for part in ("¥8,140", "¥1,500", "¥360", "¥10,000"):
        assert part in page
    assert "カードに請求せず、お金はいただきません" in page
    page = Giver(client, all_or_nothing).check(**CASH).get_data(as_text=True)
    assert "ご指定の口座に全額をお返しします" in page
    assert "0000000" not in page
    assert "1234567" in page


def test_nothing_is_chosen_for_the_donor(client: FlaskClient, all_or_nothing: Campaign) -> None:
    giver = Giver(client, all_or_nothing)
    pages = [client.get(giver.url), giver.choose(amount="5000", method="card")]
    for page in pages:
        assert not re.search(r"<input[^>]*\schecked", page.get_data(as_text=True))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "金額を選ぶか、入力してください"),
        ({"amount": "0"}, "1円以上"),
        ({"amount": "-5"}, "1円以上"),
        ({"amount": "99"}, "100円以上"),
        ({"amount": "1e12"}, "整数"),
        ({"amount": "1000000000000"}, "10,000,000,000"),
        ({"amount": "1000001"}, "1,000,000円まで"),
        ({"amount": "300001", "method": "konbini"}, "300,000円まで"),
        ({"choice": "3000", "amount": "5000"}, "どちらか一つ"),
        ({"choice": "999", "amount": ""}, "金額を選ぶか"),
        ({"amount": "5000", "method": ""}, "支払い方法を選んでください"),
        ({"amount": "5000", "method": "gold"}, "支払い方法"),
    ],
)
def test_amounts_that_are_refused_stay_in_the_form(
    client: FlaskClient, keep_all: Campaign, typed: dict[str, str], words: str
) -> None:
    answer = Giver(client, keep_all).choose(**{"method": "card"} | typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "error-summary" in page
    if typed.get("amount"):
        assert f'value="{typed["amount"]}"' in page
    if words != "整数":
        assert words in page


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ({"amount": "１０００"}, "1,000円"),
        ({"amount": "５，０００円"}, "5,000円"),
        ({"choice": "10000"}, "10,000円"),
        ({"choice": "other", "amount": "1,234"}, "1,234円"),
        ({"choice": "5000", "amount": "5000"}, "5,000円"),
    ],
)
def test_amounts_as_people_type_them(
    client: FlaskClient, keep_all: Campaign, typed: dict[str, str], amount: str
) -> None:
    answer = Giver(client, keep_all).choose(method="card", **typed)
    assert answer.status_code == 200
    assert amount in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "hana@"}, "email"),
        ({"publicity": ""}, "publicity"),
        ({"donor_name": ""}, "donor_name"),
        ({"publicity": "pen_name"}, "pen_name"),
        ({"wants_receipt": "y"}, "address"),
        ({"message": "あ" * 201}, "message"),
        (CASH | {"account_number": "12345678"}, "account_number"),
        (CASH | {"account_holder": "山田花子"}, "account_holder"),
        (CASH | {"bank_name": ""}, "bank_name"),
    ],
)
def test_details_that_are_refused_stay_in_the_form(
    client: FlaskClient, all_or_nothing: Campaign, typed: dict[str, str], field: str
) -> None:
    answer = Giver(client, all_or_nothing).check(**typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    for name, value in (PERSON | typed).items():
        if name in {"email", "donor_name", "message", "account_number", "bank_name"} and value:
            assert value in page, name
    assert db.session.query(Donation).count() == 0


def test_cash_must_say_what_happens_on_failure(
    client: FlaskClient, all_or_nothing: Campaign, keep_all: Campaign
) -> None:
    cash = {"amount": "5000", "method": "konbini"}
    answer = Giver(client, all_or_nothing).choose(**cash)
    assert answer.status_code == 422
    assert 'id="on_failure-error"' in answer.get_data(as_text=True)
    assert Giver(client, keep_all).choose(**cash).status_code == 200
    left = Giver(client, all_or_nothing).choose(**cash, on_failure="leave_to_fund")
    assert 'name="bank_name"' not in left.get_data(as_text=True)
    back = Giver(client, all_or_nothing).choose(**cash, on_failure="refund")
    assert 'name="bank_name"' in back.get_data(as_text=True)


def test_what_was_typed_goes_along_to_every_step(
    client: FlaskClient, all_or_nothing: Campaign
) -> None:
    giver = Giver(client, all_or_nothing)
    checked = giver.check(**CASH).get_data(as_text=True)
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', checked))
    assert carried.items() >= (PERSON | CASH).items()
    for back in (giver.url, f"{giver.url}/you"):
        page = client.post(back, data=carried).get_data(as_text=True)
        for value in ("山田　花子", "hana@example.jp", "みなと銀行", "がんばってください"):
            assert value in page, (back, value)
        assert "error-summary" not in page
    first = client.post(giver.url, data=carried).get_data(as_text=True)
    assert re.search(r'<input[^>]*checked[^>]*value="5000"', first)


def test_pressing_twice_gives_once(client: FlaskClient, keep_all: Campaign) -> None:
    giver = Giver(client, keep_all)
    checked = giver.check()
    first, second = giver.pay(checked), giver.pay(checked)
    assert first.location == second.location
    donation = db.session.query(Donation).one()
    with transaction():
        pay_donation(donation)
    # Back through the history after paying: to the gift, not to a second payment.
    again = giver.pay(checked)
    assert again.location.startswith("/gifts/")
    assert db.session.query(Donation).count() == 1


def test_a_form_for_another_gift_asks_once_more(client: FlaskClient, keep_all: Campaign) -> None:
    giver = Giver(client, keep_all)
    checked = giver.check()
    giver.pay(checked)
    refused = giver.pay(checked, amount="8000")
    assert refused.status_code == 422
    assert "すでに別の寄付" in refused.get_data(as_text=True)
    assert giver.pay(refused).status_code == 303
    assert [gift.amount_yen for gift in db.session.query(Donation).order_by(Donation.id)] == [
        5_000, 8_000,
    ]  # fmt: skip


def test_the_terms_must_be_accepted(client: FlaskClient, keep_all: Campaign) -> None:
    giver = Giver(client, keep_all)
    refused = giver.pay(giver.check(), accept_terms="")
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert 'id="accept_terms-error"' in page
    assert "山田　花子" in page
    assert db.session.query(Donation).count() == 0


def test_a_stale_token_loses_nothing(client: FlaskClient, keep_all: Campaign) -> None:
    giver = Giver(client, keep_all)
    refused = giver.pay(giver.check(), csrf_token="stale")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "入力したものは残っています" in page
    assert "山田　花子" in page
    assert db.session.query(Donation).count() == 0


@pytest.mark.parametrize("key", ["", "x" * 65, "a b", "<b>"])
def test_a_mangled_form_key_is_refused(client: FlaskClient, keep_all: Campaign, key: str) -> None:
    giver = Giver(client, keep_all)
    assert giver.pay(giver.check(), form_key=key).status_code == 422
    assert db.session.query(Donation).count() == 0


def test_an_endorsement_that_changed_is_shown_again(
    client: FlaskClient, keep_all: Campaign
) -> None:
    giver = Giver(client, keep_all)
    checked = giver.check()
    endorse(keep_all)
    refused = giver.pay(checked)
    assert refused.status_code == 409
    assert giver.pay(refused).status_code == 303


@pytest.mark.parametrize(
    "state",
    [CampaignState.SUSPENDED, CampaignState.SUCCEEDED, CampaignState.FAILED],
)
def test_a_closed_campaign_says_why(client: FlaskClient, state: CampaignState) -> None:
    campaign = make_campaign(state=state)
    for path in ("", "/you?amount=5000&method=card"):
        answer = client.get(f"/campaigns/{campaign.slug}/give{path}")
        assert answer.status_code == 409
        assert "いま寄付できません" in answer.get_data(as_text=True)


def test_a_draft_has_no_page_of_giving(client: FlaskClient) -> None:
    campaign = make_campaign(state=CampaignState.APPROVED)
    assert client.get(f"/campaigns/{campaign.slug}/give").status_code == 404
    assert client.get("/campaigns/nothing/give").status_code == 404


def test_a_campaign_that_closes_while_the_form_is_open(
    client: FlaskClient, keep_all: Campaign
) -> None:
    giver = Giver(client, keep_all)
    checked = giver.check()
    last = clock.end_of(keep_all.deadline_on).replace(microsecond=0)
    with clock.at(last + timedelta(seconds=1)):
        assert giver.pay(checked).status_code == 409
    assert db.session.query(Donation).count() == 0
    with clock.at(last):
        assert giver.pay(checked).status_code == 303
    second = giver.check(email="taro@example.jp")
    campaigns.suspend_campaign(keep_all, by=make_user(roles=("staff",)), reason="調べます")
    assert giver.pay(second).status_code == 409
    assert db.session.query(Donation).count() == 1


def test_old_addresses_begin_at_the_beginning(client: FlaskClient, keep_all: Campaign) -> None:
    for step in ("check", "pay"):
        answer = client.get(f"/campaigns/{keep_all.slug}/give/{step}")
        assert answer.location == f"/campaigns/{keep_all.slug}/give"


def test_every_step_speaks_english(client: FlaskClient, all_or_nothing: Campaign) -> None:
    client.set_cookie("lang", "en")
    giver = Giver(client, all_or_nothing)
    assert "How much would you like to give?" in client.get(giver.url).get_data(as_text=True)
    assert "Give 5,000 yen" in giver.check().get_data(as_text=True)
    giver.pay(giver.check())
    assert db.session.query(Donation).one().locale == "en"


def test_a_gift_for_the_fund_if_the_target_is_missed(
    client: FlaskClient, all_or_nothing: Campaign
) -> None:
    giver = Giver(client, all_or_nothing)
    giver.pay(giver.check(method="konbini", on_failure="leave_to_fund"))
    donation = db.session.query(Donation).one()
    assert donation.on_failure is OnFailure.LEAVE_TO_FUND
    pay_donation(donation, outcome=Outcome.TAKE_VOUCHER)
    assert donation.state is DonationState.PENDING


def test_pages_of_giving_are_not_kept_by_others(client: FlaskClient, keep_all: Campaign) -> None:
    answer = client.get(f"/campaigns/{keep_all.slug}/give")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert 'name="robots" content="noindex"' in answer.get_data(as_text=True)
    assert setting("GIFT_LEAST_YEN") == 100


def test_a_step_asks_little_of_the_database(client: FlaskClient, keep_all: Campaign) -> None:
    giver = Giver(client, keep_all)
    giver.check()
    with counted() as ran:
        giver.check()
    assert ran.count <= 12
