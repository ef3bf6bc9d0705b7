"""The entries of a gift; each is booked once, whatever the gift lives through.

The database holds each state to its entry: first the entry is booked, then state and number of the
entry are written together.
"""

from datetime import date

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.money import Money, yen
from civicfund.core.states import advance
from civicfund.donors.models import Donation, DonationState
from civicfund.donors.queries import GiftCampaign
from civicfund.ledger import dating
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries as book
from civicfund.ledger import services as ledger
from civicfund.ledger.booking import PostedEntry
from civicfund.ledger.drafts import EntryDraft
from civicfund.payments.models import Payment


def book_gift(donation: Donation, campaign: GiftCampaign, payment: Payment) -> None:
    """E-01, E-03: the gift is the project's from the day of the payment."""
    draft = rules.donation_received(
        donation.amount,
        operating_share=yen(donation.operating_yen),
        fee=payment.fee,
        fund=campaign.fund,
        general=book.general_fund(),
    )
    on = _day_of(payment)
    entry_id = post(donation, draft, key=f"gift/{payment.key}", on=on).id
    advance(donation, to=DonationState.PAID)
    donation.gift_entry_id, donation.paid_at = entry_id, payment.succeeded_at
    donation.closed_at = None
    db.session.flush()


def hold_gift(donation: Donation, campaign: GiftCampaign, payment: Payment) -> None:
    """E-14a: the money is here and is not the project's yet."""
    draft = rules.conditional_gift_held(
        donation.amount, fee=payment.fee, fund=campaign.fund, general=book.general_fund()
    )
    entry_id = post(donation, draft, key=f"held/{payment.key}", on=_day_of(payment)).id
    advance(donation, to=DonationState.HELD)
    donation.held_entry_id, donation.closed_at = entry_id, None
    db.session.flush()


def designate(donation: Donation, campaign: GiftCampaign) -> None:
    """E-14b: the condition is met; today is the day of receipt."""
    draft = rules.held_gift_designated(
        donation.amount, operating_share=yen(donation.operating_yen), fund=campaign.fund
    )
    entry_id = post(donation, draft, key=f"designated/{donation.reference}").id
    advance(donation, to=DonationState.PAID)
    donation.gift_entry_id, donation.paid_at = entry_id, clock.now()
    db.session.flush()


def leave_to_fund(donation: Donation, campaign: GiftCampaign) -> None:
    """E-14c, as the donor chose: a general gift."""
    draft = rules.held_gift_left_to_fund(
        donation.amount, fund=campaign.fund, general=book.general_fund()
    )
    entry_id = post(donation, draft, key=f"left/{donation.reference}").id
    advance(donation, to=DonationState.PAID)
    donation.gift_entry_id, donation.paid_at = entry_id, clock.now()
    donation.left_to_fund = True
    db.session.flush()


def owe_held(donation: Donation, campaign: GiftCampaign, *, key: str) -> int:
    """E-14c, first half: what was kept safe is owed to the donor now. Returns the entry."""
    draft = rules.held_gift_to_be_returned(
        donation.amount, fund=campaign.fund, general=book.general_fund()
    )
    entry_id = post(donation, draft, key=key).id
    advance(donation, to=DonationState.REFUNDED)
    donation.returned_entry_id, donation.closed_at = entry_id, clock.now()
    donation.refunded_yen = donation.amount_yen
    db.session.flush()
    return entry_id


def pay_back(donation: Donation, amount: Money, *, through: str, key: str, on: date) -> int:
    """What is owed to the donor has left the house `through` the provider or the bank."""
    draft = rules.held_gift_returned(amount, general=book.general_fund(), through=through)
    return post(donation, draft, key=key, on=on).id


def post(donation: Donation, draft: EntryDraft, *, key: str, on: date | None = None) -> PostedEntry:
    """Book an entry of this gift, under the name that the donor wishes; `on`: as of that day."""
    donor = ledger.party(
        kind="donation",
        ref=donation.reference,
        public_name=donation.shown_name,
        full_name=donation.donor_name or donation.pen_name or donation.reference,
    )
    if on is None:
        return ledger.post_entry(draft, key=key, source=donation, party=donor)
    return dating.post_as_of(draft, happened_on=on, key=key, source=donation, party=donor)


def _day_of(payment: Payment) -> date:
    assert payment.succeeded_at is not None, "the database holds it for a paid one"
    return clock.day_of(payment.succeeded_at)
