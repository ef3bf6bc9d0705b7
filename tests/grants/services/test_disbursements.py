"""Money leaves by two people, against the bank's own line, and never more than was decided."""

import pytest

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.grants import services
from civicfund.grants.errors import (
    AnotherPersonNeeded,
    FeeLineWrong,
    LineDiffers,
    LineTaken,
    LineTooEarly,
    MemberMayNotJudge,
    MoreThanAward,
    NoPayeeAccount,
    PayeeChanged,
    ReasonMissing,
)
from civicfund.grants.models import AwardState, DisbursementState
from civicfund.identity import services as identity
from civicfund.ledger import queries as book
from civicfund.ledger.errors import BankOverdrawn
from civicfund.notifications.models import Message
from tests.factories.grants import (
    Cast,
    line_for,
    make_account,
    make_award,
    make_disbursement,
)
from tests.factories.identity import make_user
from tests.factories.payments import make_bank_line

S = DisbursementState


def mails(template: str) -> list[str]:
    rows = db.session.query(Message).filter_by(template=template).order_by(Message.id)
    return [row.recipient for row in rows]


def test_prepared_signed_given_paid(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast, amount=50_000)
    assert mails("grants/payment_to_approve") == [cast.approver.email]
    with transaction():
        services.approve_disbursement(made, by=cast.approver)
        services.mark_exported(made, by=cast.staff)
        line, fee = line_for(made), make_bank_line(amount=-330)
        services.mark_paid(made, line=line, fee_line=fee, by=cast.staff)
    assert (made.state, made.paid_on, made.fee_yen) == (S.PAID, line.booked_on, 330)
    assert award.state is AwardState.ACTIVE
    kinds = [entry.kind for entry in book.entries_of_source("disbursements", made.id)]
    assert kinds == ["grant_instalment_paid", "bank_transfer_fee"]
    assert book.balance_of("2121", award.fund_id).minor == award.amount_yen - 50_000
    assert book.balance_of("1112").minor == 10_000_000 - 50_330
    assert book.balance_of("5233").minor == 330
    assert (line.matched_kind, line.matched_id) == ("disbursements", made.id)
    assert fee.matched_kind == "journal_entries"
    assert mails("grants/paid") == [cast.member.email]


def test_more_than_the_award_is_refused_with_what_is_left(cast: Cast) -> None:
    award = make_award(cast)
    make_disbursement(award, cast, amount=award.amount_yen - 10_000)
    with pytest.raises(MoreThanAward) as refusal, transaction():
        make_disbursement(award, cast, amount=10_001)
    assert refusal.value.places == {"available": "10,000", "asked": "10,001"}
    assert make_disbursement(award, cast, amount=10_000).number == 2


def test_the_preparer_does_not_sign(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast)
    with pytest.raises(Forbidden), transaction():
        services.approve_disbursement(made, by=cast.second_staff)
    with transaction():
        identity.grant_role(cast.staff, "approver", by=None)
    with pytest.raises(AnotherPersonNeeded), transaction():
        services.approve_disbursement(made, by=cast.staff)
    assert made.state is S.PREPARED


def test_nobody_pays_an_organisation_of_their_own(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast, amount=1_000)
    with transaction():
        for person in (cast.staff, cast.approver):
            identity.add_member(user=person, organisation=cast.npo)
    with pytest.raises(MemberMayNotJudge), transaction():
        services.approve_disbursement(made, by=cast.approver)
    with pytest.raises(MemberMayNotJudge), transaction():
        make_disbursement(award, cast, amount=1_000)


def test_no_account_no_payment_and_a_changed_account_is_noticed(cast: Cast) -> None:
    award = make_award(cast, has_account=False)
    with pytest.raises(NoPayeeAccount), transaction():
        make_disbursement(award, cast)
    make_account(cast)
    made = make_disbursement(award, cast)
    make_account(cast, number="7654321")
    with pytest.raises(PayeeChanged), transaction():
        services.approve_disbursement(made, by=cast.approver)
    with transaction():
        services.withdraw_disbursement(made, by=cast.staff, reason="口座変更")
    assert make_disbursement(award, cast).payee["number"] == "7654321"


def test_the_bank_line_must_fit(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast, amount=50_000, state=S.APPROVED)
    other = make_disbursement(award, cast, amount=50_000 // 2, state=S.PAID)
    used = other.bank_line_id
    with transaction():
        less, incoming = make_bank_line(amount=-49_999), make_bank_line(amount=50_000)
        early = line_for(made, on=clock.today().replace(year=2020))
        good, big_fee = line_for(made), make_bank_line(amount=-2_001)
    for line, refusal in ((less, LineDiffers), (incoming, LineDiffers), (early, LineTooEarly)):
        with pytest.raises(refusal), transaction():
            services.mark_paid(made, line=line, by=cast.staff)
    with pytest.raises(FeeLineWrong), transaction():
        services.mark_paid(made, line=good, fee_line=big_fee, by=cast.staff)
    with pytest.raises(LineTaken), transaction():
        services.mark_paid(made, line=db.session.get(type(good), used), by=cast.staff)
    assert made.state is S.APPROVED
    assert book.entries_of_source("disbursements", made.id) == []


def test_a_payment_nobody_signed_cannot_be_paid(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast)
    with transaction():
        line = line_for(made)
    with pytest.raises(NotAllowedNow), transaction():
        services.mark_paid(made, line=line, by=cast.staff)


def test_more_than_the_bank_holds_is_refused_by_the_book(cast: Cast) -> None:
    award = make_award(cast, bank=1_000)
    made = make_disbursement(award, cast, amount=1_001, state=S.APPROVED)
    with transaction():
        line = line_for(made)
    with pytest.raises(BankOverdrawn) as refusal, transaction():
        services.mark_paid(made, line=line, by=cast.staff)
    assert refusal.value.places["available"] == "1,000"
    assert made.state is S.APPROVED
    assert line.matched_id is None


def test_what_the_bank_sends_back_can_be_paid_again(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast, state=S.PAID)
    with transaction():
        line = make_bank_line(amount=made.amount_yen)
    with pytest.raises(ReasonMissing), transaction():
        services.mark_returned(made, line=line, by=cast.staff, reason="")
    with transaction():
        services.mark_returned(made, line=line, by=cast.staff, reason="口座番号違い")
    assert made.state is S.RETURNED
    assert book.balance_of("2121", award.fund_id).minor == award.amount_yen
    assert book.balance_of("1112").minor == 10_000_000
    assert mails("grants/payment_returned") == [cast.member.email]
    assert make_disbursement(award, cast, state=S.PAID).number == 2


def test_withdrawing_needs_a_reason_and_the_right_person(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast)
    with pytest.raises(ReasonMissing), transaction():
        services.withdraw_disbursement(made, by=cast.approver, reason=" ")
    with pytest.raises(Forbidden), transaction():
        services.withdraw_disbursement(made, by=make_user(), reason="x")
    with transaction():
        services.withdraw_disbursement(made, by=cast.approver, reason="金額の誤り")
    with pytest.raises(NotAllowedNow), transaction():
        services.approve_disbursement(made, by=cast.approver)


def test_the_same_form_twice_is_one_instalment(cast: Cast) -> None:
    award = make_award(cast)
    first = make_disbursement(award, cast, amount=1_000, form_key="same")
    assert make_disbursement(award, cast, amount=1_000, form_key="same") is first
