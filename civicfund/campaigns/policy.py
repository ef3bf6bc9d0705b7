"""Who may do what with a campaign."""

from typing import Any

from civicfund.campaigns.models import Campaign, CampaignConcern
from civicfund.identity.policy import acts_for, is_auditor, is_officer, is_staff


def can_open_npo_desk(user: Any) -> bool:
    """Everyone who acts for an organisation."""
    return bool(user.organisation_ids)


def can_open_review_desk(user: Any) -> bool:
    """The fund's office."""
    return is_staff(user)


def can_see(user: Any, campaign: Campaign) -> bool:
    """Public ones: anyone. The rest: its organisation, and those who judge or audit it."""
    return (
        campaign.is_public
        or acts_for(user, campaign.organisation_id)
        or is_staff(user)
        or is_auditor(user)
        or is_officer(user)
    )


def can_work_on(user: Any, campaign: Campaign) -> bool:
    """Members of its organisation."""
    return acts_for(user, campaign.organisation_id)


def can_review(user: Any, _campaign: Campaign) -> bool:
    """The office; that nobody reviews their own organisation is for the service to refuse."""
    return is_staff(user)


def can_settle(user: Any, _concern: CampaignConcern) -> bool:
    """The office answers concerns."""
    return is_staff(user)
