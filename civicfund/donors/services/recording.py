"""What a gift becomes when its gateway tells news; in any order, late or twice, the same."""

from datetime import timedelta

from civicfund.campaigns.models import CampaignState
from civicfund.core import clock, queue
from civicfund.core.db import db
from civicfund.core.states import advance
from civicfund.donors import emails, queries
from civicfund.donors.models import Donation, DonationState, OnFailure, RefundOrigin
from civicfund.donors.queries import GiftCampaign
from civicfund.donors.services import booking, charging, refunding
from civicfund.payments.models import Payment, PaymentPurpose

# The campaign has found its end without this money: what comes now goes back.
# After the award too: a campaign is awarded once, and money beside it could never be granted.
LOST = frozenset(
    {
        CampaignState.FAILED,
        CampaignState.CANCELLED,
        CampaignState.AWARDED,
        CampaignState.COMPLETED,
    }
)
COLLECTING = frozenset({CampaignState.LIVE, CampaignState.SUSPENDED})
UNPAID = frozenset({DonationState.STARTED, DonationState.PENDING, DonationState.EXPIRED})


def record_payment(payment: Payment) -> None:
    """`payment_succeeded`: a gift, money kept safe, or money that has to go back. Never lost."""
    found = _gift_of(payment)
    if found is None:
        return
    donation, campaign = found
    if donation.gift_entry_id is not None or donation.held_entry_id is not None:
        if payment.id != donation.payment_id and payment.id != donation.charge_payment_id:
            refunding.return_second_payment(donation, campaign, payment)
        return
    _note_payment(donation, payment)
    if donation.state is DonationState.CANCELLED or campaign.state in LOST:
        _hold_for_return(donation, campaign, payment)
    elif donation.is_conditional and payment.purpose is not PaymentPurpose.CHARGE:
        _hold(donation, campaign, payment)
    else:
        booking.book_gift(donation, campaign, payment)
        was_charged = payment.purpose is PaymentPurpose.CHARGE
        emails.thank(donation, campaign.title, way="charged" if was_charged else "paid")


def record_saved_card(payment: Payment) -> None:
    """`card_saved`: a pledge, of which nothing is booked."""
    found = _gift_of(payment)
    if found is None:
        return
    donation, campaign = found
    if donation.state in UNPAID and campaign.state in COLLECTING | {CampaignState.SUCCEEDED}:
        donation.payment_id = payment.id
        advance(donation, to=DonationState.PLEDGED)
        donation.closed_at = None
        db.session.flush()
        emails.tell_of_pledge(donation, campaign.title)
    elif donation.state is DonationState.PLEDGED and donation.payment_id != payment.id:
        queue.defer("donors.release_card", payment_id=donation.payment_id)
        donation.payment_id = payment.id
        db.session.flush()
    elif donation.payment_id != payment.id or donation.state in UNPAID:
        # Nothing will ever be charged to this card.
        queue.defer("donors.release_card", payment_id=payment.id)
        return
    if campaign.state is CampaignState.SUCCEEDED and donation.state is DonationState.PLEDGED:
        charging.begin_charge(donation)


def record_pending(payment: Payment) -> None:
    """`payment_pending`: a voucher that waits to be paid at a store."""
    found = _gift_of(payment)
    if found is None:
        return
    donation, campaign = found
    if donation.state in {DonationState.STARTED, DonationState.EXPIRED}:
        donation.payment_id = payment.id
        advance(donation, to=DonationState.PENDING)
        donation.closed_at = None
        db.session.flush()
        emails.tell_of_voucher(donation, campaign.title, payment)


def record_failure(payment: Payment) -> None:
    """`payment_failed`: a charge is tried again; at the gateway's page the donor sees it."""
    found = _gift_of(payment)
    if found is None:
        return
    donation, campaign = found
    if payment.purpose is PaymentPurpose.CHARGE:
        charging.note_decline(donation, payment)
    elif donation.state is DonationState.PENDING and donation.payment_id == payment.id:
        _expire(donation, campaign, payment)


def record_expiry(payment: Payment) -> None:
    """`payment_expired`: nobody paid within the term."""
    found = _gift_of(payment)
    if found is None:
        return
    donation, campaign = found
    is_waiting = donation.state in {DonationState.STARTED, DonationState.PENDING}
    if is_waiting and donation.payment_id == payment.id:
        _expire(donation, campaign, payment)


def close_forgotten() -> int:
    """Gifts whose page was closed without a word expire; returns how many."""
    before = clock.now() - timedelta(hours=1)
    forgotten = queries.forgotten_starts(before)
    for donation_id in forgotten:
        donation = queries.donation_for_update(donation_id)
        if donation.state is DonationState.STARTED:
            advance(donation, to=DonationState.EXPIRED)
            donation.closed_at = clock.now()
    db.session.flush()
    return len(forgotten)


def _gift_of(payment: Payment) -> tuple[Donation, GiftCampaign] | None:
    if payment.source_kind != Donation.__tablename__:
        return None
    campaign = queries.campaign_of_gift(payment.source_id, stays=True)
    return queries.donation_for_update(payment.source_id), campaign


def _note_payment(donation: Donation, payment: Payment) -> None:
    """Which of several attempts brought the money."""
    if payment.purpose is PaymentPurpose.CHARGE:
        donation.charge_payment_id = payment.id
        donation.charge_due_at = None
    else:
        donation.payment_id = payment.id


def _hold(donation: Donation, campaign: GiftCampaign, payment: Payment) -> None:
    """E-14a; and at once E-14b when the target was reached before the money came."""
    booking.hold_gift(donation, campaign, payment)
    if campaign.state in COLLECTING:
        emails.tell_of_held(donation, campaign.title)
        return
    booking.designate(donation, campaign)
    emails.thank(donation, campaign.title, way="designated")


def _hold_for_return(donation: Donation, campaign: GiftCampaign, payment: Payment) -> None:
    """Money came after the end: it is the donor's, or the fund's if the donor chose so."""
    was_cancelled = donation.state is DonationState.CANCELLED
    booking.hold_gift(donation, campaign, payment)
    if donation.on_failure is OnFailure.LEAVE_TO_FUND and not was_cancelled:
        booking.leave_to_fund(donation, campaign)
        emails.tell_of_failure(donation, campaign.title, outcome="left_to_fund")
        return
    request = refunding.return_held_gift(
        donation, campaign, payment=payment, origin=RefundOrigin.LATE
    )
    emails.tell_of_late_money(donation, campaign.title, request)


def _expire(donation: Donation, campaign: GiftCampaign, payment: Payment) -> None:
    had_voucher = donation.state is DonationState.PENDING
    advance(donation, to=DonationState.EXPIRED)
    donation.closed_at = clock.now()
    db.session.flush()
    if had_voucher:
        emails.tell_of_expiry(donation, campaign.title, payment)
