"""The gate of thirty per cent, the agreement, and money that comes back."""

from datetime import timedelta

import pytest

from civicfund.campaigns.models import CampaignState
from civicfund.core import clock
from civicfund.core.db import transaction
from civicfund.core.errors import NotAllowedNow
from civicfund.grants import services
from civicfund.grants.errors import (
    LineDiffers,
    LineTaken,
    MemberMayNotJudge,
    NotAgreed,
    NotAMember,
    ReasonMissing,
)
from civicfund.grants.models import AwardState, DisbursementState
from civicfund.identity import services as identity
from civicfund.ledger import queries as book
from tests.factories.grants import Cast, accept_report, make_award, make_disbursement
from tests.factories.payments import make_bank_line


def far_over(cast: Cast) -> object:
    return make_award(cast, gift=100_000, target=50_000, state=AwardState.PROPOSED)


def test_an_approver_lets_a_far_larger_sum_go(cast: Cast) -> None:
    award = far_over(cast)
    assert book.balance_of("2121", award.fund_id).minor == 0
    with pytest.raises(ReasonMissing), transaction():
        services.accept_over_target(award, by=cast.approver, reason=" ")
    with transaction():
        services.accept_over_target(award, by=cast.approver, reason="修正予算書を確認した")
    assert award.state is AwardState.OFFERED
    assert award.campaign.state is CampaignState.AWARDED
    assert book.balance_of("2121", award.fund_id).minor == award.amount_yen
    assert book.available_in(award.fund_id).minor == 0
    with pytest.raises(NotAllowedNow), transaction():
        services.accept_over_target(award, by=cast.approver, reason="もう一度")


def test_a_member_does_not_accept_for_their_own_organisation(cast: Cast) -> None:
    award = far_over(cast)
    with transaction():
        identity.add_member(user=cast.approver, organisation=cast.npo)
    with pytest.raises(MemberMayNotJudge), transaction():
        services.accept_over_target(award, by=cast.approver, reason="よい")


def test_money_waits_for_the_agreement(cast: Cast) -> None:
    award = make_award(cast, state=AwardState.OFFERED)
    with pytest.raises(NotAgreed), transaction():
        make_disbursement(award, cast)
    with pytest.raises(NotAMember), transaction():
        services.agree_to_award(award, by=cast.staff)
    with transaction():
        services.agree_to_award(award, by=cast.member)
    with pytest.raises(NotAllowedNow), transaction():
        services.agree_to_award(award, by=cast.member)
    assert make_disbursement(award, cast).number == 1


def test_unused_money_comes_back_once_and_to_the_yen(cast: Cast) -> None:
    award = make_award(cast)
    make_disbursement(award, cast, state=DisbursementState.PAID)
    accept_report(award, cast, spent=30_000)
    back = award.to_return_yen
    assert back == award.amount_yen - 30_000
    with transaction():
        wrong, line, again = (make_bank_line(amount=yen) for yen in (back - 1, back, back))
    with pytest.raises(LineDiffers), transaction():
        services.record_returned_money(award, line=wrong, by=cast.staff)
    with transaction():
        services.record_returned_money(award, line=line, by=cast.staff)
    assert (line.matched_kind, line.matched_id) == ("awards", award.id)
    assert book.available_in(award.fund_id).minor == back
    for used in (line, again):
        with pytest.raises((NotAllowedNow, LineTaken)), transaction():
            services.record_returned_money(award, line=used, by=cast.staff)


def test_money_of_an_earlier_year_is_income_of_this_one(cast: Cast) -> None:
    award = make_award(cast)
    make_disbursement(award, cast, state=DisbursementState.PAID)
    accept_report(award, cast, spent=30_000)
    with clock.at(clock.now() + timedelta(days=366)), transaction():
        line = make_bank_line(amount=award.to_return_yen)
        services.record_returned_money(award, line=line, by=cast.staff)
    assert book.balance_of("4601", award.fund_id).minor == award.to_return_yen
    assert book.balance_of("1143").minor == 0
