"""A bank account needs three people, and every member hears of it."""

import pytest

from civicfund.core.db import db, transaction
from civicfund.core.errors import NotAllowedNow
from civicfund.grants import services
from civicfund.grants.errors import (
    AnotherPersonNeeded,
    MemberMayNotJudge,
    NotAMember,
    NotDigits,
    NotKana,
    ProposalWaits,
    ReasonMissing,
    SameAccount,
)
from civicfund.grants.models import PayeeAccount, PayeeState
from civicfund.grants.queries import payees
from civicfund.identity import services as identity
from civicfund.notifications.models import Message
from tests.factories.grants import Cast, account_words, make_account
from tests.factories.identity import make_member, make_user


def propose(cast: Cast, **more: object) -> PayeeAccount:
    with transaction():
        return services.propose_account(cast.npo, by=cast.member, words=account_words(**more))


def mails() -> list[tuple[str, str]]:
    rows = db.session.query(Message).filter(Message.template.startswith("grants/account_"))
    return [(row.template.removeprefix("grants/account_"), row.recipient) for row in rows]


def test_three_people_and_a_change_needs_the_same_again(cast: Cast) -> None:
    other = make_member(cast.npo)
    first = propose(cast, number="１２３", holder_kana="とくひ）みどりのかい")
    assert (first.number, first.holder_kana) == ("0000123", "ﾄｸﾋ)ﾐﾄﾞﾘﾉｶｲ")
    assert payees.account_in_use(cast.npo.id) is None
    with transaction():
        services.check_account(first, by=cast.staff, how="通帳の写し")
        services.confirm_account(first, by=cast.approver)
    assert payees.account_in_use(cast.npo.id) is first
    second = make_account(cast, number="7654321")
    assert payees.account_in_use(cast.npo.id) is second
    assert first.state is PayeeState.REPLACED
    told = mails()
    assert told.count(("proposed", other.email)) == 2
    assert told.count(("confirmed", cast.member.email)) == 2


def test_nobody_signs_twice(cast: Cast) -> None:
    account = propose(cast)
    both = make_user(roles=("staff", "approver"))
    with transaction():
        services.check_account(account, by=both, how="通帳の写し")
    with pytest.raises(AnotherPersonNeeded), transaction():
        services.confirm_account(account, by=both)
    assert account.state is PayeeState.CHECKED
    with transaction():
        services.confirm_account(account, by=cast.approver)


def test_nobody_judges_the_account_of_an_organisation_of_their_own(cast: Cast) -> None:
    account = propose(cast)
    with transaction():
        identity.add_member(user=cast.second_staff, organisation=cast.npo)
    with pytest.raises(MemberMayNotJudge), transaction():
        services.check_account(account, by=cast.second_staff, how="通帳")


def test_steps_are_taken_in_order_and_once(cast: Cast) -> None:
    account = propose(cast)
    with pytest.raises(NotAllowedNow), transaction():
        services.confirm_account(account, by=cast.approver)
    with pytest.raises(ReasonMissing), transaction():
        services.check_account(account, by=cast.staff, how=" ")
    with pytest.raises(ProposalWaits), transaction():
        services.propose_account(cast.npo, by=cast.member, words=account_words(number="1"))
    with transaction():
        services.decline_account(account, by=cast.staff, reason="名義が違います")
    assert account.state is PayeeState.DECLINED
    assert ("declined", cast.member.email) in mails()
    assert propose(cast).state is PayeeState.PROPOSED


def test_who_may_propose_what(cast: Cast) -> None:
    with pytest.raises(NotAMember), transaction():
        services.propose_account(cast.npo, by=cast.staff, words=account_words())
    for wrong, refusal in (
        ({"bank_code": "12"}, NotDigits),
        ({"branch_code": "abc"}, NotDigits),
        ({"number": "123456789"}, NotDigits),
        ({"holder_kana": "みどりの会"}, NotKana),
    ):
        with pytest.raises(refusal), transaction():
            services.propose_account(cast.npo, by=cast.member, words=account_words(**wrong))
    make_account(cast)
    with pytest.raises(SameAccount), transaction():
        services.propose_account(cast.npo, by=cast.member, words=account_words())
