"""A gift's own pages: honest about how it stands, and open to nobody without its link."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.tokens import sign
from civicfund.donors import queries, services
from civicfund.donors.links import token_of
from civicfund.donors.models import Donation, DonationState, Method, RefundState
from civicfund.payments.services import expire_payment
from tests.donors.conftest import end, paid_by, run_gateway_jobs
from tests.factories.donors import ACCOUNT, Outcome, TestCard, make_donation, pay_donation
from tests.factories.identity import make_user
from tests.statements import counted

S = DonationState


def made(campaign: Campaign, **more: Any) -> Donation:
    with transaction():
        return make_donation(campaign, **more)


def page(client: FlaskClient, donation: Donation, path: str = "") -> str:
    answer = client.get(f"/gifts/{token_of(donation)}{path}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    text = answer.get_data(as_text=True)
    assert donation.reference in text or path == "/account"
    return text


def test_thanks_while_the_news_are_on_their_way(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all, outcome=None)
    text = page(client, donation, "/thanks")
    assert "支払いを確かめています" in text
    assert 'hx-trigger="every 3s"' in text
    with clock.at(clock.now() + timedelta(minutes=4)):
        text = page(client, donation, "/thanks")
        assert "いつもより時間がかかっています" in text
        assert "hx-trigger" not in text
    with transaction():
        pay_donation(donation)
    text = page(client, donation, "/thanks")
    assert "寄付を受け取りました" in text
    assert "hx-trigger" not in text


def test_the_box_alone_for_a_page_that_looks_again(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all)
    client_type = type(client).__mro__[1]
    answer = client_type.open(
        client, f"/gifts/{token_of(donation)}/thanks", headers={"HX-Request": "true"}
    )
    text = answer.get_data(as_text=True)
    assert text.strip().startswith('<div id="standing"')
    assert "<html" not in text


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"outcome": Outcome.DECLINE}, "カードが使えませんでした"),
        ({"outcome": Outcome.EXPIRE}, "支払われませんでした"),
        ({"method": Method.KONBINI, "outcome": Outcome.TAKE_VOUCHER}, "コンビニで支払ってください"),
        ({}, "寄付を受け取りました"),
    ],
)
def test_how_a_plain_gift_stands(
    client: FlaskClient, keep_all: Campaign, wishes: dict[str, Any], words: str
) -> None:
    donation = made(keep_all, **wishes)
    for path in ("", "/thanks"):
        assert words in page(client, donation, path)


def test_how_a_conditional_gift_stands(client: FlaskClient, all_or_nothing: Campaign) -> None:
    pledge = made(all_or_nothing, card=TestCard.DECLINES_LATER)
    held = made(all_or_nothing, method=Method.KONBINI)
    assert "カードを登録しました" in page(client, pledge)
    assert "お金が届きました" in page(client, held)
    with transaction():
        end(all_or_nothing, CampaignState.SUCCEEDED)
        services.charge_pledges(all_or_nothing)
        services.designate_held(all_or_nothing)
    assert "カードに請求しています" in page(client, pledge)
    run_gateway_jobs()
    text = page(client, pledge)
    assert "目標に届きましたが、カードに請求できませんでした" in text
    assert "別のカードを登録する" in text
    assert "帳簿にのせました" in page(client, held)


def test_a_voucher_shows_its_number_and_its_term(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all, method=Method.KONBINI, outcome=Outcome.TAKE_VOUCHER)
    voucher = paid_by(donation).voucher
    assert voucher is not None
    text = page(client, donation, "/thanks")
    assert voucher["number"] in text
    assert "23:59" in text


def test_left_the_payment_page(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all, outcome=None)
    text = page(client, donation, "/thanks?left=1")
    assert "まだ支払われていません" in text
    answer = client.post(f"/gifts/{token_of(donation)}/retry")
    assert answer.status_code == 303
    assert answer.location == paid_by(donation).checkout_url


def test_pay_again_after_a_decline_without_typing(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all, outcome=Outcome.DECLINE)
    answer = client.post(f"/gifts/{token_of(donation)}/retry")
    assert "/sandbox/checkouts/" in answer.location
    with transaction():
        pay_donation(donation)
    again = client.post(f"/gifts/{token_of(donation)}/retry", follow_redirects=True)
    assert "この寄付は支払いを待っていません" in again.get_data(as_text=True)


def test_pay_again_after_the_term_while_the_campaign_is_open(
    client: FlaskClient, keep_all: Campaign
) -> None:
    donation = made(keep_all, outcome=None)
    with transaction():
        expire_payment(donation.payment_id or 0)
    assert "あらためて寄付する" in page(client, donation)
    answer = client.post(f"/gifts/{token_of(donation)}/retry")
    assert "/sandbox/checkouts/" in answer.location
    with clock.at(keep_all.deadline_at + timedelta(days=2)):
        expired = made_expired(donation)
        assert "あらためて寄付する" not in page(client, expired)
        answer = client.post(f"/gifts/{token_of(expired)}/retry", follow_redirects=True)
        assert "受付をしめきりました" in answer.get_data(as_text=True)


def made_expired(donation: Donation) -> Donation:
    with transaction():
        expire_payment(donation.payment_id or 0)
    return donation


def test_cancelling_asks_first_and_happens_once(
    client: FlaskClient, all_or_nothing: Campaign
) -> None:
    donation = made(all_or_nothing)
    assert "取り消しますか" in page(client, donation, "/cancel")
    assert donation.state is S.PLEDGED
    answer = client.post(f"/gifts/{token_of(donation)}/cancel", follow_redirects=True)
    assert "寄付を取り消しました" in answer.get_data(as_text=True)
    assert db.session.get(Donation, donation.id).state is S.CANCELLED  # type: ignore[union-attr]
    paid = made(all_or_nothing, method=Method.KONBINI)
    answer = client.post(f"/gifts/{token_of(paid)}/cancel", follow_redirects=True)
    assert "取り消せません" in answer.get_data(as_text=True)
    assert client.post(f"/gifts/{token_of(paid)}/cancel", csrf=False).status_code == 400


def test_asking_for_the_money_back(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all)
    assert "返金を申し出る" in page(client, donation)
    url = f"/gifts/{token_of(donation)}/refund"
    answer = client.post(url, data={"reason": "まちがえました"}, follow_redirects=True)
    assert "申し出を受け付けました" in answer.get_data(as_text=True)
    request = queries.refunds_of(donation)[0]
    assert (request.state, request.reason) == (RefundState.ASKED, "まちがえました")
    again = client.post(url, data={"reason": ""})
    assert again.status_code == 422
    assert "すでに返金の申し出" in again.get_data(as_text=True)
    assert len(queries.refunds_of(donation)) == 1


def test_cash_needs_an_account_to_go_back_to(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all, method=Method.KONBINI, refund_account=None)
    url = f"/gifts/{token_of(donation)}/refund"
    refused = client.post(url, data=ACCOUNT | {"account_holder": "山田"})
    assert refused.status_code == 422
    assert 'id="account_holder-error"' in refused.get_data(as_text=True)
    assert queries.refunds_of(donation) == []
    assert client.post(url, data=ACCOUNT).status_code == 303
    db.session.refresh(donation)
    assert donation.refund_account == ACCOUNT


def test_after_the_award_the_page_says_why_not(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all)
    with transaction():
        end(keep_all, CampaignState.SUCCEEDED)
        end(keep_all, CampaignState.AWARDED)
    assert "助成が決まっているため、お返しできません" in page(client, donation)
    assert "助成が決まっている" in page(client, donation, "/refund")
    refused = client.post(f"/gifts/{token_of(donation)}/refund", data={})
    assert refused.status_code == 422
    assert queries.refunds_of(donation) == []


def test_naming_an_account_for_what_is_owed(client: FlaskClient, all_or_nothing: Campaign) -> None:
    donation = made(all_or_nothing, method=Method.KONBINI, outcome=Outcome.TAKE_VOUCHER)
    refused = client.post(f"/gifts/{token_of(donation)}/account", data=ACCOUNT)
    assert refused.status_code == 422
    with transaction():
        end(all_or_nothing, CampaignState.FAILED)
        donation.refund_account = None
        pay_donation(donation)
    assert "口座を知らせる" in page(client, donation)
    answer = client.post(
        f"/gifts/{token_of(donation)}/account", data=ACCOUNT, follow_redirects=True
    )
    text = answer.get_data(as_text=True)
    assert "この口座に振り込みます" in text
    assert "口座を知らせる" not in text


def test_the_way_of_a_gift_and_back(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all)
    with transaction():
        request = services.request_refund(donation)
        services.grant_refund(request, by=make_user(roles=("staff",)))
    text = page(client, donation)
    order = ["寄付を申し込みました", "帳簿にのせました", "寄付した方の申し出", "返金が決まりました"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_only_its_own_link_opens_a_gift(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all)
    for token in (donation.reference, sign("other", donation.reference), sign("gift", "D-x"), "x"):
        for path in ("", "/thanks", "/cancel", "/refund", "/account"):
            assert client.get(f"/gifts/{token}{path}").status_code == 404
        assert client.post(f"/gifts/{token}/retry").status_code == 404


def test_the_pages_speak_english(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all)
    client.set_cookie("lang", "en")
    assert "Thank you. Your gift is paid" in page(client, donation)
    assert "You decided to give" in page(client, donation)


def test_a_gifts_page_asks_little_of_the_database(client: FlaskClient, keep_all: Campaign) -> None:
    donation = made(keep_all)
    page(client, donation)
    with counted() as ran:
        page(client, donation)
    assert ran.count <= 14
