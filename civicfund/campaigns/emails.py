"""One function per message about campaigns."""

from typing import Any

from civicfund.campaigns import queries
from civicfund.campaigns.models import Campaign, CampaignConcern, CampaignReview, ReviewDecision
from civicfund.core.settings import setting
from civicfund.notifications import services as outbox


def tell_of_submission(campaign: Campaign) -> None:
    """It arrived, and what happens next."""
    _tell(campaign, "submitted", occasion=str(campaign.submission_number))


def tell_of_review(campaign: Campaign, review: CampaignReview) -> None:
    """Sent back with notes, or not accepted with the reason."""
    what = "rejected" if review.decision is ReviewDecision.REJECTED else "changes_requested"
    _tell(campaign, what, occasion=str(review.id), notes=review.notes)


def tell_of_approval(campaign: Campaign) -> None:
    """Both reviews are done; it opens on its start day."""
    _tell(campaign, "approved", starts_on=campaign.starts_on.isoformat())


def tell_of_launch(campaign: Campaign) -> None:
    """Gifts can be made from now on."""
    _tell(campaign, "live", deadline_on=campaign.deadline_on.isoformat())


def tell_of_suspension(campaign: Campaign, *, occasion: str) -> None:
    """Giving was stopped, and why."""
    _tell(campaign, "suspended", occasion=occasion, reason=campaign.suspended_reason)


def tell_of_resumption(campaign: Campaign, *, occasion: str) -> None:
    """Giving is open again."""
    _tell(campaign, "resumed", occasion=occasion)


def tell_of_cancellation(campaign: Campaign) -> None:
    """It is over, and why."""
    _tell(campaign, "cancelled", reason=campaign.cancelled_reason)


def tell_of_outcome(campaign: Campaign) -> None:
    """Reached, not reached, or completed."""
    _tell(campaign, campaign.state.value)


def tell_office_of_concern(campaign: Campaign, concern: CampaignConcern) -> None:
    """Somebody reports a campaign; the office looks into it."""
    outbox.enqueue(
        to=setting("FUND_EMAIL"),
        template="campaigns/concern",
        context={
            "title": campaign.title,
            "slug": campaign.slug,
            "words": concern.words,
            "reply_to": concern.email,
        },
        key=f"campaigns/concern/{concern.id}",
        source=concern,
    )


def _tell(campaign: Campaign, what: str, *, occasion: str = "", **more: Any) -> None:
    """Everyone who acts for the organisation, each in their own language."""
    for person in queries.people_of(campaign.organisation_id):
        outbox.enqueue(
            to=person.email,
            template=f"campaigns/{what}",
            context={
                "name": person.name,
                "title": campaign.title,
                "slug": campaign.slug,
                "reference": campaign.reference,
                **more,
            },
            locale=person.locale,
            key="/".join(
                filter(None, ("campaigns", what, str(campaign.id), occasion, str(person.id)))
            ),
            source=campaign,
        )
