"""A funded campaign collects what was promised: saved cards charged, declined ones tried again."""

from datetime import datetime, timedelta

from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.core import clock, queue
from civicfund.core.db import db
from civicfund.core.states import advance
from civicfund.donors import emails, queries
from civicfund.donors.models import Donation, DonationState, OnFailure, RefundOrigin
from civicfund.donors.services import booking, refunding
from civicfund.donors.services.locks import gift_for_change, locked_payment
from civicfund.payments import services as payments
from civicfund.payments.errors import GatewayRefused, NoSavedCard
from civicfund.payments.models import Payment, PaymentMethod, PaymentPurpose, PaymentState


def charge_pledges(campaign: Campaign) -> int:
    """Begin a charge for each pledge that has none yet; returns how many were begun.

    Rows only: each call outside is a job of its own, under a key that exists before it.
    """
    begun = 0
    for donation_id in queries.donations_in(campaign.id, DonationState.PLEDGED):
        donation = queries.donation_for_update(donation_id)
        if donation.state is DonationState.PLEDGED and donation.charge_tries == 0:
            begin_charge(donation)
            begun += 1
    return begun


def retry_declined(now: datetime | None = None) -> int:
    """Try the declined ones again whose day has come; returns how many."""
    begun = 0
    for donation_id in queries.charges_due(now or clock.now()):
        donation = queries.donation_for_update(donation_id)
        is_due = donation.charge_due_at is not None and donation.charge_due_at <= clock.now()
        if donation.state is DonationState.PLEDGED and is_due:
            begin_charge(donation)
            begun += 1
    return begun


def begin_charge(donation: Donation) -> None:
    """A new attempt under its own key, unless one is on its way; a job makes the call."""
    current = queries.charge_of(donation)
    if current is not None and current.state is PaymentState.STARTED:
        return
    now = clock.now()
    if donation.charge_until is None:
        # As promised when the campaign was submitted, whatever the setting says today.
        days = queries.campaign_of_gift(donation.id).charge_retry_days
        donation.charge_until = now + timedelta(days=days)
    donation.charge_tries += 1
    payment = payments.start_payment(
        source=donation,
        purpose=PaymentPurpose.CHARGE,
        method=PaymentMethod.CARD,
        amount=donation.amount,
        key=f"donation/{donation.reference}/charge/{donation.charge_tries}",
    )
    donation.charge_payment_id, donation.charge_due_at = payment.id, None
    db.session.flush()
    queue.defer("donors.charge", payment_id=payment.id)


def charge(payment_id: int) -> None:
    """Make the call of one attempt; asked again, it is the same attempt. The outcome is news."""
    payment = locked_payment(payment_id)
    assert payment is not None, "made by begin_charge"
    if payment.state is not PaymentState.STARTED or payment.gateway_ref is not None:
        return
    donation = queries.donation_by_id(payment.source_id)
    assert donation is not None, "a payment has its gift"
    gift_for_change(donation)
    if donation.state is not DonationState.PLEDGED or donation.charge_payment_id != payment.id:
        payments.cancel_payment(payment)
        return
    saved = db.session.get(Payment, donation.payment_id)
    assert saved is not None, "a pledge has its card"
    try:
        with db.session.begin_nested():
            payments.charge_saved_card(payment, saved=saved, description=donation.terms["title"])
    except (GatewayRefused, NoSavedCard):
        _give_up_try(donation, payment)


def note_decline(donation: Donation, payment: Payment) -> None:
    """Another try tomorrow and a word to the donor; at once if another card came meanwhile."""
    if donation.state is not DonationState.PLEDGED or donation.charge_payment_id != payment.id:
        return
    assert donation.payment_id is not None, "a pledge has its card"
    if donation.payment_id > payment.id:
        begin_charge(donation)
        return
    donation.charge_due_at = clock.now() + timedelta(days=1)
    db.session.flush()
    emails.tell_of_decline(donation, queries.campaign_of_gift(donation.id).title, payment)


def lapse_unpaid(campaign: Campaign | None = None, *, now: datetime | None = None) -> int:
    """Pledges that no try could collect lapse when their days are over; returns how many."""
    campaign_id = campaign.id if campaign is not None else None
    over = queries.charges_over(now or clock.now(), campaign_id=campaign_id)
    lapsed = 0
    for donation_id in over:
        donation = queries.donation_for_update(donation_id)
        if donation.state is DonationState.PLEDGED:
            _lapse(donation)
            emails.tell_of_lapse(donation, queries.campaign_of_gift(donation_id).title)
            lapsed += 1
    return lapsed


def designate_held(campaign: Campaign) -> int:
    """The target is reached: what was kept safe becomes the project's (E-14b)."""
    held = queries.donations_in(campaign.id, DonationState.HELD)
    for donation_id in held:
        donation = queries.donation_for_update(donation_id)
        if donation.state is DonationState.HELD:
            found = queries.campaign_of_gift(donation_id)
            booking.designate(donation, found)
            emails.thank(donation, found.title, way="designated")
    return len(held)


def return_held(campaign: Campaign) -> int:
    """The target was missed, or the campaign called off: nobody is charged, held money goes back
    or stays with the fund as each donor chose (E-14c). Returns how many gifts were closed.
    """
    closed = 0
    for donation_id in queries.donations_in(campaign.id, DonationState.HELD, DonationState.PLEDGED):
        donation = queries.donation_for_update(donation_id)
        found = queries.campaign_of_gift(donation_id)
        if donation.state is DonationState.PLEDGED:
            _lapse(donation)
            outcome = "not_charged"
        elif donation.state is not DonationState.HELD:
            continue
        elif donation.on_failure is OnFailure.LEAVE_TO_FUND:
            booking.leave_to_fund(donation, found)
            outcome = "left_to_fund"
        else:
            refunding.return_held_gift(donation, found, origin=RefundOrigin.SETTLEMENT)
            outcome = "returned"
        emails.tell_of_failure(donation, found.title, outcome=outcome)
        closed += 1
    return closed


def call_off(campaign: Campaign) -> None:
    """`campaign_cancelled`: promises lapse, money goes back, paid gifts too."""
    assert campaign.state is CampaignState.CANCELLED, campaign.state
    for donation_id in queries.donations_in(
        campaign.id, DonationState.STARTED, DonationState.PENDING
    ):
        queue.defer("donors.close_unpaid", donation_id=donation_id)
    return_held(campaign)
    for donation_id in queries.donations_in(
        campaign.id, DonationState.PAID, DonationState.PARTIALLY_REFUNDED
    ):
        queue.defer("donors.return_paid", donation_id=donation_id)


def close_unpaid(donation_id: int) -> None:
    """Close the open page or voucher of a gift whose campaign was called off."""
    donation = queries.donation_by_id(donation_id)
    assert donation is not None, donation_id
    payment = locked_payment(donation.payment_id)
    found = gift_for_change(donation)
    if donation.state not in {DonationState.STARTED, DonationState.PENDING}:
        return
    if payment is not None:
        payments.cancel_payment(payment)
    advance(donation, to=DonationState.EXPIRED)
    donation.closed_at = clock.now()
    db.session.flush()
    emails.tell_of_failure(donation, found.title, outcome="not_charged")


def release_card(payment_id: int) -> None:
    """Let the gateway forget a card that will never be charged."""
    payment = locked_payment(payment_id)
    if payment is not None and payment.state is PaymentState.CARD_SAVED:
        payments.cancel_payment(payment)


def _lapse(donation: Donation) -> None:
    advance(donation, to=DonationState.EXPIRED)
    donation.closed_at, donation.charge_due_at = clock.now(), None
    db.session.flush()
    queue.defer("donors.release_card", payment_id=donation.payment_id)


def _give_up_try(donation: Donation, payment: Payment) -> None:
    """The gateway would not even try: as good as declined."""
    advance(payment, to=PaymentState.FAILED)
    payment.failure_code = "refused_by_gateway"
    note_decline(donation, payment)
