"""A campaign as the register of endorsements names it."""

from civicfund.campaigns import queries
from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.endorsements.subjects import Subject

KIND = "campaigns"


def endorsement_subject(kind: str, subject_id: int) -> list[Subject]:
    """The campaign of this number, once it has been handed in; a draft is nobody's business."""
    campaign = queries.campaign_by_id(subject_id) if kind == KIND else None
    if campaign is None or not _is_known(campaign):
        return []
    return [
        Subject(
            kind=KIND,
            id=campaign.id,
            name=campaign.title,
            url=f"/campaigns/{campaign.slug}",
            organisation_id=campaign.organisation_id,
        )
    ]


def _is_known(campaign: Campaign) -> bool:
    return campaign.submission_number > 0 and campaign.state is not CampaignState.REJECTED
