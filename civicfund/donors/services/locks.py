"""Locks in one order everywhere, so that no two deeds wait for each other for ever.

First the payment, then the campaign (shared), then the gift. The news of a gateway come with their
payment locked already; a settlement comes with its campaign locked and touches no payment.
"""

from civicfund.core.db import db, lock
from civicfund.donors import queries
from civicfund.donors.models import Donation
from civicfund.donors.queries import GiftCampaign
from civicfund.payments.models import Payment


def locked_payment(payment_id: int | None) -> Payment | None:
    """A payment as it stands now; nobody moves it before this transaction ends."""
    payment = db.session.get(Payment, payment_id) if payment_id is not None else None
    if payment is not None:
        lock(payment)
    return payment


def gift_for_change(donation: Donation) -> GiftCampaign:
    """The gift as it stands now, locked, and its campaign in a state that stays."""
    campaign = queries.campaign_of_gift(donation.id, stays=True)
    queries.donation_for_update(donation.id)
    return campaign
