"""Money on its way back: asked, decided, owed, returned.

What is granted is owed from that moment (2134): an award can no longer take it, and a transfer
that comes back is still owed. Only then does the money leave, through the card or by bank.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from civicfund.campaigns.models import CampaignState
from civicfund.core import audit_log, clock
from civicfund.core.db import db, lock
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.core.money import Money, yen
from civicfund.core.states import advance
from civicfund.donors import emails, policy, queries
from civicfund.donors.errors import (
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
    RefundChannel,
    RefundOrigin,
    RefundRequest,
    RefundState,
)
from civicfund.donors.queries import GiftCampaign
from civicfund.donors.services import booking
from civicfund.donors.services.locks import gift_for_change, locked_payment
from civicfund.donors.split import returned_parts
from civicfund.donors.words import plain
from civicfund.identity.models import User
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries as book
from civicfund.payments import services as payments
from civicfund.payments.models import Payment

GRANTED_OUT = frozenset({CampaignState.AWARDED, CampaignState.COMPLETED})
WITH_US = frozenset({DonationState.HELD, DonationState.PAID, DonationState.PARTIALLY_REFUNDED})
# 返還未払金（寄附者）
OWED = "2134"


@dataclass(frozen=True, slots=True)
class LockedGift:
    """A gift that nobody else changes now, its campaign, and the payment that brought the money."""

    donation: Donation
    campaign: GiftCampaign
    payment: Payment | None


def request_refund(
    donation: Donation, *, reason: str = "", account: dict[str, str] | None = None
) -> RefundRequest:
    """The donor asks; the office answers. Raises why not, in the policy's words."""
    campaign = gift_for_change(donation)
    must_be_askable(donation, campaign)
    if account is not None:
        donation.refund_account = account
    payment = queries.payment_of(donation)
    if payment is not None and not payment.can_be_sent_back and not donation.refund_account:
        raise RefundAccountNeeded
    left = donation.amount_yen - donation.refunded_yen
    request = _new(donation, yen(left), origin=RefundOrigin.DONOR, reason=reason)
    emails.tell_of_refund_request(donation, campaign.title, request)
    return request


def must_be_askable(donation: Donation, campaign: GiftCampaign) -> None:
    """May the donor ask now? Staff may return money when the donor's days are over."""
    must_be_refundable(donation, campaign)
    if clock.now() > refundable_until(donation):
        raise RefundTooLate(days=donation.terms["refund_days"])
    if queries.waiting_refund_of(donation) is not None:
        raise RefundAlreadyAsked


def must_be_refundable(donation: Donation, campaign: GiftCampaign) -> None:
    """Is there money of this gift that the fund may still return?"""
    if donation.left_to_fund:
        raise LeftToFund
    if donation.state not in WITH_US or donation.refunded_yen >= donation.amount_yen:
        raise NothingToRefund
    if campaign.state in GRANTED_OUT:
        raise RefundAfterAward


def refundable_until(donation: Donation) -> datetime:
    """The last instant at which the donor may ask: end of the day, `refund_days` after payment."""
    since = donation.paid_at or clock.now()
    return clock.end_of(clock.day_of(since) + timedelta(days=donation.terms["refund_days"]))


def decline_refund(request: RefundRequest, *, by: User, note: str) -> RefundRequest:
    """The office says no, and why; the donor reads it."""
    must_be_staff(by)
    if not plain(note):
        raise ReasonNeeded
    request.decision_note = plain(note)
    _decide(request, by=by, to=RefundState.DECLINED)
    tell(request)
    return request


def grant_refund(
    request: RefundRequest, *, by: User, amount: Money | None = None, note: str = ""
) -> RefundRequest:
    """The office says yes, to all or a part. One person suffices within the policy: the money
    goes back the way it came, and a bank transfer is confirmed by another.
    """
    must_be_staff(by)
    gift = _locked_gift(request.donation_id)
    lock(request)
    if request.state is not RefundState.ASKED:
        raise NotAllowedNow(state=request.state.label)
    _must_be_returnable(gift, amount or yen(request.amount_yen))
    request.amount_yen = amount.minor if amount is not None else request.amount_yen
    request.decision_note = plain(note)
    _send_back(gift, request, by=by)
    tell(request)
    return request


def refund_by_office(donation: Donation, *, by: User, amount: Money, reason: str) -> RefundRequest:
    """The office returns a gift or a part of it on its own account, and says why.

    It answers a donor who waits for it as well.
    """
    must_be_staff(by)
    if not plain(reason):
        raise ReasonNeeded
    gift = _locked_gift(donation.id)
    _must_be_returnable(gift, amount)
    request = _waiting_or_new(donation, amount, origin=RefundOrigin.STAFF, reason=reason)
    request.decision_note = plain(reason)
    _send_back(gift, request, by=by)
    tell(request)
    return request


def return_paid(donation_id: int) -> RefundRequest | None:
    """A campaign was called off: what was paid to it goes back, all of it."""
    gift = _locked_gift(donation_id)
    donation = gift.donation
    left = donation.amount_yen - donation.refunded_yen
    if donation.state not in WITH_US or not left or donation.left_to_fund:
        return None
    request = _waiting_or_new(donation, yen(left), origin=RefundOrigin.SETTLEMENT)
    _send_back(gift, request)
    emails.tell_of_failure(donation, gift.campaign.title, outcome="returned")
    return request


def return_held_gift(
    donation: Donation,
    campaign: GiftCampaign,
    *,
    origin: RefundOrigin,
    payment: Payment | None = None,
) -> RefundRequest:
    """Money kept safe goes back: to the card when `payment` can take it back, else by bank."""
    request = _waiting_or_new(donation, donation.amount, origin=origin)
    _send_back(LockedGift(donation, campaign, payment), request)
    return request


def return_second_payment(donation: Donation, campaign: GiftCampaign, payment: Payment) -> None:
    """A gift was paid twice by two attempts: the second never becomes a gift and goes back."""
    general = book.general_fund()
    held = rules.conditional_gift_held(
        donation.amount, fee=payment.fee, fund=campaign.fund, general=general
    )
    if not booking.post(donation, held, key=f"held/{payment.key}").is_new:
        return
    request = _new(donation, donation.amount, origin=RefundOrigin.LATE, channel=_way(payment))
    owed = rules.held_gift_to_be_returned(donation.amount, fund=campaign.fund, general=general)
    request.entry_id = booking.post(donation, owed, key=f"owed/{request.id}").id
    _start_gateway_refund(request, payment)
    emails.tell_of_late_money(donation, campaign.title, request)


def _locked_gift(donation_id: int) -> LockedGift:
    donation = queries.donation_by_id(donation_id)
    assert donation is not None, "a foreign key holds it"
    payment = queries.payment_of(donation)
    locked_payment(payment.id if payment is not None else None)
    return LockedGift(donation, gift_for_change(donation), payment)


def _must_be_returnable(gift: LockedGift, amount: Money) -> None:
    donation = gift.donation
    must_be_refundable(donation, gift.campaign)
    left = donation.amount_yen - donation.refunded_yen
    # Money that is kept safe for a condition is one whole.
    is_torn = donation.state is DonationState.HELD and amount.minor != left
    if is_torn or not 0 < amount.minor <= left:
        raise RefundTooLarge(yen=f"{left:,}")


def _waiting_or_new(
    donation: Donation, amount: Money, *, origin: RefundOrigin, reason: str = ""
) -> RefundRequest:
    """The donor's own request, if one waits: it is answered by this."""
    waiting = queries.waiting_refund_of(donation)
    if waiting is None:
        return _new(donation, amount, origin=origin, reason=reason)
    waiting.amount_yen = amount.minor
    return waiting


def _new(
    donation: Donation,
    amount: Money,
    *,
    origin: RefundOrigin,
    reason: str = "",
    channel: RefundChannel | None = None,
) -> RefundRequest:
    """With a `channel` it is granted from the beginning."""
    request = RefundRequest(
        donation_id=donation.id,
        origin=origin,
        state=RefundState.GRANTED if channel is not None else RefundState.ASKED,
        channel=channel,
        amount_yen=amount.minor,
        reason=plain(reason),
        decision_note="",
        requested_at=clock.now(),
        decided_at=clock.now() if channel is not None else None,
    )
    db.session.add(request)
    db.session.flush()
    return request


def _decide(request: RefundRequest, *, by: User | None, to: RefundState) -> None:
    advance(request, to=to)
    request.decided_at, request.decided_by_id = clock.now(), by.id if by is not None else None
    if by is not None:
        audit_log.record(
            by, f"refund_{to.value}", request, after={"amount_yen": request.amount_yen},
            reason=request.decision_note or request.reason or None,
        )  # fmt: skip


def _send_back(gift: LockedGift, request: RefundRequest, *, by: User | None = None) -> None:
    """Grant it: choose the way, owe it, and start it on its way."""
    request.channel = _way(gift.payment)
    _decide(request, by=by, to=RefundState.GRANTED)
    key = f"owed/{request.id}"
    if gift.donation.state is DonationState.HELD:
        request.entry_id = booking.owe_held(gift.donation, gift.campaign, key=key)
    else:
        request.entry_id = _owe_paid(gift, request, key=key)
    _start_gateway_refund(request, gift.payment)


def _owe_paid(gift: LockedGift, request: RefundRequest, *, key: str) -> int:
    """E-05: the project gives the money up, the fund carries the fee; owed to the donor (2134)."""
    donation, campaign, payment = gift.donation, gift.campaign, gift.payment
    general, amount = book.general_fund(), yen(request.amount_yen)
    parts = returned_parts(
        donation,
        before=yen(donation.refunded_yen),
        amount=amount,
        fee=payment.fee if payment is not None and donation.held_entry_id is None else yen(0),
    )
    booked_on = queries.day_of_entry(donation.gift_entry_id)
    assert booked_on is not None, "paid gifts have their entry"
    if clock.fiscal_year(booked_on) < clock.fiscal_year(clock.today()):
        draft = rules.earlier_gift_refunded(amount, general=general, through=OWED)
    else:
        draft = rules.donation_refunded(
            amount, operating_share=parts.operating, fee=parts.fee, fund=campaign.fund,
            general=general, through=OWED,
        )  # fmt: skip
    entry_id = booking.post(donation, draft, key=key).id
    refunded = donation.refunded_yen + request.amount_yen
    is_all = refunded == donation.amount_yen
    advance(donation, to=DonationState.REFUNDED if is_all else DonationState.PARTIALLY_REFUNDED)
    donation.refunded_yen, donation.returned_entry_id = refunded, entry_id
    donation.closed_at = clock.now() if is_all else None
    db.session.flush()
    return entry_id


def _way(payment: Payment | None) -> RefundChannel:
    can_go_back = payment is not None and payment.can_be_sent_back
    return RefundChannel.GATEWAY if can_go_back else RefundChannel.BANK


def _start_gateway_refund(request: RefundRequest, payment: Payment | None) -> None:
    if request.channel is RefundChannel.GATEWAY and payment is not None:
        refund = payments.refund_payment(
            payment,
            amount=yen(request.amount_yen),
            key=f"refund-request/{request.id}",
            reason=request.origin.value,
        )
        request.refund_id = refund.id
    db.session.flush()


def tell(request: RefundRequest) -> None:
    donation = queries.donation_by_id(request.donation_id)
    assert donation is not None, "a foreign key holds it"
    title = queries.campaign_of_gift(donation.id).title
    emails.tell_of_refund(donation, title, request)


def must_be_staff(by: User) -> None:
    if not policy.can_decide_refunds(by):
        raise Forbidden
