"""Money back: within the policy, owed once granted, gone once the card or the bank says so."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.core import clock
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.core.money import yen
from civicfund.donors import queries, services
from civicfund.donors.errors import (
    AccountByAnotherNeeded,
    AnotherPersonNeeded,
    BankLineDiffers,
    LeftToFund,
    NothingToRefund,
    ReasonNeeded,
    RefundAccountNeeded,
    RefundAfterAward,
    RefundAlreadyAsked,
    RefundTooLarge,
    RefundTooLate,
)
from civicfund.donors.models import (
    Donation,
    DonationState,
    Method,
    OnFailure,
    RefundChannel,
    RefundState,
)
from civicfund.donors.split import returned_parts
from civicfund.identity.models import User
from civicfund.ledger import queries as book
from civicfund.payments.models import Refund
from tests.donors.conftest import (
    assert_sound,
    end,
    given_to,
    held_for,
    in_account,
    mails_to,
    run_gateway_jobs,
)
from tests.factories.campaigns import make_campaign
from tests.factories.donors import ACCOUNT, Outcome, make_donation
from tests.factories.identity import make_member, make_user
from tests.factories.ledger import make_bank_balance
from tests.factories.payments import make_bank_line

S = DonationState


@pytest.fixture
def staff(house: Flask) -> User:
    return make_user(roles=("staff",))


def test_a_card_gift_goes_back_and_the_fund_carries_the_fee(
    keep_all: Campaign, staff: User
) -> None:
    donation = make_donation(keep_all, amount=10_000)
    request = services.request_refund(donation, reason="まちがえました")
    assert request.state is RefundState.ASKED
    assert given_to(keep_all) == 10_000
    services.grant_refund(request, by=staff)
    assert (request.state, donation.state) == (RefundState.GRANTED, S.REFUNDED)
    # Owed from now on: nothing of it can be awarded any more.
    assert (given_to(keep_all), in_account("2134")) == (0, 10_000)
    assert book.available_in(keep_all.fund_id).minor == 0
    assert_sound()
    run_gateway_jobs()
    assert request.state is RefundState.PAID
    assert (in_account("2134"), in_account("1131")) == (0, -360)
    assert mails_to(donation.donor.email) == [
        "thanks", "refund_asked", "refund_granted", "refund_paid",
    ]  # fmt: skip
    assert_sound()


def test_asking_is_for_the_days_of_the_policy(keep_all: Campaign) -> None:
    donation = make_donation(keep_all)
    last = clock.end_of(clock.today() + timedelta(days=8))
    with clock.at(last + timedelta(seconds=1)), pytest.raises(RefundTooLate):
        services.request_refund(donation)
    with clock.at(last):
        services.request_refund(donation)
    with pytest.raises(RefundAlreadyAsked):
        services.request_refund(donation)


def test_after_the_award_the_policy_refuses_everybody(keep_all: Campaign, staff: User) -> None:
    donation = make_donation(keep_all)
    request = services.request_refund(donation)
    end(keep_all, CampaignState.SUCCEEDED)
    end(keep_all, CampaignState.AWARDED)
    with pytest.raises(RefundAfterAward):
        services.grant_refund(request, by=staff)
    with pytest.raises(RefundAfterAward):
        services.refund_by_office(donation, by=staff, amount=yen(1), reason="おわび")
    with pytest.raises(RefundAfterAward):
        services.request_refund(make_other_paid(donation))
    assert given_to(keep_all) == 3_000


def make_other_paid(donation: Donation) -> Donation:
    """Another wish for the same gift: the first one is answered."""
    for request in queries.refunds_of(donation):
        request.state, request.decision_note = RefundState.DECLINED, "-"
    db.session.flush()
    return donation


@pytest.mark.parametrize("outcome", [Outcome.EXPIRE, Outcome.DECLINE])
def test_there_must_be_money_to_return(keep_all: Campaign, outcome: Outcome) -> None:
    with pytest.raises(NothingToRefund):
        services.request_refund(make_donation(keep_all, outcome=outcome))


def test_what_was_left_to_the_fund_stays(all_or_nothing: Campaign) -> None:
    donation = make_donation(
        all_or_nothing, method=Method.KONBINI, on_failure=OnFailure.LEAVE_TO_FUND
    )
    end(all_or_nothing, CampaignState.FAILED)
    services.return_held(all_or_nothing)
    with pytest.raises(LeftToFund):
        services.request_refund(donation)


def test_declining_needs_a_reason_that_the_donor_reads(keep_all: Campaign, staff: User) -> None:
    donation = make_donation(keep_all)
    request = services.request_refund(donation)
    with pytest.raises(ReasonNeeded):
        services.decline_refund(request, by=staff, note="  ")
    services.decline_refund(request, by=staff, note="すでに材料を買いました")
    assert (request.state, donation.state) == (RefundState.DECLINED, S.PAID)
    assert mails_to(donation.donor.email)[-1] == "refund_declined"
    with pytest.raises(NotAllowedNow):
        services.grant_refund(request, by=staff)
    assert_sound()


def test_only_the_office_decides(keep_all: Campaign) -> None:
    request = services.request_refund(make_donation(keep_all))
    for somebody in (make_member(), make_user(roles=("auditor",)), make_user(roles=("officer",))):
        with pytest.raises(Forbidden):
            services.grant_refund(request, by=somebody)
        with pytest.raises(Forbidden):
            services.decline_refund(request, by=somebody, note="-")


def test_parts_go_back_until_nothing_is_left(keep_all: Campaign, staff: User) -> None:
    donation = make_donation(keep_all, amount=10_001)
    with pytest.raises(RefundTooLarge):
        services.refund_by_office(donation, by=staff, amount=yen(10_002), reason="おわび")
    for amount, state in ((3_333, S.PARTIALLY_REFUNDED), (6_668, S.REFUNDED)):
        services.refund_by_office(donation, by=staff, amount=yen(amount), reason="おわび")
        assert donation.state is state
        assert_sound()
    run_gateway_jobs()
    assert (given_to(keep_all), in_account("2134")) == (0, 0)
    assert book.balance_of("4191", keep_all.fund_id).minor == 0
    assert book.balance_of("5231", keep_all.fund_id).minor == 0
    with pytest.raises(NothingToRefund):
        services.refund_by_office(donation, by=staff, amount=yen(1), reason="おわび")
    assert_sound()


@given(st.integers(1, 10**7), st.integers(0, 100), st.integers(0, 10**5), st.data())
def test_parts_of_refunds_add_up_to_the_gift(
    amount: int, percent: int, fee: int, drawn: st.DataObject
) -> None:
    operating = amount * percent // 100
    gift = Donation(amount_yen=amount, operating_yen=operating, project_yen=amount - operating)
    left, project, share, fees = amount, 0, 0, 0
    while left:
        part = drawn.draw(st.integers(1, left)) if left > 1 and amount < 50 else left
        parts = returned_parts(gift, before=yen(amount - left), amount=yen(part), fee=yen(fee))
        assert parts.project.minor >= 0
        assert parts.project + parts.operating == yen(part)
        project, share, fees = (
            project + parts.project.minor, share + parts.operating.minor, fees + parts.fee.minor,
        )  # fmt: skip
        left -= part
    assert (project, share, fees) == (amount - operating, operating, fee)


def test_a_gift_of_an_earlier_business_year_is_the_funds_loss(house: Flask, staff: User) -> None:
    with clock.at(datetime(2027, 3, 30, 3, tzinfo=UTC)):
        campaign = make_campaign(funding_model=FundingModel.KEEP_ALL)
        donation = make_donation(campaign)
    with clock.at(datetime(2027, 4, 2, 3, tzinfo=UTC)):
        services.grant_refund(services.request_refund(donation), by=staff)
        assert (in_account("5291"), in_account("2134")) == (3_000, 3_000)
        assert given_to(campaign) == 3_000
        assert_sound()


def test_cash_goes_back_by_bank_and_two_people(keep_all: Campaign, staff: User) -> None:
    donation = make_donation(keep_all, method=Method.KONBINI, refund_account=None)
    with pytest.raises(RefundAccountNeeded):
        services.request_refund(donation)
    request = services.request_refund(donation, account=ACCOUNT)
    services.grant_refund(request, by=staff)
    assert request.channel is RefundChannel.BANK
    assert queries.returns_to_transfer() == [request]
    other = make_user(roles=("staff",))
    line = make_bank_line(amount=-3_000, by=staff)
    with pytest.raises(AnotherPersonNeeded):
        services.mark_returned(request, line=line, by=staff)
    with pytest.raises(BankLineDiffers):
        services.mark_returned(request, line=make_bank_line(amount=-2_999, by=staff), by=other)


def test_a_return_is_confirmed_against_the_bank(keep_all: Campaign, staff: User) -> None:
    make_bank_balance(50_000)
    donation = make_donation(keep_all, method=Method.KONBINI)
    request = services.request_refund(donation, account=ACCOUNT)
    services.grant_refund(request, by=staff)
    line = make_bank_line(amount=-3_000, by=staff)
    services.mark_returned(request, line=line, by=make_user(roles=("approver",)))
    assert (request.state, request.bank_line_id) == (RefundState.PAID, line.id)
    assert (in_account("2134"), in_account("1112")) == (0, 47_000)
    assert mails_to(donation.donor.email)[-1] == "refund_paid"
    assert queries.returns_to_transfer() == []
    assert_sound()


def test_what_the_card_gives_back_is_not_returned_by_bank_as_well(
    keep_all: Campaign, staff: User
) -> None:
    make_bank_balance(50_000)
    request = services.request_refund(make_donation(keep_all))
    services.grant_refund(request, by=staff)
    line = make_bank_line(amount=-3_000, by=staff)
    with pytest.raises(NotAllowedNow):
        services.mark_returned(request, line=line, by=make_user(roles=("approver",)))
    assert (request.state, request.channel) == (RefundState.GRANTED, RefundChannel.GATEWAY)
    assert (in_account("2134"), line.matched_id) == (3_000, None)
    run_gateway_jobs()
    assert (request.state, in_account("2134")) == (RefundState.PAID, 0)
    assert_sound()


def test_held_money_goes_back_whole(all_or_nothing: Campaign, staff: User) -> None:
    donation = make_donation(all_or_nothing, method=Method.KONBINI)
    request = services.request_refund(donation)
    with pytest.raises(RefundTooLarge):
        services.grant_refund(request, by=staff, amount=yen(1_000))
    services.grant_refund(request, by=staff)
    assert donation.state is S.REFUNDED
    assert (held_for(all_or_nothing), in_account("2134")) == (0, 3_000)
    assert_sound()


def test_what_a_card_does_not_take_back_is_still_owed(keep_all: Campaign, staff: User) -> None:
    donation = make_donation(keep_all)
    request = services.request_refund(donation)
    services.grant_refund(request, by=staff)
    refund = db.session.get(Refund, request.refund_id)
    assert refund is not None
    services.record_failed_refund(refund)
    assert (request.state, donation.state) == (RefundState.FAILED, S.REFUNDED)
    assert in_account("2134") == 3_000
    assert queries.refunds_failed() == [request]
    assert_sound()
    with pytest.raises(AccountByAnotherNeeded):
        services.send_by_bank(request, by=staff, account=ACCOUNT)
    other = make_user(roles=("staff",))
    services.send_by_bank(request, by=other, account=ACCOUNT)
    logged = db.session.query(AuditRecord).filter_by(deed="send_refund_by_bank").one()
    assert logged.after == ACCOUNT | {"account_number": "…567"}
    assert (request.state, request.channel) == (RefundState.GRANTED, RefundChannel.BANK)
    services.name_account(donation, ACCOUNT | {"account_number": "7654321"})
    assert donation.refund_account is not None
    assert donation.refund_account["account_number"] == "7654321"


def test_the_office_answers_a_donor_who_waits(keep_all: Campaign, staff: User) -> None:
    donation = make_donation(keep_all, amount=10_000)
    asked = services.request_refund(donation)
    answered = services.refund_by_office(donation, by=staff, amount=yen(4_000), reason="半分ずつ")
    assert answered is asked
    assert queries.refunds_waiting() == []
    assert (donation.state, donation.refunded_yen) == (S.PARTIALLY_REFUNDED, 4_000)
    assert_sound()


def test_nobody_names_an_account_for_nothing(keep_all: Campaign) -> None:
    with pytest.raises(NothingToRefund):
        services.name_account(make_donation(keep_all), ACCOUNT)
