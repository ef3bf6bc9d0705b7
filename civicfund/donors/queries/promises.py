"""What is promised and not yet paid, and what is due."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, or_, select

from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.campaigns.progress import PledgeSum
from civicfund.core.db import db
from civicfund.donors.models import STANDING, Donation, DonationState
from civicfund.payments.models import Payment, PaymentState


def donations_in(campaign_id: int, *states: DonationState) -> Sequence[int]:
    """The ids of a campaign's gifts in these states, the oldest first."""
    return db.session.scalars(
        select(Donation.id)
        .where(Donation.campaign_id == campaign_id, Donation.state.in_(states))
        .order_by(Donation.id)
    ).all()


def open_charges(campaign: Campaign) -> Sequence[Donation]:
    """Pledges that have neither been charged nor given up, the oldest first."""
    return db.session.scalars(
        select(Donation)
        .where(Donation.campaign_id == campaign.id, Donation.state == DonationState.PLEDGED)
        .order_by(Donation.id)
    ).all()


def charges_due(now: datetime) -> Sequence[int]:
    """Pledges of funded campaigns whose next try is due, the oldest first."""
    return db.session.scalars(
        select(Donation.id)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(
            Donation.state == DonationState.PLEDGED,
            Donation.charge_due_at <= now,
            Donation.charge_until >= now,
            Campaign.state == CampaignState.SUCCEEDED,
        )
        .order_by(Donation.charge_due_at, Donation.id)
    ).all()


def charges_over(now: datetime, *, campaign_id: int | None = None) -> Sequence[int]:
    """Pledges whose days of tries are over, the oldest first."""
    statement = select(Donation.id).where(
        Donation.state == DonationState.PLEDGED, Donation.charge_until < now
    )
    if campaign_id is not None:
        statement = statement.where(Donation.campaign_id == campaign_id)
    return db.session.scalars(statement.order_by(Donation.id)).all()


def forgotten_starts(before: datetime) -> Sequence[int]:
    """Gifts begun before an instant whose payment is closed without a word, the oldest first."""
    open_still = exists().where(
        Payment.id == Donation.payment_id,
        Payment.state.in_((PaymentState.STARTED, PaymentState.PENDING, PaymentState.SUCCEEDED)),
        or_(Payment.expires_at.is_(None), Payment.expires_at > before),
    )
    return db.session.scalars(
        select(Donation.id)
        .where(Donation.state == DonationState.STARTED, Donation.started_at < before, ~open_still)
        .order_by(Donation.id)
    ).all()


def pledges_of(campaign_ids: Collection[int]) -> list[PledgeSum]:
    """What is promised to each campaign, and how many support it; one statement for all."""

    def total(*states: DonationState) -> ColumnElement[int]:
        return func.coalesce(
            func.sum(case((Donation.state.in_(states), Donation.amount_yen), else_=0)), 0
        )

    supporter = case((Donation.state.in_(STANDING), Donation.donor_id))
    rows = db.session.execute(
        select(
            Donation.campaign_id,
            total(DonationState.PLEDGED).label("pledged"),
            total(DonationState.PENDING).label("pending"),
            func.count(supporter.distinct()).label("supporters"),
        )
        .where(
            Donation.campaign_id.in_(campaign_ids),
            Donation.state.in_((*STANDING, DonationState.PENDING)),
        )
        .group_by(Donation.campaign_id)
        .order_by(Donation.campaign_id)
    )
    return [
        PledgeSum(row.campaign_id, int(row.pledged), int(row.pending), row.supporters)
        for row in rows
    ]
