"""One gift, its campaign, its attempts to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.core.db import db
from civicfund.donors.models import Donation, DonationState, Donor
from civicfund.ledger.models import Fund, JournalEntry
from civicfund.payments.models import Payment, PaymentPurpose


@dataclass(frozen=True, slots=True)
class GiftCampaign:
    """What a gift must know of its campaign, as it stands now, and the fund it books into."""

    id: int
    state: CampaignState
    title: str
    slug: str
    organisation_id: int
    deadline_on: date
    charge_retry_days: int
    fund: Fund


def donation_by_id(donation_id: int) -> Donation | None:
    """One gift with its donor."""
    return db.session.scalar(
        select(Donation).where(Donation.id == donation_id).options(joinedload(Donation.donor))
    )


def donation_by_reference(reference: str) -> Donation | None:
    """The gift of this number, with its donor."""
    return db.session.scalar(
        select(Donation).where(Donation.reference == reference).options(joinedload(Donation.donor))
    )


def donation_by_form_key(form_key: str) -> Donation | None:
    """The gift that this form has made already."""
    return db.session.scalar(
        select(Donation).where(Donation.form_key == form_key).options(joinedload(Donation.donor))
    )


def donation_for_update(donation_id: int) -> Donation:
    """The gift as it stands now, locked to the end of the transaction, with its donor."""
    db.session.flush()
    return db.session.execute(
        select(Donation)
        .where(Donation.id == donation_id)
        .options(joinedload(Donation.donor, innerjoin=True))
        .with_for_update(key_share=True, of=Donation)
        .execution_options(populate_existing=True)
    ).scalar_one()


def campaign_of_gift(donation_id: int, *, stays: bool = False) -> GiftCampaign:
    """The campaign of a gift. `stays`: its state cannot change before this transaction ends.

    Locks are taken in one order everywhere: the campaign, then the gift.
    """
    statement = (
        select(
            Campaign.id,
            Campaign.state,
            Campaign.title,
            Campaign.slug,
            Campaign.organisation_id,
            Campaign.deadline_on,
            Campaign.rules["charge_retry_days"].as_integer(),
            Fund,
        )
        .join(Donation, Donation.campaign_id == Campaign.id)
        .join(Fund, Fund.id == Campaign.fund_id)
        .where(Donation.id == donation_id)
    )
    if stays:
        statement = statement.with_for_update(read=True, of=Campaign)
    return GiftCampaign(*db.session.execute(statement).one())


def charge_of(donation: Donation) -> Payment | None:
    """The latest charge of the saved card."""
    known = donation.charge_payment_id
    return db.session.get(Payment, known) if known is not None else None


def payment_of(donation: Donation) -> Payment | None:
    """The payment that brought the money, or the latest try."""
    known = donation.charge_payment_id or donation.payment_id
    return db.session.get(Payment, known) if known is not None else None


def checkout_of(donation: Donation) -> Payment | None:
    """The latest attempt that the donor makes at a page of the gateway."""
    if donation.state is DonationState.STARTED and donation.payment_id is not None:
        return db.session.get(Payment, donation.payment_id)
    return db.session.scalar(
        select(Payment)
        .where(
            Payment.source_kind == "donations",
            Payment.source_id == donation.id,
            Payment.purpose != PaymentPurpose.CHARGE,
        )
        .order_by(Payment.id.desc())
        .limit(1)
    )


def payments_of(donation: Donation) -> Sequence[Payment]:
    """Every attempt to pay a gift, the oldest first."""
    return db.session.scalars(
        select(Payment)
        .where(Payment.source_kind == "donations", Payment.source_id == donation.id)
        .order_by(Payment.id)
    ).all()


def day_of_entry(entry_id: int | None) -> date | None:
    """The day under which the book has an entry."""
    return db.session.scalar(select(JournalEntry.effective_on).where(JournalEntry.id == entry_id))


def donor_by_email(email: str) -> Donor | None:
    """Who gives from this address."""
    return db.session.scalar(select(Donor).where(Donor.email == email.strip().lower()))
