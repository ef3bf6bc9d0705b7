"""At the same moment, on real connections: one gift, one entry, one answer."""

from typing import Any

import pytest
from flask import Flask

from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.donors import services
from civicfund.donors.errors import RefundTooLarge
from civicfund.donors.models import Donation, DonationState, Method, RefundRequest
from civicfund.identity.models import User
from civicfund.ledger.models import JournalEntry
from civicfund.payments.models import Payment
from civicfund.payments.services import take_at_once
from tests.donors.conftest import (
    again,
    assert_sound,
    end,
    given_to,
    held_for,
    in_account,
    paid_by,
)
from tests.factories.campaigns import make_campaign
from tests.factories.donors import Outcome, make_donation
from tests.factories.identity import make_user
from tests.factories.payments import withheld_news
from tests.racing import race

S = DonationState


def get(kind: type[Any], number: int) -> Any:
    row = db.session.get(kind, number)
    assert row is not None
    return row


def test_one_form_sent_many_times_at_once_is_one_gift(open_house: Flask) -> None:
    campaign_id = make_campaign(funding_model=FundingModel.KEEP_ALL).id

    def give() -> int:
        campaign = get(Campaign, campaign_id)
        once = {"form_key": "once", "email": "hana@example.jp"}
        return make_donation(campaign, **once, outcome=None).id

    answers = race(open_house, *[give] * 6)
    assert len(set(answers)) == 1
    assert db.session.query(Donation).count() == 1
    assert db.session.query(Payment).count() == 1


def test_one_donor_gives_many_gifts_at_once(open_house: Flask) -> None:
    campaign_id = make_campaign(funding_model=FundingModel.KEEP_ALL).id

    def give() -> int:
        return make_donation(get(Campaign, campaign_id), email="hana@example.jp").id

    assert len(set(race(open_house, *[give] * 6))) == 6
    assert given_to(get(Campaign, campaign_id)) == 18_000
    assert_sound()


@pytest.mark.parametrize("copies", [False, True])
def test_the_same_news_at_once_is_one_entry(open_house: Flask, copies: bool) -> None:
    campaign_id = make_campaign(funding_model=FundingModel.KEEP_ALL).id
    with transaction():
        donation = make_donation(get(Campaign, campaign_id), outcome=None)
        news = withheld_news(paid_by(donation))
        streams = [again(news) if copies else news for _ in range(5)]

    def tell(stream: Any) -> None:
        for body, headers in stream:
            take_at_once("sandbox", body, headers)

    def look() -> None:
        # Whoever comes back from the payment page at this moment reads and changes nothing.
        get(Donation, 1)

    race(open_house, *[lambda s=s: tell(s) for s in streams], look)
    assert given_to(get(Campaign, campaign_id)) == 3_000
    assert db.session.query(JournalEntry).count() == 1
    assert_sound()


def test_news_and_cancelling_at_once_lose_nothing(open_house: Flask) -> None:
    campaign_id = make_campaign(funding_model=FundingModel.ALL_OR_NOTHING).id
    for _ in range(4):
        with transaction():
            donation = make_donation(get(Campaign, campaign_id), outcome=None)
            news, number = withheld_news(paid_by(donation)), donation.id
        race(
            open_house,
            lambda: [take_at_once("sandbox", *one) for one in news],  # noqa: B023
            lambda: services.cancel_donation(get(Donation, number)),  # noqa: B023
        )
        assert get(Donation, number).state in {S.PLEDGED, S.CANCELLED}
    assert_sound()


@pytest.mark.parametrize("ends_as", [CampaignState.SUCCEEDED, CampaignState.FAILED])
def test_cash_that_comes_while_the_campaign_is_judged(
    open_house: Flask, ends_as: CampaignState
) -> None:
    campaign_id = make_campaign(funding_model=FundingModel.ALL_OR_NOTHING).id
    gifts, all_news = [], []
    for _ in range(4):
        with transaction():
            donation = make_donation(
                get(Campaign, campaign_id), method=Method.KONBINI, outcome=Outcome.TAKE_VOUCHER
            )
            all_news.append(withheld_news(paid_by(donation)))
            gifts.append(donation.id)

    def judge() -> None:
        campaign = get(Campaign, campaign_id)
        end(campaign, ends_as)
        if ends_as is CampaignState.FAILED:
            services.return_held(campaign)
        else:
            services.designate_held(campaign)

    def tell(news: Any) -> None:
        for body, headers in news:
            take_at_once("sandbox", body, headers)

    race(open_house, judge, *[lambda n=n: tell(n) for n in all_news])
    # Whoever came first: no money is left between the chairs.
    states = {get(Donation, number).state for number in gifts}
    assert states == {S.PAID if ends_as is CampaignState.SUCCEEDED else S.REFUNDED}
    campaign = get(Campaign, campaign_id)
    assert held_for(campaign) == 0
    assert given_to(campaign) + in_account("2134") == 12_000
    assert_sound()


def test_a_refund_is_granted_once(open_house: Flask) -> None:
    campaign_id = make_campaign(funding_model=FundingModel.KEEP_ALL).id
    staff = [make_user(roles=("staff",)).id for _ in range(4)]
    with transaction():
        donation = make_donation(get(Campaign, campaign_id))
        number, request = donation.id, services.request_refund(donation).id

    def grant(person: int) -> str:
        services.grant_refund(get(RefundRequest, request), by=get(User, person))
        return "granted"

    answers = race(open_house, *[lambda p=p: grant(p) for p in staff])
    assert answers.count("granted") == 1
    assert get(Donation, number).refunded_yen == 3_000
    assert in_account("2134") == 3_000
    assert_sound()


def test_two_parts_never_exceed_the_gift(open_house: Flask) -> None:
    campaign_id = make_campaign(funding_model=FundingModel.KEEP_ALL).id
    staff = make_user(roles=("staff",)).id
    with transaction():
        number = make_donation(get(Campaign, campaign_id)).id

    def part() -> str:
        services.refund_by_office(
            get(Donation, number), by=get(User, staff), amount=yen(2_000), reason="おわび"
        )
        return "granted"

    answers = race(open_house, part, part)
    assert sorted(answers, key=str) == [RefundTooLarge, "granted"]
    assert_sound()
