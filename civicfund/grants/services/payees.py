"""Bank accounts: proposed by the organisation, checked by the office, confirmed by another."""

from civicfund.core import audit_log, clock
from civicfund.core.db import db
from civicfund.core.states import advance
from civicfund.grants import emails
from civicfund.grants.errors import (
    AnotherPersonNeeded,
    MemberMayNotJudge,
    NotAMember,
    ProposalWaits,
    ReasonMissing,
    SameAccount,
)
from civicfund.grants.kana import digits, holder_in_kana
from civicfund.grants.models import PayeeAccount, PayeeState
from civicfund.grants.queries import payees as queries
from civicfund.grants.services.refusals import in_words
from civicfund.grants.words import AccountWords
from civicfund.identity.models import Organisation, User
from civicfund.identity.policy import acts_for


def propose_account(organisation: Organisation, *, by: User, words: AccountWords) -> PayeeAccount:
    """Ask for the organisation's money to be sent to this account from now on."""
    if not acts_for(by, organisation.id):
        raise NotAMember
    account = PayeeAccount(
        organisation_id=organisation.id,
        state=PayeeState.PROPOSED,
        bank_code=digits(words.bank_code, length=4, field="bank_code"),
        bank_name=words.bank_name.strip()[:60],
        branch_code=digits(words.branch_code, length=3, field="branch_code"),
        branch_name=words.branch_name.strip()[:60],
        kind=words.kind,
        number=digits(words.number, length=7, field="number", fill=True),
        holder_kana=holder_in_kana(words.holder_kana),
        proposed_by_id=by.id,
        proposed_at=clock.now(),
    )
    if queries.proposal_of(organisation.id) is not None:
        raise ProposalWaits
    used = queries.account_in_use(organisation.id)
    if used is not None and used.snapshot() == account.snapshot():
        raise SameAccount
    with in_words():
        db.session.add(account)
    audit_log.record(by, "propose_account", account, after=account.snapshot())
    emails.tell_of_account(account, "proposed")
    return account


def check_account(account: PayeeAccount, *, by: User, how: str) -> PayeeAccount:
    """The office compared it with the bank book; `how` says with what."""
    _must_be_neutral(account, by)
    if not how.strip():
        raise ReasonMissing
    with in_words():
        advance(account, to=PayeeState.CHECKED)
        if by.id == account.proposed_by_id:
            raise AnotherPersonNeeded
        account.checked_by_id, account.checked_at = by.id, clock.now()
        account.checked_how = how.strip()
    audit_log.record(by, "check_account", account, reason=how.strip())
    return account


def confirm_account(account: PayeeAccount, *, by: User) -> PayeeAccount:
    """Another person signs: this account is used from now on, the old one no more."""
    _must_be_neutral(account, by)
    with in_words():
        replaced = queries.account_in_use(account.organisation_id)
        if replaced is not None:
            advance(replaced, to=PayeeState.REPLACED)
            replaced.closed_at = clock.now()
            db.session.flush()
        advance(account, to=PayeeState.CONFIRMED)
        if by.id in (account.proposed_by_id, account.checked_by_id):
            raise AnotherPersonNeeded
        account.confirmed_by_id, account.confirmed_at = by.id, clock.now()
    audit_log.record(
        by, "confirm_account", account,
        before=replaced.snapshot() if replaced is not None else None, after=account.snapshot(),
    )  # fmt: skip
    emails.tell_of_account(account, "confirmed")
    return account


def decline_account(account: PayeeAccount, *, by: User, reason: str) -> PayeeAccount:
    """Not this account, and why."""
    if not reason.strip():
        raise ReasonMissing
    advance(account, to=PayeeState.DECLINED)
    account.closed_at, account.closed_reason = clock.now(), reason.strip()
    db.session.flush()
    audit_log.record(by, "decline_account", account, reason=reason.strip())
    emails.tell_of_account(account, "declined")
    return account


def _must_be_neutral(account: PayeeAccount, by: User) -> None:
    if acts_for(by, account.organisation_id):
        raise MemberMayNotJudge
