"""Instalments: prepared by one, signed by another, handed to the bank, confirmed by its line."""

from civicfund.core import audit_log, clock
from civicfund.core.db import db, lock
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.core.money import Money, yen
from civicfund.core.states import advance
from civicfund.grants import emails
from civicfund.grants.errors import (
    AnotherPersonNeeded,
    MemberMayNotJudge,
    NoPayeeAccount,
    NotAgreed,
    PayeeChanged,
    ReasonMissing,
)
from civicfund.grants.models import (
    Award,
    AwardState,
    Disbursement,
    DisbursementState,
    PayeeState,
)
from civicfund.grants.queries import disbursements as queries
from civicfund.grants.queries import payees, reports
from civicfund.grants.services.awards import complete_if_settled
from civicfund.grants.services.bank_lines import take_fee_line, take_line
from civicfund.grants.services.parties import grantee
from civicfund.grants.services.refusals import in_words
from civicfund.identity.models import User
from civicfund.identity.policy import acts_for, is_approver, is_staff
from civicfund.ledger import dating, posting_rules
from civicfund.ledger import queries as book
from civicfund.payments import services as payments
from civicfund.payments.models import BankLine

S = DisbursementState
PAYABLE = frozenset({AwardState.AGREED, AwardState.ACTIVE, AwardState.COMPLETED})


def prepare_disbursement(
    award: Award, *, amount: Money, purpose: str, by: User, form_key: str
) -> Disbursement:
    """Write down an instalment for the organisation's confirmed account.

    The same `form_key` again gives the instalment that it made. Raises `MoreThanAward` when all
    instalments together would exceed the award.
    """
    _must_be_neutral(award, by)
    lock(award)
    known = queries.disbursement_by_form_key(form_key)
    if known is not None:
        return known
    if award.state not in PAYABLE:
        raise NotAgreed
    account = payees.account_in_use(award.organisation_id)
    if account is None:
        raise NoPayeeAccount
    disbursement = Disbursement(
        award_id=award.id,
        number=queries.last_number(award.id) + 1,
        form_key=form_key,
        amount_yen=amount.minor,
        purpose=purpose.strip()[:200],
        state=S.PREPARED,
        payee_account_id=account.id,
        payee=account.snapshot(),
        prepared_by_id=by.id,
        prepared_at=clock.now(),
        fee_yen=0,
    )
    with in_words(asked_yen=amount.minor):
        db.session.add(disbursement)
    audit_log.record(
        by, "prepare_disbursement", disbursement,
        after={"award": award.reference, "amount_yen": amount.minor, "payee": disbursement.payee},
    )  # fmt: skip
    emails.tell_approvers_of(disbursement)
    return disbursement


def approve_disbursement(disbursement: Disbursement, *, by: User) -> Disbursement:
    """The second signature. The preparer is refused, and so is an account that has changed."""
    if not is_approver(by):
        raise Forbidden
    if by.id == disbursement.prepared_by_id:
        raise AnotherPersonNeeded
    _must_be_neutral(disbursement.award, by)
    account = payees.account_by_id(disbursement.payee_account_id)
    assert account is not None, "a foreign key holds it"
    # Whoever changes the account at this moment waits, or has changed it already.
    lock(account)
    if account.state is not PayeeState.CONFIRMED:
        raise PayeeChanged
    with in_words(asked_yen=disbursement.amount_yen):
        advance(disbursement, to=S.APPROVED)
        disbursement.approved_by_id, disbursement.approved_at = by.id, clock.now()
    audit_log.record(by, "approve_disbursement", disbursement)
    return disbursement


def mark_exported(disbursement: Disbursement, *, by: User) -> Disbursement:
    """It was given to the bank, as a file or by hand."""
    _must_be_neutral(disbursement.award, by)
    advance(disbursement, to=S.EXPORTED)
    disbursement.exported_by_id, disbursement.exported_at = by.id, clock.now()
    db.session.flush()
    audit_log.record(by, "mark_exported", disbursement)
    return disbursement


def mark_paid(
    disbursement: Disbursement, *, line: BankLine, by: User, fee_line: BankLine | None = None
) -> Disbursement:
    """The bank's own line shows that the money left: now, and not before, it is booked (E-11b).

    `fee_line`: what the bank asked for the transfer, if anything (E-11c).
    """
    award = disbursement.award
    _must_be_neutral(award, by)
    lock(award)
    lock(disbursement)
    if S.PAID not in disbursement.MOVES.get(disbursement.state, frozenset()):
        raise NotAllowedNow(state=disbursement.state.label)
    assert disbursement.approved_at is not None, "a check constraint holds it"
    approved_on = clock.day_of(disbursement.approved_at)
    take_line(line, amount_yen=-disbursement.amount_yen, not_before=approved_on)
    entry_id = _book_instalment(disbursement, line, by)
    with in_words(asked_yen=disbursement.amount_yen):
        _book_fee(disbursement, fee_line, by)
        advance(disbursement, to=S.PAID)
        disbursement.bank_line_id, disbursement.entry_id = line.id, entry_id
        disbursement.paid_on = line.booked_on
    payments.match_bank_line(line, disbursement)
    _move_award_on(award)
    audit_log.record(by, "mark_paid", disbursement, after={"bank_line_id": line.id})
    emails.tell_of_payment(disbursement)
    return disbursement


def mark_returned(
    disbursement: Disbursement, *, line: BankLine, by: User, reason: str
) -> Disbursement:
    """The bank sent the money back: its entry is reversed, and the award has room again."""
    award = disbursement.award
    _must_be_neutral(award, by)
    if not reason.strip():
        raise ReasonMissing
    lock(award)
    lock(disbursement)
    if disbursement.state is not S.PAID or disbursement.entry_id is None:
        raise NotAllowedNow(state=disbursement.state.label)
    take_line(line, amount_yen=disbursement.amount_yen, not_before=disbursement.paid_on)
    entry = dating.reverse_as_of(
        disbursement.entry_id,
        key=f"grants/disbursement/{disbursement.id}/returned",
        reason=reason.strip(),
        recorded_by=by,
        happened_on=line.booked_on,
    )
    with in_words():
        advance(disbursement, to=S.RETURNED)
        disbursement.return_line_id, disbursement.return_entry_id = line.id, entry.id
        disbursement.returned_on = line.booked_on
        disbursement.closed_by_id, disbursement.closed_reason = by.id, reason.strip()
    _match_entry(line, entry.id)
    audit_log.record(by, "mark_returned", disbursement, reason=reason.strip())
    emails.tell_of_returned_payment(disbursement)
    return disbursement


def withdraw_disbursement(disbursement: Disbursement, *, by: User, reason: str) -> Disbursement:
    """Stop an instalment that has not left the bank, and say why."""
    if not (is_staff(by) or is_approver(by)):
        raise Forbidden
    if not reason.strip():
        raise ReasonMissing
    advance(disbursement, to=S.WITHDRAWN)
    disbursement.closed_by_id, disbursement.closed_reason = by.id, reason.strip()
    db.session.flush()
    audit_log.record(by, "withdraw_disbursement", disbursement, reason=reason.strip())
    return disbursement


def _book_instalment(disbursement: Disbursement, line: BankLine, by: User) -> int:
    award = disbursement.award
    return dating.post_as_of(
        posting_rules.grant_instalment_paid(
            disbursement.amount, fund=award.fund, general=book.general_fund()
        ),
        key=f"grants/disbursement/{disbursement.id}/paid",
        happened_on=line.booked_on,
        source=disbursement,
        party=grantee(award.organisation),
        recorded_by=by,
        approved_by=db.session.get(User, disbursement.approved_by_id),
    ).id


def _book_fee(disbursement: Disbursement, fee_line: BankLine | None, by: User) -> None:
    if fee_line is None:
        return
    fee_yen = take_fee_line(fee_line, not_before=clock.day_of(disbursement.prepared_at))
    entry = dating.post_as_of(
        posting_rules.bank_transfer_fee(yen(fee_yen), general=book.general_fund()),
        key=f"grants/disbursement/{disbursement.id}/fee",
        happened_on=fee_line.booked_on,
        source=disbursement,
        recorded_by=by,
    )
    disbursement.fee_yen = fee_yen
    disbursement.fee_line_id, disbursement.fee_entry_id = fee_line.id, entry.id
    db.session.flush()
    _match_entry(fee_line, entry.id)


def _match_entry(line: BankLine, entry_id: int) -> None:
    # The instalment's own line is matched to the instalment; its fee and its return are further
    # lines of the same instalment, so each is matched to the entry that books it.
    entry = book.entry_by_id(entry_id)
    assert entry is not None, "it was booked a moment ago"
    payments.match_bank_line(line, entry)


def _move_award_on(award: Award) -> None:
    if award.state is AwardState.AGREED:
        advance(award, to=AwardState.ACTIVE)
        db.session.flush()
    report = reports.report_of(award.id)
    if award.state is AwardState.ACTIVE and report is not None:
        complete_if_settled(award, paid_yen=queries.sum_of(award.id, S.PAID), report=report)


def _must_be_neutral(award: Award, by: User) -> None:
    if acts_for(by, award.organisation_id):
        raise MemberMayNotJudge
