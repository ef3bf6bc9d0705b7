"""What settlement must know: who may still pay, and what is still open."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.core.db import db
from civicfund.donors.models import Donation, DonationState, RefundRequest, RefundState
from civicfund.grants.models import Award
from civicfund.payments.models import NEWS_GRACE, Payment


def open_attempts(campaign_id: int, now: datetime) -> int:
    """Gifts begun in time whose payment may still come: slips, and checkouts within their term.

    News of a payment in its term's last moment may be late; `NEWS_GRACE` later nobody waits.
    """
    may_come = Payment.expires_at > now - NEWS_GRACE
    started_in_time = (Donation.state == DonationState.STARTED) & may_come
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(Donation)
            .outerjoin(Payment, Payment.id == Donation.payment_id)
            .where(
                Donation.campaign_id == campaign_id,
                or_(Donation.state == DonationState.PENDING, started_in_time),
            )
        )
        or 0
    )


def open_pledges(campaign_id: int) -> int:
    """Saved cards that have not been charged yet, nor given up."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(Donation)
            .where(Donation.campaign_id == campaign_id, Donation.state == DonationState.PLEDGED)
        )
        or 0
    )


def open_refund_wishes(campaign_id: int) -> int:
    """Donors who asked for their money back and have no answer yet."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(RefundRequest)
            .join(Donation, Donation.id == RefundRequest.donation_id)
            .where(Donation.campaign_id == campaign_id, RefundRequest.state == RefundState.ASKED)
        )
        or 0
    )


def campaigns_to_finish() -> Sequence[int]:
    """Succeeded, and nothing decided about an award yet; their ids, the oldest first."""
    return db.session.scalars(
        select(Campaign.id)
        .outerjoin(Award, Award.campaign_id == Campaign.id)
        .where(Campaign.state == CampaignState.SUCCEEDED, Award.id.is_(None))
        .order_by(Campaign.deadline_on, Campaign.id)
    ).all()
