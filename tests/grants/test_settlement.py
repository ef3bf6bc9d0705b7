"""The deadline: judged once, charged after the verdict, awarded when nothing is open."""

import json
from datetime import timedelta

import pytest
from flask import Flask

from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.donors import services as donors
from civicfund.donors.models import DonationState, Method, OnFailure
from civicfund.grants import settlement
from civicfund.grants.models import AwardState, ReportState
from civicfund.grants.queries import reports
from civicfund.grants.queries.awards import award_of_campaign
from civicfund.ledger import queries as book
from civicfund.notifications.models import Message
from civicfund.payments.models import Payment, PaymentPurpose
from tests.factories.donors import Outcome, TestCard, make_donation, pay_donation
from tests.factories.grants import Cast, at_end_of, make_live_campaign, settle
from tests.factories.payments import post_news, signed, withheld_news
from tests.jobs import run_jobs

C, D = CampaignState, DonationState


def give(campaign: Campaign, amount: int, **more: object) -> object:
    with transaction():
        return make_donation(campaign, amount=amount, **more)


def finish(campaign: Campaign) -> None:
    with transaction():
        settlement.finish_collection(campaign)
    run_jobs()


def charges() -> int:
    return db.session.query(Payment).filter_by(purpose=PaymentPurpose.CHARGE).count()


def mails(template: str) -> int:
    return db.session.query(Message).filter_by(template=template).count()


def test_nothing_is_judged_before_the_last_second(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    give(campaign, 10_000)
    with clock.at(campaign.deadline_at):
        settle(campaign)
        assert settlement.settle_due() == []
    assert campaign.state is C.LIVE
    with at_end_of(campaign):
        assert settlement.settle_due() == [campaign.id]


def test_success_charges_designates_awards(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    card = give(campaign, 6_000)
    slip = give(campaign, 4_000, method=Method.KONBINI)
    assert (card.state, slip.state) == (D.PLEDGED, D.HELD)
    with at_end_of(campaign):
        settle(campaign)
    assert (card.state, slip.state) == (D.PAID, D.PAID)
    assert campaign.state is C.AWARDED
    award = award_of_campaign(campaign.id)
    assert award.state is AwardState.OFFERED
    # 10,000 less 15 % and the card's fee; the slip's fee is borne by the fund.
    fee = db.session.get(Payment, card.charge_payment_id).fee_yen
    assert award.amount_yen == 10_000 - 1_500 - fee
    assert book.balance_of("2121", campaign.fund_id).minor == award.amount_yen
    assert book.available_in(campaign.fund_id).minor == 0
    report = reports.report_of(award.id)
    assert report.state is ReportState.DUE
    assert [row.label for row in report.lines] == ["食材", "会場"]
    assert mails("grants/award") == 1


def test_failure_charges_nobody(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    card = give(campaign, 5_999)
    back = give(campaign, 2_000, method=Method.KONBINI)
    left = give(campaign, 2_000, method=Method.KONBINI, on_failure=OnFailure.LEAVE_TO_FUND)
    with at_end_of(campaign):
        settle(campaign)
    assert campaign.state is C.FAILED
    assert charges() == 0
    assert card.state is D.EXPIRED
    assert book.balance_of("2134").minor == back.amount_yen
    assert left.left_to_fund
    assert award_of_campaign(campaign.id) is None
    assert book.balance_of("2133", campaign.fund_id).minor == 0
    assert book.balance_of("4101").minor == 2_000


def test_keep_all_takes_what_came_and_nothing_is_failure(cast: Cast) -> None:
    some = make_live_campaign(cast, model=FundingModel.KEEP_ALL)
    none = make_live_campaign(cast, model=FundingModel.KEEP_ALL)
    give(some, 1_000)
    with at_end_of(some):
        settle(some)
        settle(none)
    assert (some.state, none.state) == (C.AWARDED, C.FAILED)


def test_twice_is_once(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    give(campaign, 10_000)
    with at_end_of(campaign):
        for _ in range(2):
            settle(campaign)
            finish(campaign)
            with transaction():
                award = settlement.award_campaign(campaign)
    assert charges() == 1
    assert len(book.entries_of_source("awards", award.id)) == 1
    assert mails("grants/award") == 1


def test_a_slip_that_was_printed_in_time_is_waited_for(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    give(campaign, 7_000)
    with clock.at(campaign.deadline_at - timedelta(hours=1)):
        slip = give(campaign, 3_000, method=Method.KONBINI, outcome=Outcome.TAKE_VOUCHER)
    assert slip.state is D.PENDING
    with at_end_of(campaign, hours=1):
        settle(campaign)
        assert campaign.state is C.LIVE

        with transaction():
            pay_donation(slip)
        settle(campaign)
    assert campaign.state is C.AWARDED


def test_a_slip_that_expires_ends_the_wait(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    give(campaign, 7_000)
    with clock.at(campaign.deadline_at - timedelta(hours=1)):
        slip = give(campaign, 3_000, method=Method.KONBINI, outcome=Outcome.TAKE_VOUCHER)
    with at_end_of(campaign, days=10):
        with transaction():
            pay_donation(slip, outcome=Outcome.EXPIRE)
        settle(campaign)
    assert campaign.state is C.FAILED
    assert charges() == 0


def test_a_page_opened_before_the_end_has_its_own_term(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    give(campaign, 7_000)
    with clock.at(campaign.deadline_at - timedelta(minutes=2)):
        begun = give(campaign, 3_000, outcome=None)
    with at_end_of(campaign):
        settle(campaign)
        assert campaign.state is C.LIVE

        with transaction():
            pay_donation(begun)
        settle(campaign)
    assert campaign.state is C.AWARDED


def test_news_of_the_last_moment_of_a_term_may_be_late(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    give(campaign, 7_000)
    with clock.at(campaign.deadline_at - timedelta(minutes=2)):
        begun = give(campaign, 3_000, outcome=None)
        with transaction():
            [(told, _)] = withheld_news(db.session.get(Payment, begun.payment_id))
    with at_end_of(campaign, days=1, hours=1):
        settle(campaign)
        assert campaign.state is C.LIVE
        assert post_news(*signed(json.loads(told))).status_code == 200
        run_jobs()
        settle(campaign)
    assert campaign.state is C.AWARDED


def test_a_page_that_was_left_open_does_not_hold_for_ever(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    give(campaign, 10_000)
    with clock.at(campaign.deadline_at - timedelta(minutes=2)):
        give(campaign, 3_000, outcome=None)
    with at_end_of(campaign, days=2):
        settle(campaign)
    assert campaign.state is C.AWARDED


def test_declines_are_retried_and_then_lapse(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    good = give(campaign, 7_000)
    bad = give(campaign, 3_000, card=TestCard.DECLINES_LATER)
    with at_end_of(campaign):
        settle(campaign)
    assert (campaign.state, good.state, bad.state) == (C.SUCCEEDED, D.PAID, D.PLEDGED)
    for day in range(1, 7):
        with at_end_of(campaign, days=day, hours=1), transaction():
            donors.retry_declined()
        with at_end_of(campaign, days=day, hours=1):
            run_jobs()
            finish(campaign)
            assert campaign.state is C.SUCCEEDED
    assert charges() > 3
    with at_end_of(campaign, days=8):
        finish(campaign)
    assert bad.state is D.EXPIRED
    assert campaign.state is C.AWARDED
    award = award_of_campaign(campaign.id)
    assert (
        award.amount_yen == 7_000 - 1_050 - db.session.get(Payment, good.charge_payment_id).fee_yen
    )


def test_when_every_card_is_declined_nothing_is_granted(cast: Cast) -> None:
    campaign = make_live_campaign(cast)
    give(campaign, 10_000, card=TestCard.DECLINES_LATER)
    with at_end_of(campaign):
        settle(campaign)
    assert campaign.state is C.SUCCEEDED
    with at_end_of(campaign, days=8):
        finish(campaign)
    assert campaign.state is C.FAILED
    assert award_of_campaign(campaign.id) is None


def test_a_wish_for_a_refund_holds_the_award_for_some_days(cast: Cast) -> None:
    campaign = make_live_campaign(cast, model=FundingModel.KEEP_ALL, days=1)
    gift = give(campaign, 10_000)
    with transaction():
        donors.request_refund(gift, reason="二重に払いました")
    with at_end_of(campaign):
        settle(campaign)
        assert campaign.state is C.SUCCEEDED
    with at_end_of(campaign, days=8):
        finish(campaign)
    assert campaign.state is C.AWARDED


@pytest.mark.parametrize(("gift", "waits"), [(13_000, False), (13_001, True)])
def test_thirty_per_cent_over_target_is_the_line(cast: Cast, gift: int, *, waits: bool) -> None:
    campaign = make_live_campaign(cast, model=FundingModel.KEEP_ALL)
    give(campaign, gift)
    with at_end_of(campaign):
        settle(campaign)
    award = award_of_campaign(campaign.id)
    assert award.over_target is waits
    assert (award.state is AwardState.PROPOSED) is waits
    assert (award.entry_id is None) is waits
    assert campaign.state is (C.SUCCEEDED if waits else C.AWARDED)
    assert mails("grants/award_to_accept") == (1 if waits else 0)


def test_each_campaign_has_a_job_of_its_own(house: Flask, cast: Cast) -> None:
    first, second = make_live_campaign(cast), make_live_campaign(cast)
    give(first, 10_000)
    with at_end_of(first):
        with transaction():
            assert settlement.settle_due() == [first.id, second.id]
            assert settlement.settle_due() == [first.id, second.id]
        ran = run_jobs()
        finish(first)
    assert ran.count("grants.settle_campaign") == 2
    assert (first.state, second.state) == (C.AWARDED, C.FAILED)
    with at_end_of(first), transaction():
        assert settlement.settle_due() == []
        assert settlement.finish_due() == []
