"""What a gift becomes by the gateway's news: once, in any order, and never lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.donors import queries, services
from civicfund.donors.models import (
    DonationState,
    Method,
    OnFailure,
    RefundChannel,
    RefundState,
)
from civicfund.ledger import queries as book
from civicfund.payments.models import PaymentState
from civicfund.payments.services import expire_payment
from tests.donors.conftest import (
    again,
    assert_sound,
    deliver,
    end,
    given_to,
    held_for,
    in_account,
    mails_to,
    paid_by,
    run_gateway_jobs,
)
from tests.factories.campaigns import make_campaign
from tests.factories.donors import Outcome, make_donation, pay_donation
from tests.factories.payments import make_payment, pay, withheld_news

S = DonationState
CARD, KONBINI = Method.CARD, Method.KONBINI


def test_a_paid_gift_is_in_the_book(keep_all: Campaign) -> None:
    donation = make_donation(keep_all, amount=10_000)
    assert donation.state is S.PAID
    assert given_to(keep_all) == 10_000
    # 3.6 % of a Visa payment, without consumption tax.
    assert in_account("1131") == 9_640
    assert book.available_in(keep_all.fund_id).minor == 10_000 - 1_500 - 360
    entry = book.entry_by_id(donation.gift_entry_id or 0)
    assert entry is not None
    assert entry.kind == "donation_received"
    assert entry.effective_on == clock.day_of(paid_by(donation).succeeded_at or clock.now())
    assert entry.party is not None
    assert entry.party.public_name is None
    assert mails_to(donation.donor.email) == ["thanks"]
    assert_sound()


def test_a_saved_card_books_nothing(all_or_nothing: Campaign) -> None:
    donation = make_donation(all_or_nothing, amount=10_000)
    assert donation.state is S.PLEDGED
    assert book.entries_of_source("donations", donation.id) == []
    assert queries.pledges_of([all_or_nothing.id])[0].pledged_yen == 10_000
    assert mails_to(donation.donor.email) == ["pledged"]


def test_cash_on_condition_is_kept_safe(all_or_nothing: Campaign) -> None:
    donation = make_donation(all_or_nothing, method=KONBINI, outcome=Outcome.TAKE_VOUCHER)
    assert donation.state is S.PENDING
    assert queries.pledges_of([all_or_nothing.id])[0].pending_yen == 3_000
    pay_donation(donation)
    assert donation.state is S.HELD
    assert (given_to(all_or_nothing), held_for(all_or_nothing)) == (0, 3_000)
    assert mails_to(donation.donor.email) == ["voucher", "held"]
    assert_sound()


def test_a_voucher_that_nobody_paid_ends(keep_all: Campaign) -> None:
    donation = make_donation(keep_all, method=KONBINI, outcome=Outcome.TAKE_VOUCHER)
    pay_donation(donation, outcome=Outcome.EXPIRE)
    assert donation.state is S.EXPIRED
    assert mails_to(donation.donor.email) == ["voucher", "expired"]


def test_money_after_the_voucher_was_given_up_is_a_gift(keep_all: Campaign) -> None:
    donation = make_donation(keep_all, method=KONBINI, outcome=Outcome.TAKE_VOUCHER)
    news = withheld_news(paid_by(donation))
    expire_payment(paid_by(donation).id)
    assert donation.state is S.EXPIRED
    deliver(news)
    assert donation.state is S.PAID
    assert given_to(keep_all) == 3_000
    assert_sound()


@pytest.mark.parametrize("method", list(Method))
def test_money_for_a_cancelled_gift_goes_back(all_or_nothing: Campaign, method: Method) -> None:
    campaign = (
        all_or_nothing if method is KONBINI else make_campaign(funding_model=FundingModel.KEEP_ALL)
    )
    donation = make_donation(
        campaign, method=method, outcome=Outcome.TAKE_VOUCHER if method is KONBINI else None
    )
    payment = paid_by(donation)
    news = withheld_news(payment)
    # The gateway took the money before it heard that the gift was cancelled.
    payment.state, donation.state = PaymentState.CANCELLED, S.CANCELLED
    db.session.flush()
    deliver(news)
    assert donation.state is S.REFUNDED
    assert (given_to(campaign), held_for(campaign), in_account("2134")) == (0, 0, 3_000)
    request = queries.refunds_of(donation)[0]
    assert request.state is RefundState.GRANTED
    by_card = method is CARD
    assert request.channel is (RefundChannel.GATEWAY if by_card else RefundChannel.BANK)
    assert mails_to(donation.donor.email)[-1] == "late_money"
    assert_sound()
    if by_card:
        run_gateway_jobs()
        assert request.state is RefundState.PAID
        assert in_account("2134") == 0
        assert_sound()


def test_cash_that_comes_after_the_award_goes_back(all_or_nothing: Campaign) -> None:
    donation = make_donation(all_or_nothing, method=KONBINI, outcome=Outcome.TAKE_VOUCHER)
    end(all_or_nothing, CampaignState.SUCCEEDED)
    end(all_or_nothing, CampaignState.AWARDED)
    pay_donation(donation)
    assert donation.state is S.REFUNDED
    assert (given_to(all_or_nothing), held_for(all_or_nothing)) == (0, 0)
    assert in_account("2134") == 3_000
    assert mails_to(donation.donor.email)[-1] == "late_money"
    assert_sound()


def test_cash_begun_in_time_counts_after_a_success(all_or_nothing: Campaign) -> None:
    donation = make_donation(all_or_nothing, method=KONBINI, outcome=Outcome.TAKE_VOUCHER)
    end(all_or_nothing, CampaignState.SUCCEEDED)
    pay_donation(donation)
    assert donation.state is S.PAID
    assert (given_to(all_or_nothing), held_for(all_or_nothing)) == (3_000, 0)
    assert_sound()


@pytest.mark.parametrize("on_failure", list(OnFailure))
@pytest.mark.parametrize("model", list(FundingModel))
def test_cash_after_a_failure_goes_where_the_donor_chose(
    house: Flask, model: FundingModel, on_failure: OnFailure
) -> None:
    campaign = make_campaign(funding_model=model)
    donation = make_donation(
        campaign, method=KONBINI, outcome=Outcome.TAKE_VOUCHER, on_failure=on_failure
    )
    end(campaign, CampaignState.FAILED)
    pay_donation(donation)
    assert (given_to(campaign), held_for(campaign)) == (0, 0)
    if on_failure is OnFailure.LEAVE_TO_FUND:
        assert (donation.state, donation.left_to_fund) == (S.PAID, True)
        assert in_account("4101") == 3_000
    else:
        assert donation.state is S.REFUNDED
        assert in_account("2134") == 3_000
    assert_sound()


def test_a_card_saved_too_late_is_never_charged(all_or_nothing: Campaign) -> None:
    donation = make_donation(all_or_nothing, outcome=None)
    end(all_or_nothing, CampaignState.FAILED)
    pay_donation(donation)
    assert donation.state is S.STARTED
    run_gateway_jobs()
    assert paid_by(donation).state is PaymentState.CANCELLED
    assert paid_by(donation).saved_card_ref is None


def test_a_card_saved_after_the_success_is_charged(all_or_nothing: Campaign) -> None:
    donation = make_donation(all_or_nothing, outcome=None)
    end(all_or_nothing, CampaignState.SUCCEEDED)
    pay_donation(donation)
    assert (donation.state, donation.charge_tries) == (S.PLEDGED, 1)
    run_gateway_jobs()
    assert donation.state is S.PAID
    assert mails_to(donation.donor.email) == ["pledged", "thanks"]
    assert_sound()


def test_two_attempts_that_both_bring_money_make_one_gift(keep_all: Campaign) -> None:
    donation = make_donation(keep_all, outcome=None)
    first = paid_by(donation)
    late = withheld_news(first)
    expire_payment(first.id)
    services.try_again(donation, keep_all)
    services.open_checkout(donation, description="", return_url="/", cancel_url="/")
    pay_donation(donation)
    deliver(late)
    deliver(again(late))
    assert donation.state is S.PAID
    assert given_to(keep_all) == 3_000
    assert in_account("2134") == 3_000
    assert [request.channel for request in queries.refunds_of(donation)] == [RefundChannel.GATEWAY]
    assert_sound()
    run_gateway_jobs()
    assert in_account("2134") == 0
    assert (donation.state, donation.refunded_yen) == (S.PAID, 0)
    assert_sound()


def test_a_page_that_was_closed_without_a_word_is_given_up(keep_all: Campaign) -> None:
    donation = make_donation(keep_all, outcome=None)
    payment = paid_by(donation)
    payment.state = PaymentState.CANCELLED
    db.session.flush()
    assert services.close_forgotten() == 0
    with clock.at(clock.now() + timedelta(hours=2)):
        assert services.close_forgotten() == 1
    db.session.refresh(donation)
    assert donation.state is S.EXPIRED


def test_payments_of_others_are_left_alone(house: Flask) -> None:
    payment = pay(make_payment())
    assert payment.state is PaymentState.SUCCEEDED
    assert book.entries_of_source("things", payment.source_id) == []


STORIES = {
    "card": (FundingModel.KEEP_ALL, CARD, [Outcome.DECLINE, Outcome.SUCCEED], S.PAID),
    "cash": (FundingModel.KEEP_ALL, KONBINI, [Outcome.SUCCEED], S.PAID),
    "unpaid": (FundingModel.KEEP_ALL, KONBINI, [Outcome.TAKE_VOUCHER, Outcome.EXPIRE], S.EXPIRED),
    "pledge": (FundingModel.ALL_OR_NOTHING, CARD, [Outcome.DECLINE, Outcome.SUCCEED], S.PLEDGED),
    "held": (
        FundingModel.ALL_OR_NOTHING,
        KONBINI,
        [Outcome.SUCCEED],
        S.HELD,
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_any_order_and_any_repetition_end_alike(house: Flask, story: str) -> None:
    model, method, outcomes, state = STORIES[story]
    campaign = make_campaign(funding_model=model)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def play(drawn: st.DataObject) -> None:
        with undone():
            donation = make_donation(campaign, method=method, outcome=None)
            news = [
                event
                for outcome in outcomes
                for event in withheld_news(paid_by(donation), outcome=outcome)
            ]
            times = drawn.draw(st.lists(st.integers(1, 3), min_size=len(news), max_size=len(news)))
            stream = [event for event, n in zip(news, times, strict=True) for _ in range(n)]
            for event in drawn.draw(st.permutations(stream)):
                deliver([event] if drawn.draw(st.booleans()) else again([event]))
            db.session.refresh(donation)
            booked = 3_000 if state in {S.PAID, S.HELD} else 0
            assert donation.state is state
            assert given_to(campaign) + held_for(campaign) == booked
            assert len(book.entries_of_source("donations", donation.id)) == bool(booked)

    play()


@contextmanager
def undone() -> Iterator[None]:
    """Each example begins with the same house."""
    savepoint = db.session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
        db.session.expire_all()
