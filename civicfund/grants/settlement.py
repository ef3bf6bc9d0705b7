"""What happens at the deadline: a campaign is judged, money is collected, the award is made.

Each step is safe to repeat, and safe when two workers take it at once: it begins by locking the
campaign and looking again. docs/decisions/0005-settlement.md says why it judges as it does.
"""

from datetime import datetime, timedelta

from civicfund.campaigns import queries as campaign_queries
from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.campaigns.progress import Progress, progress_of
from civicfund.core import clock, queue
from civicfund.core.db import lock
from civicfund.donors import services as donors
from civicfund.grants.errors import NothingToAward
from civicfund.grants.models import Award
from civicfund.grants.queries import awards
from civicfund.grants.queries import settlement as queries
from civicfund.grants.services.awards import award_campaign

__all__ = ["award_campaign", "finish_collection", "finish_due", "settle_campaign", "settle_due"]


def settle_due() -> list[int]:
    """A job for each campaign whose deadline has passed: each is settled in its own transaction."""
    due = [campaign.id for campaign in campaign_queries.campaigns_to_settle(clock.today())]
    for campaign_id in due:
        queue.defer(
            "grants.settle_campaign", unique=f"grants/settle/{campaign_id}", campaign_id=campaign_id
        )
    return due


def finish_due() -> list[int]:
    """A job for each campaign that has succeeded and whose money is still being collected."""
    due = list(queries.campaigns_to_finish())
    for campaign_id in due:
        queue.defer(
            "grants.finish_collection",
            unique=f"grants/finish/{campaign_id}",
            campaign_id=campaign_id,
        )
    return due


def settle_campaign(campaign: Campaign) -> CampaignState:
    """Judge a campaign whose deadline has passed; answers the state in which it stands then.

    It stays live while a payment that was started in time may still come in its own term.
    """
    lock(campaign)
    if campaign.state is not CampaignState.LIVE or clock.now() <= campaign.deadline_at:
        return campaign.state
    if queries.open_attempts(campaign.id, clock.now()):
        return campaign.state
    if has_succeeded(campaign, progress_of([campaign])[campaign.id]):
        _succeed(campaign)
    else:
        _fail(campaign)
    return campaign.state


def has_succeeded(campaign: Campaign, progress: Progress) -> bool:
    """All-or-nothing: paid, held and saved cards reach the target. Keep-all: anything came in."""
    if campaign.funding_model is FundingModel.ALL_OR_NOTHING:
        return progress.committed_yen >= campaign.target_yen
    return progress.committed_yen > 0


def finish_collection(campaign: Campaign) -> Award | None:
    """Award what came in, once every charge is answered or the days of retries are over.

    A wish for a refund that nobody has answered yet holds the award back for the same days.
    """
    lock(campaign)
    known = awards.award_of_campaign(campaign.id)
    if known is not None or campaign.state is not CampaignState.SUCCEEDED:
        return known
    is_over = clock.now() > collection_ends_at(campaign)
    if is_over:
        donors.lapse_unpaid(campaign)
    if queries.open_pledges(campaign.id):
        return None
    if not is_over and queries.open_refund_wishes(campaign.id):
        return None
    try:
        return award_campaign(campaign)
    except NothingToAward:
        # Every card was declined: nothing came in, so there is nothing to grant.
        _fail(campaign)
        return None


def _succeed(campaign: Campaign) -> None:
    campaigns.mark(campaign, to=CampaignState.SUCCEEDED)
    donors.designate_held(campaign)
    donors.charge_pledges(campaign)
    queue.defer(
        "grants.finish_collection", unique=f"grants/finish/{campaign.id}", campaign_id=campaign.id
    )


def _fail(campaign: Campaign) -> None:
    campaigns.mark(campaign, to=CampaignState.FAILED)
    donors.return_held(campaign)


def collection_ends_at(campaign: Campaign) -> datetime:
    """The retries of a declined card end with the day that the campaign's rules name."""
    assert campaign.closed_at is not None, "a settled campaign has its moment"
    return campaign.closed_at + timedelta(days=campaign.rules["charge_retry_days"])
