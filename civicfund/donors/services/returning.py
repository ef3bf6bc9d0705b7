"""What is owed leaves the house: back to the card, or by bank transfer."""

from datetime import date

from civicfund.core import audit_log, clock
from civicfund.core.db import db, lock
from civicfund.core.errors import NotAllowedNow
from civicfund.core.money import yen
from civicfund.core.states import advance
from civicfund.donors import emails, queries
from civicfund.donors.errors import (
    AccountByAnotherNeeded,
    AnotherPersonNeeded,
    BankLineDiffers,
    NothingToRefund,
)
from civicfund.donors.models import Donation, RefundChannel, RefundRequest, RefundState
from civicfund.donors.services import booking
from civicfund.donors.services.locks import gift_for_change
from civicfund.donors.services.refunding import must_be_staff, tell
from civicfund.identity.models import User
from civicfund.payments import services as payments
from civicfund.payments.models import BankLine, Refund

PROVIDER, BANK = "1131", "1112"


def record_refund(refund: Refund) -> None:
    """`refund_succeeded`: the card has it back."""
    request = queries.refund_of(refund.id)
    if request is None or request.state is RefundState.PAID:
        return
    on = clock.day_of(refund.closed_at or clock.now())
    _note_paid(request, through=PROVIDER, on=on)


def record_failed_refund(refund: Refund) -> None:
    """`refund_failed`: still owed; the office finds another way."""
    request = queries.refund_of(refund.id)
    if request is None or request.state is not RefundState.GRANTED:
        return
    donation = queries.donation_by_id(request.donation_id)
    assert donation is not None, "a foreign key holds it"
    advance(request, to=RefundState.FAILED)
    db.session.flush()
    title = queries.campaign_of_gift(donation.id).title
    emails.tell_office_of_failed_refund(donation, title, request)


def send_by_bank(request: RefundRequest, *, by: User, account: dict[str, str]) -> RefundRequest:
    """The account for a transfer; also for what a card would not take back.

    Whoever granted the return does not also say where it goes: `AccountByAnotherNeeded`.
    """
    must_be_staff(by)
    lock(request)
    if request.decided_by_id == by.id:
        raise AccountByAnotherNeeded
    if request.state is not RefundState.GRANTED or request.channel is RefundChannel.GATEWAY:
        advance(request, to=RefundState.GRANTED)
    donation = queries.donation_for_update(request.donation_id)
    before, donation.refund_account = donation.refund_account, account
    request.channel = RefundChannel.BANK
    db.session.flush()
    audit_log.record(
        by, "send_refund_by_bank", request, before=_outline(before), after=_outline(account)
    )
    return request


def name_account(donation: Donation, account: dict[str, str]) -> Donation:
    """The donor tells where to return the money; possible until it has left."""
    gift_for_change(donation)
    waiting = (RefundState.ASKED, RefundState.GRANTED, RefundState.FAILED)
    requests = [known for known in queries.refunds_of(donation) if known.state in waiting]
    if not any(known.channel is not RefundChannel.GATEWAY for known in requests):
        raise NothingToRefund
    donation.refund_account = account
    db.session.flush()
    return donation


def mark_returned(request: RefundRequest, *, line: BankLine, by: User) -> RefundRequest:
    """The bank's line shows that it went out; who entered the line does not confirm it."""
    must_be_staff(by)
    if line.recorded_by_id == by.id:
        raise AnotherPersonNeeded
    lock(request)
    if request.channel is not RefundChannel.BANK:
        # The card gives it back; by bank as well it would be returned twice.
        raise NotAllowedNow(state=request.state.label)
    if line.account_code != BANK or line.amount_yen != -request.amount_yen:
        raise BankLineDiffers(yen=f"{request.amount_yen:,}")
    payments.match_bank_line(line, request)
    request.bank_line_id = line.id
    _note_paid(request, through=BANK, on=line.booked_on)
    audit_log.record(by, "confirm_return", request, after={"bank_line": line.id})
    return request


def _outline(account: dict[str, str] | None) -> dict[str, str] | None:
    """Enough to see that an account was changed; the log keeps no whole account number."""
    if account is None:
        return None
    return account | {"account_number": f"…{account['account_number'][-3:]}"}


def _note_paid(request: RefundRequest, *, through: str, on: date) -> None:
    donation = queries.donation_by_id(request.donation_id)
    assert donation is not None, "a foreign key holds it"
    entry_id = booking.pay_back(
        donation, yen(request.amount_yen), through=through, key=f"returned/{request.id}", on=on
    )
    advance(request, to=RefundState.PAID)
    request.paid_entry_id, request.paid_at = entry_id, clock.now()
    db.session.flush()
    tell(request)
