"""Gifts in lists: for the public, the organisation, the office."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from civicfund.campaigns.models import Campaign
from civicfund.core.db import db
from civicfund.core.references import normalise_reference
from civicfund.donors.models import STANDING, Donation, DonationState, Donor, Method, Publicity
from civicfund.donors.words import plain


def supporters_of(campaign_id: int, *, for_npo: bool = False) -> Select[Donation]:
    """The gifts that stand, newest first; for the organisation only those it may know of."""
    statement = select(Donation).where(
        Donation.campaign_id == campaign_id, Donation.state.in_(STANDING)
    )
    if for_npo:
        statement = statement.where(Donation.publicity != Publicity.HIDDEN_FROM_NPO)
    return statement.order_by(Donation.started_at.desc(), Donation.id.desc())


def all_supporters(campaign_id: int, *, for_npo: bool) -> Sequence[Donation]:
    """The whole list, for a file."""
    return db.session.scalars(supporters_of(campaign_id, for_npo=for_npo)).all()


def latest_supporters(campaign_id: int, *, at_most: int = 30) -> Sequence[Donation]:
    """Those who gave last."""
    return db.session.scalars(supporters_of(campaign_id).limit(at_most)).all()


def unnamed_supporters(campaign_id: int) -> tuple[int, int]:
    """How many gifts the organisation may not know the givers of, and their sum."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Donation.amount_yen), 0)).where(
            Donation.campaign_id == campaign_id,
            Donation.state.in_(STANDING),
            Donation.publicity == Publicity.HIDDEN_FROM_NPO,
        )
    ).one()
    return int(row[0]), int(row[1])


def donations_of_campaign(campaign_id: int) -> Sequence[Donation]:
    """Every gift to a campaign, the oldest first, with their donors."""
    return db.session.scalars(
        select(Donation)
        .where(Donation.campaign_id == campaign_id)
        .options(joinedload(Donation.donor))
        .order_by(Donation.id)
    ).all()


def donations_shown(register_no: str, *, campaign_id: int) -> Sequence[Donation]:
    """Gifts that still stand and were made before the eyes of an endorsement, the oldest first."""
    return db.session.scalars(
        select(Donation)
        .where(
            Donation.campaign_id == campaign_id,
            Donation.state.in_((*STANDING, DonationState.PENDING)),
            Donation.endorsements_shown.contains([register_no]),
        )
        .options(joinedload(Donation.donor))
        .order_by(Donation.id)
    ).all()


@dataclass(frozen=True)
class GiftFilter:
    """What the office looks for; empty means all."""

    words: str = ""
    state: DonationState | None = None
    method: Method | None = None


def donations(wanted: GiftFilter) -> Select[Donation]:
    """Gifts for the desk, newest first, with their donors.

    A number is found with its slips of the pen, an address or a name by any part.
    """
    statement = select(Donation).options(joinedload(Donation.donor))
    words = plain(wanted.words)
    if words:
        reference = normalise_reference(words)
        statement = statement.join(Donor, Donor.id == Donation.donor_id).where(
            Donation.reference == reference
            if reference
            else or_(
                Donor.email.contains(words.lower(), autoescape=True),
                Donation.donor_name.icontains(words, autoescape=True),
                Donation.pen_name.icontains(words, autoescape=True),
            )
        )
    for column, value in ((Donation.state, wanted.state), (Donation.method, wanted.method)):
        if value is not None:
            statement = statement.where(column == value)
    return statement.order_by(Donation.started_at.desc(), Donation.id.desc())


def all_donations(wanted: GiftFilter) -> Sequence[Donation]:
    """The whole list, for a file."""
    return db.session.scalars(donations(wanted)).all()


def campaign_titles(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """(title, slug) of campaigns, in one statement."""
    rows = db.session.execute(
        select(Campaign.id, Campaign.title, Campaign.slug)
        .where(Campaign.id.in_(ids))
        .order_by(Campaign.id)
    )
    return {row.id: (row.title, row.slug) for row in rows}
