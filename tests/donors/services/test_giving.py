"""A wish becomes a gift once, or is refused with the field that it is about."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.errors import DomainError
from civicfund.donors import services
from civicfund.donors.errors import (
    AddressNeeded,
    AmountTooLarge,
    AmountTooSmall,
    CampaignClosed,
    CampaignNotYetOpen,
    CampaignSuspended,
    CannotCancel,
    ChoiceOnFailureNeeded,
    FormUsedForAnotherGift,
    NameNeeded,
    NothingToRetry,
    PenNameNeeded,
    RefundAccountNeeded,
    TermsNotAccepted,
)
from civicfund.donors.models import Donation, DonationState, Method, OnFailure, Publicity
from civicfund.payments.models import PaymentPurpose, PaymentState
from tests.donors.conftest import assert_sound, given_to, in_account, mails_to, paid_by
from tests.factories.campaigns import make_campaign
from tests.factories.donors import ACCOUNT, Outcome, make_donation, pay_donation
from tests.factories.identity import make_user


def test_a_gift_keeps_the_terms_it_was_made_under(keep_all: Campaign) -> None:
    donation = make_donation(keep_all, amount=3_333, outcome=None, endorsements_shown=["K-2026-1"])
    assert donation.state is DonationState.STARTED
    assert (donation.operating_yen, donation.project_yen) == (499, 2_834)
    assert donation.terms["operating_share_percent"] == 15
    assert donation.terms["refund_days"] == 8
    assert donation.endorsements_shown == ["K-2026-1"]
    assert in_account("1131") == 0


def test_the_database_holds_the_terms(keep_all: Campaign) -> None:
    donation = make_donation(keep_all, outcome=None)
    with pytest.raises(IntegrityError, match="terms of gift"), db.session.begin_nested():
        db.session.execute(
            text("UPDATE donations SET operating_yen = 0, project_yen = amount_yen WHERE id = :id"),
            {"id": donation.id},
        )
    donation.state = DonationState.PAID
    with pytest.raises(IntegrityError, match="paid_is_booked"):
        db.session.flush()


@pytest.mark.parametrize(
    ("wishes", "refusal"),
    [
        ({"amount": 99}, AmountTooSmall),
        ({"amount": 0}, AmountTooSmall),
        ({"amount": -5_000}, AmountTooSmall),
        ({"amount": 10**12}, AmountTooLarge),
        ({"amount": 1_000_001}, AmountTooLarge),
        ({"amount": 300_001, "method": Method.KONBINI}, AmountTooLarge),
        ({"publicity": Publicity.NAME}, NameNeeded),
        ({"publicity": Publicity.NAME, "donor_name": " \x00 "}, NameNeeded),
        ({"publicity": Publicity.PEN_NAME, "donor_name": "山田"}, PenNameNeeded),
        ({"wants_receipt": True}, NameNeeded),
        ({"wants_receipt": True, "donor_name": "山田"}, AddressNeeded),
        (
            {"wants_receipt": True, "donor_name": "山田", "address": "川崎市", "postal_code": " "},
            AddressNeeded,
        ),
        ({"accepted_terms": False}, TermsNotAccepted),
    ],
)
def test_refuses_what_is_no_gift(
    keep_all: Campaign, wishes: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        make_donation(keep_all, **wishes)
    assert db.session.query(Donation).count() == 0


@pytest.mark.parametrize(
    "wishes",
    [
        {"amount": 100},
        {"amount": 1_000_000},
        {"amount": 300_000, "method": Method.KONBINI},
        {"publicity": Publicity.NAME, "donor_name": "山田　花子"},
        {"publicity": Publicity.PEN_NAME, "pen_name": "ねこ"},
        {
            "wants_receipt": True,
            "donor_name": "山田",
            "postal_code": "210-8577",
            "address": "川崎市川崎区宮本町1",
        },
    ],
)
def test_takes_what_is_a_gift(keep_all: Campaign, wishes: dict[str, Any]) -> None:
    assert make_donation(keep_all, **wishes).state is DonationState.PAID
    assert_sound()


def test_cash_for_a_conditional_gift_needs_a_way_back(all_or_nothing: Campaign) -> None:
    cash = {"method": Method.KONBINI, "outcome": None}
    with pytest.raises(RefundAccountNeeded):
        make_donation(all_or_nothing, **cash, refund_account=None)
    with pytest.raises(ChoiceOnFailureNeeded):
        services.check_gift(
            all_or_nothing,
            amount=make_donation(all_or_nothing, outcome=None).amount,
            method=Method.KONBINI,
            email="a@example.jp",
            publicity=Publicity.HIDDEN,
            accepted_terms=True,
        )
    assert make_donation(all_or_nothing, **cash).refund_account == ACCOUNT
    left = make_donation(
        all_or_nothing, **cash, refund_account=None, on_failure=OnFailure.LEAVE_TO_FUND
    )
    assert left.refund_account is None


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (CampaignState.DRAFT, CampaignNotYetOpen),
        (CampaignState.APPROVED, CampaignNotYetOpen),
        (CampaignState.SUSPENDED, CampaignSuspended),
        (CampaignState.SUCCEEDED, CampaignClosed),
        (CampaignState.FAILED, CampaignClosed),
        (CampaignState.CANCELLED, CampaignClosed),
        (CampaignState.COMPLETED, CampaignClosed),
    ],
)
def test_only_an_open_campaign_takes_gifts(
    house: Flask, state: CampaignState, refusal: type[DomainError]
) -> None:
    campaign = make_campaign(state=state)
    with pytest.raises(refusal):
        make_donation(campaign)
    assert db.session.query(Donation).count() == 0


def test_the_last_second_counts_and_the_next_does_not(keep_all: Campaign) -> None:
    last = clock.end_of(keep_all.deadline_on).replace(microsecond=0)
    with clock.at(last):
        assert make_donation(keep_all, outcome=None).state is DonationState.STARTED
    with clock.at(last + timedelta(seconds=1)), pytest.raises(CampaignClosed):
        make_donation(keep_all)


def test_a_form_makes_one_gift(keep_all: Campaign) -> None:
    once = {"form_key": "one", "email": "hana@example.jp"}
    first = make_donation(keep_all, **once, outcome=None)
    assert make_donation(keep_all, **once, outcome=None).id == first.id
    with pytest.raises(FormUsedForAnotherGift):
        make_donation(keep_all, **once, amount=9_000)
    campaigns.suspend_campaign(keep_all, by=make_user(roles=("staff",)), reason="調べます")
    # The second click of two is answered even when the campaign was stopped in between.
    assert make_donation(keep_all, **once, outcome=None).id == first.id


def test_a_card_is_saved_for_a_condition_and_paid_without_one(
    keep_all: Campaign, all_or_nothing: Campaign
) -> None:
    purposes = {
        (campaign.funding_model, method): paid_by(make_donation(campaign, method=method)).purpose
        for campaign in (keep_all, all_or_nothing)
        for method in Method
    }
    assert purposes == {
        (FundingModel.KEEP_ALL, Method.CARD): PaymentPurpose.PAY,
        (FundingModel.KEEP_ALL, Method.KONBINI): PaymentPurpose.PAY,
        (FundingModel.ALL_OR_NOTHING, Method.CARD): PaymentPurpose.SAVE_CARD,
        (FundingModel.ALL_OR_NOTHING, Method.KONBINI): PaymentPurpose.PAY,
    }


def test_what_nobody_can_print_is_left_out(keep_all: Campaign) -> None:
    donation = make_donation(
        keep_all,
        publicity=Publicity.NAME,
        donor_name="山田\x00　花子\ud800",
        message="一行目\n二行目\x07",
    )
    assert donation.donor_name == "山田　花子"
    assert donation.message == "一行目\n二行目"


def test_a_declined_card_is_tried_again_without_typing(keep_all: Campaign) -> None:
    donation = make_donation(keep_all, outcome=Outcome.DECLINE)
    assert donation.state is DonationState.STARTED
    services.try_again(donation, keep_all)
    pay_donation(donation)
    assert donation.state is DonationState.PAID
    assert given_to(keep_all) == 3_000
    with pytest.raises(NothingToRetry):
        services.try_again(donation, keep_all)


def test_an_expired_gift_gets_a_new_payment_while_the_campaign_is_open(keep_all: Campaign) -> None:
    donation = make_donation(keep_all, outcome=Outcome.EXPIRE)
    assert donation.state is DonationState.EXPIRED
    first = donation.payment_id
    services.try_again(donation, keep_all)
    assert donation.state is DonationState.STARTED
    assert donation.payment_id != first
    services.open_checkout(donation, description="", return_url="/", cancel_url="/")
    pay_donation(donation)
    assert given_to(keep_all) == 3_000
    late = make_donation(keep_all, outcome=Outcome.EXPIRE)
    with clock.at(keep_all.deadline_at + timedelta(seconds=1)), pytest.raises(CampaignClosed):
        services.try_again(late, keep_all)


def test_what_is_not_paid_is_cancelled_at_once(all_or_nothing: Campaign) -> None:
    pledge = make_donation(all_or_nothing)
    voucher = make_donation(all_or_nothing, method=Method.KONBINI, outcome=Outcome.TAKE_VOUCHER)
    for donation in (pledge, voucher):
        services.cancel_donation(donation)
        assert donation.state is DonationState.CANCELLED
        assert paid_by(donation).state is PaymentState.CANCELLED
        assert mails_to(donation.donor.email)[-1] == "cancelled"
        services.cancel_donation(donation)
    held = make_donation(all_or_nothing, method=Method.KONBINI)
    with pytest.raises(CannotCancel):
        services.cancel_donation(held)
    assert_sound()


def test_a_refused_transaction_leaves_no_gift(keep_all: Campaign) -> None:
    def fail() -> None:
        with transaction():
            make_donation(keep_all, outcome=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert db.session.query(Donation).count() == 0
