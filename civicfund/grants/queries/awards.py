"""Finding awards."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, lazyload

from civicfund.campaigns.models import Campaign
from civicfund.core.db import db
from civicfund.grants.models import Award, AwardState

# A list names the campaign and the organisation of each award, and no budget.
_NAMES = (
    joinedload(Award.campaign).options(lazyload(Campaign.budget_lines)),
    joinedload(Award.organisation),
)


def award_by_reference(reference: str) -> Award | None:
    """One award with all that its page shows."""
    return db.session.scalar(
        select(Award)
        .options(joinedload(Award.campaign), joinedload(Award.organisation), joinedload(Award.fund))
        .where(Award.reference == reference)
    )


def award_by_id(award_id: int) -> Award | None:
    """One award with its campaign and organisation."""
    return db.session.scalar(select(Award).options(*_NAMES).where(Award.id == award_id))


def award_of_campaign(campaign_id: int) -> Award | None:
    """What the campaign was granted."""
    return db.session.scalar(select(Award).where(Award.campaign_id == campaign_id))


def awards_newest_first() -> Select[Any]:
    """Every award, for the desk of payments."""
    return select(Award).options(*_NAMES).order_by(Award.proposed_at.desc(), Award.id.desc())


def awards_of_organisations(organisation_ids: Collection[int]) -> Sequence[Award]:
    """What these organisations were granted, the newest first."""
    return db.session.scalars(
        awards_newest_first().where(Award.organisation_id.in_(organisation_ids))
    ).all()


def awards_to_accept() -> Sequence[Award]:
    """Far over target: an approver's word is missing. The oldest first."""
    return db.session.scalars(
        select(Award)
        .options(*_NAMES)
        .where(Award.state == AwardState.PROPOSED)
        .order_by(Award.proposed_at, Award.id)
    ).all()


def awards_to_get_back() -> Sequence[Award]:
    """Unspent money that the organisation has yet to return."""
    return db.session.scalars(
        select(Award)
        .options(*_NAMES)
        .where(Award.to_return_yen > 0, Award.return_entry_id.is_(None))
        .order_by(Award.completed_at, Award.id)
    ).all()
