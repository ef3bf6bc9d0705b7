"""A funded campaign collects what was promised; one that failed charges nobody."""

from datetime import timedelta

import pytest
from flask import Flask

from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.donors import queries, services
from civicfund.donors.errors import PaymentStillOpen
from civicfund.donors.models import DonationState, Method, OnFailure, RefundState
from civicfund.ledger import queries as book
from civicfund.payments.models import Payment, PaymentPurpose, PaymentState
from tests.donors.conftest import (
    assert_sound,
    end,
    given_to,
    held_for,
    in_account,
    mails_to,
    paid_by,
    run_gateway_jobs,
)
from tests.factories.campaigns import make_campaign
from tests.factories.donors import Outcome, TestCard, make_donation, pay_donation
from tests.factories.identity import make_user

S = DonationState
DAY = timedelta(days=1)


def collect(campaign: Campaign) -> None:
    end(campaign, CampaignState.SUCCEEDED)
    services.designate_held(campaign)
    services.charge_pledges(campaign)
    run_gateway_jobs()


def test_success_charges_cards_and_designates_cash(all_or_nothing: Campaign) -> None:
    pledge = make_donation(all_or_nothing, amount=60_000)
    cash = make_donation(all_or_nothing, amount=40_000, method=Method.KONBINI)
    collect(all_or_nothing)
    assert (pledge.state, cash.state) == (S.PAID, S.PAID)
    assert (given_to(all_or_nothing), held_for(all_or_nothing)) == (100_000, 0)
    assert mails_to(pledge.donor.email) == ["pledged", "thanks"]
    assert mails_to(cash.donor.email) == ["voucher", "held", "thanks"]
    charge = paid_by(pledge)
    assert charge.key == f"donation/{pledge.reference}/charge/1"
    services.charge_pledges(all_or_nothing)
    services.charge(charge.id)
    run_gateway_jobs()
    assert db.session.query(Payment).filter_by(purpose=PaymentPurpose.CHARGE).count() == 1
    assert queries.open_charges(all_or_nothing) == []
    assert_sound()


def test_a_declined_card_is_tried_again_the_next_day(all_or_nothing: Campaign) -> None:
    pledge = make_donation(all_or_nothing, card=TestCard.DECLINES_ONCE)
    collect(all_or_nothing)
    assert (pledge.state, pledge.charge_tries) == (S.PLEDGED, 1)
    assert mails_to(pledge.donor.email)[-1] == "declined"
    assert services.retry_declined() == 0
    with clock.at(clock.now() + DAY + timedelta(hours=1)):
        assert services.retry_declined() == 1
        run_gateway_jobs()
    assert (pledge.state, pledge.charge_tries) == (S.PAID, 2)
    assert paid_by(pledge).key.endswith("/charge/2")
    assert given_to(all_or_nothing) == 3_000
    assert_sound()


def test_after_the_days_of_tries_a_pledge_lapses(all_or_nothing: Campaign) -> None:
    pledge = make_donation(all_or_nothing, card=TestCard.DECLINES_LATER)
    collect(all_or_nothing)
    begun = clock.now()
    for day in range(1, 8):
        with clock.at(begun + day * (DAY + timedelta(minutes=10))):
            services.retry_declined()
            run_gateway_jobs()
    assert pledge.charge_tries == 7
    assert services.lapse_unpaid(all_or_nothing) == 0
    with clock.at(begun + 8 * DAY):
        assert services.retry_declined() == 0
        assert services.lapse_unpaid(all_or_nothing) == 1
        run_gateway_jobs()
    assert pledge.state is S.EXPIRED
    assert given_to(all_or_nothing) == 0
    assert mails_to(pledge.donor.email).count("declined") == 7
    assert mails_to(pledge.donor.email)[-1] == "lapsed"
    saved = db.session.get(Payment, pledge.payment_id)
    assert saved is not None
    assert saved.saved_card_ref is None
    assert_sound()


def test_another_card_is_charged_at_once(all_or_nothing: Campaign) -> None:
    pledge = make_donation(all_or_nothing, card=TestCard.DECLINES_LATER)
    first = pledge.payment_id
    collect(all_or_nothing)
    services.try_again(pledge, all_or_nothing)
    services.open_checkout(pledge, description="", return_url="/", cancel_url="/")
    pay_donation(pledge)
    run_gateway_jobs()
    assert (pledge.state, pledge.charge_tries) == (S.PAID, 2)
    assert pledge.payment_id != first
    assert given_to(all_or_nothing) == 3_000
    assert db.session.get(Payment, first).state is PaymentState.CANCELLED  # type: ignore[union-attr]
    assert_sound()


def test_a_pledge_that_was_cancelled_is_not_charged(all_or_nothing: Campaign) -> None:
    pledge = make_donation(all_or_nothing)
    end(all_or_nothing, CampaignState.SUCCEEDED)
    services.charge_pledges(all_or_nothing)
    charge = paid_by(pledge)
    # The job has not run yet, but the row says that a charge may be on its way.
    with pytest.raises(PaymentStillOpen):
        services.cancel_donation(pledge)
    pledge.state = S.CANCELLED
    db.session.flush()
    services.charge(charge.id)
    assert charge.gateway_ref is None
    assert charge.state is PaymentState.CANCELLED


def test_failure_charges_nobody_and_asks_each_donor(all_or_nothing: Campaign) -> None:
    pledge = make_donation(all_or_nothing)
    back = make_donation(all_or_nothing, amount=5_000, method=Method.KONBINI)
    left = make_donation(
        all_or_nothing, amount=2_000, method=Method.KONBINI, on_failure=OnFailure.LEAVE_TO_FUND
    )
    end(all_or_nothing, CampaignState.FAILED)
    assert services.return_held(all_or_nothing) == 3
    assert services.return_held(all_or_nothing) == 0
    run_gateway_jobs()
    assert (pledge.state, back.state, left.state) == (S.EXPIRED, S.REFUNDED, S.PAID)
    assert (given_to(all_or_nothing), held_for(all_or_nothing)) == (0, 0)
    assert (in_account("2134"), in_account("4101")) == (5_000, 2_000)
    assert db.session.query(Payment).filter_by(purpose=PaymentPurpose.CHARGE).count() == 0
    assert [mails_to(gift.donor.email)[-1] for gift in (pledge, back, left)] == ["not_reached"] * 3
    assert [request.donation_id for request in queries.returns_to_transfer()] == [back.id]
    assert_sound()


def test_a_campaign_that_is_called_off_gives_everything_back(house: Flask) -> None:
    staff = make_user(roles=("staff",))
    conditional = make_campaign(funding_model=FundingModel.ALL_OR_NOTHING)
    plain = make_campaign(funding_model=FundingModel.KEEP_ALL)
    pledge = make_donation(conditional)
    held = make_donation(conditional, method=Method.KONBINI)
    voucher = make_donation(conditional, method=Method.KONBINI, outcome=Outcome.TAKE_VOUCHER)
    card = make_donation(plain, amount=10_000)
    cash = make_donation(plain, method=Method.KONBINI, refund_account=None)
    for campaign in (conditional, plain):
        campaigns.cancel_campaign(campaign, by=staff, reason="団体が解散しました")
    run_gateway_jobs()
    assert [gift.state for gift in (pledge, held, voucher, card, cash)] == [
        S.EXPIRED, S.REFUNDED, S.EXPIRED, S.REFUNDED, S.REFUNDED,
    ]  # fmt: skip
    assert (given_to(conditional), given_to(plain), held_for(conditional)) == (0, 0, 0)
    # The card has it back; cash waits for the bank, or for its account first.
    assert in_account("2134") == 6_000
    assert queries.refunds_of(card)[0].state is RefundState.PAID
    assert book.available_in(plain.fund_id).minor == 0
    assert_sound()
