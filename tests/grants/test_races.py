"""Two people, or two workers, at the same moment, on real connections: one deed, one refusal."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.errors import NotAllowedNow
from civicfund.core.money import yen
from civicfund.grants import services, settlement
from civicfund.grants.errors import LineTaken, MoreThanAward, PayeeChanged
from civicfund.grants.models import Award, Disbursement, DisbursementState, PayeeAccount
from civicfund.identity.models import User
from civicfund.ledger import queries as book
from civicfund.ledger.errors import BankOverdrawn
from civicfund.payments.models import BankLine, Payment, PaymentPurpose
from tests import racing
from tests.factories.donors import make_donation
from tests.factories.grants import (
    account_words,
    after,
    line_for,
    make_award,
    make_cast,
    make_disbursement,
    make_live_campaign,
    settle,
)
from tests.factories.payments import make_bank_line
from tests.jobs import run_jobs

S = DisbursementState


def race(app: Flask, *deeds: Callable[[], Any]) -> list[Any]:
    """Do all at once; answers "done" or the refusal of each."""
    answers = racing.race(app, *deeds)
    return [answer if isinstance(answer, type) else "done" for answer in answers]


def get(kind: type[Any], number: int) -> Any:
    row = db.session.get(kind, number)
    assert row is not None
    return row


def test_two_instalments_together_never_exceed_the_award(open_house: Flask) -> None:
    cast = make_cast()
    award = make_award(cast)
    award_id, staff_id, amount = award.id, cast.staff.id, award.amount_yen * 6 // 10

    def prepare(key: str) -> Callable[[], Any]:
        return lambda: services.prepare_disbursement(
            get(Award, award_id),
            amount=yen(amount),
            purpose="第1回",
            by=get(User, staff_id),
            form_key=key,
        )

    answers = race(open_house, *(prepare(f"key-{n}") for n in range(4)))
    assert sorted(answers, key=str) == [MoreThanAward] * 3 + ["done"]
    assert db.session.query(Disbursement).count() == 1


def test_one_form_sent_many_times_at_once_is_one_instalment(open_house: Flask) -> None:
    cast = make_cast()
    award_id, staff_id = make_award(cast).id, cast.staff.id

    def prepare() -> Any:
        return services.prepare_disbursement(
            get(Award, award_id), amount=yen(5), purpose="x", by=get(User, staff_id), form_key="k"
        )

    assert race(open_house, *[prepare] * 4) == ["done"] * 4
    assert db.session.query(Disbursement).count() == 1


def test_an_instalment_is_paid_once(open_house: Flask) -> None:
    cast = make_cast()
    award = make_award(cast)
    made = make_disbursement(award, cast, amount=10_000, state=S.APPROVED)
    with transaction():
        lines = [line_for(made).id for _ in range(3)]
    made_id, staff_id = made.id, cast.staff.id

    def pay(line_id: int) -> Callable[[], Any]:
        return lambda: services.mark_paid(
            get(Disbursement, made_id), line=get(BankLine, line_id), by=get(User, staff_id)
        )

    answers = race(open_house, *map(pay, lines))
    assert sorted(answers, key=str) == [NotAllowedNow] * 2 + ["done"]
    assert len(book.entries_of_source("disbursements", made_id)) == 1


def test_a_bank_line_pays_one_instalment(open_house: Flask) -> None:
    cast = make_cast()
    award = make_award(cast)
    made = [make_disbursement(award, cast, amount=10_000, state=S.APPROVED).id for _ in range(2)]
    with transaction():
        line_id = make_bank_line(amount=-10_000).id
    staff_id = cast.staff.id

    def pay(made_id: int) -> Callable[[], Any]:
        return lambda: services.mark_paid(
            get(Disbursement, made_id), line=get(BankLine, line_id), by=get(User, staff_id)
        )

    assert sorted(race(open_house, *map(pay, made)), key=str) == [LineTaken, "done"]


def test_the_bank_account_is_not_overdrawn(open_house: Flask) -> None:
    cast = make_cast()
    first, second = make_award(cast, bank=15_000), make_award(cast, bank=0)
    pairs = []
    for award in (first, second):
        made = make_disbursement(award, cast, amount=10_000, state=S.APPROVED)
        with transaction():
            pairs.append((made.id, line_for(made).id))
    staff_id = cast.staff.id

    def pay(pair: tuple[int, int]) -> Callable[[], Any]:
        return lambda: services.mark_paid(
            get(Disbursement, pair[0]), line=get(BankLine, pair[1]), by=get(User, staff_id)
        )

    answers = race(open_house, *map(pay, pairs))
    assert sorted(answers, key=str) == [BankOverdrawn, "done"]
    assert book.balance_of("1112").minor == 5_000


def test_two_signatures_are_one(open_house: Flask) -> None:
    cast = make_cast()
    made_id = make_disbursement(make_award(cast), cast, amount=10_000).id
    approver_id = cast.approver.id

    def sign() -> Any:
        return services.approve_disbursement(get(Disbursement, made_id), by=get(User, approver_id))

    assert sorted(race(open_house, sign, sign), key=str) == [NotAllowedNow, "done"]


def test_a_signature_beside_a_change_of_account(open_house: Flask) -> None:
    cast = make_cast()
    made_id = make_disbursement(make_award(cast), cast, amount=10_000).id
    with transaction():
        words = account_words(number="7654321")
        account = services.propose_account(cast.npo, by=cast.member, words=words)
        services.check_account(account, by=cast.staff, how="通帳の写し")
    account_id, approver_id = account.id, cast.approver.id

    def sign() -> Any:
        return services.approve_disbursement(get(Disbursement, made_id), by=get(User, approver_id))

    def confirm() -> Any:
        return services.confirm_account(get(PayeeAccount, account_id), by=get(User, approver_id))

    signed, confirmed = race(open_house, sign, confirm)
    assert confirmed == "done"
    # Signed before the change, or refused because of it; never signed for a replaced account.
    assert signed in ("done", PayeeChanged)
    if signed is PayeeChanged:
        assert get(Disbursement, made_id).state is S.PREPARED


def test_two_workers_settle_a_campaign_once(open_house: Flask) -> None:
    cast = make_cast()
    campaign = make_live_campaign(cast)
    with transaction():
        for _ in range(3):
            make_donation(campaign, amount=4_000)
    campaign_id = campaign.id
    with clock.at(after(campaign)):
        deeds = [lambda: settlement.settle_campaign(get(Campaign, campaign_id))] * 3
        assert race(open_house, *deeds) == ["done"] * 3
        assert get(Campaign, campaign_id).state is CampaignState.SUCCEEDED
        assert db.session.query(Payment).filter_by(purpose=PaymentPurpose.CHARGE).count() == 3
        settle(get(Campaign, campaign_id))
        assert db.session.query(Award).count() == 1


def test_two_workers_make_one_award(open_house: Flask) -> None:
    cast = make_cast()
    campaign = make_live_campaign(cast)
    with transaction():
        make_donation(campaign, amount=10_000)
    campaign_id = campaign.id
    with clock.at(after(campaign)):
        with transaction():
            settlement.settle_campaign(campaign)

        run_jobs()
        deeds = [lambda: settlement.finish_collection(get(Campaign, campaign_id))] * 3
        assert race(open_house, *deeds) == ["done"] * 3
    [award] = db.session.query(Award).all()
    assert len(book.entries_of_source("awards", award.id)) == 1
