"""A campaign's course: launched, stopped, resumed, ended."""

from civicfund.campaigns import emails, queries
from civicfund.campaigns.errors import NotYourOrganisation, ReasonNeeded
from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.campaigns.rules import rules_for
from civicfund.core import audit_log, clock, events
from civicfund.core.db import db, lock
from civicfund.core.errors import Forbidden
from civicfund.core.states import advance
from civicfund.identity.models import User
from civicfund.identity.policy import acts_for, is_staff


def launch_due() -> list[Campaign]:
    """Open every approved campaign whose start day has come."""
    due = queries.campaigns_to_launch(clock.today())
    for campaign in due:
        launch(campaign)
    return list(due)


def launch(campaign: Campaign) -> None:
    """Open a campaign for gifts and freeze the rules that they are given under."""
    advance(campaign, to=CampaignState.LIVE)
    campaign.rules = rules_for(campaign)
    campaign.operating_share_percent = campaign.rules["operating_share_percent"]
    campaign.launched_at = clock.now()
    db.session.flush()
    audit_log.record(None, "launch_campaign", campaign, after=campaign.rules)
    emails.tell_of_launch(campaign)


def suspend_campaign(campaign: Campaign, *, by: User, reason: str) -> Campaign:
    """Stop giving at once, while the office looks into something."""
    _must_be_staff(by)
    _must_say_why(reason)
    advance(campaign, to=CampaignState.SUSPENDED)
    campaign.suspended_reason = reason.strip()
    written = audit_log.record(by, "suspend_campaign", campaign, reason=reason.strip())
    db.session.flush()
    emails.tell_of_suspension(campaign, occasion=str(written.id))
    events.publish("campaign_suspended", campaign)
    return campaign


def resume_campaign(campaign: Campaign, *, by: User, reason: str) -> Campaign:
    """Open it again; its deadline stays where it was."""
    _must_be_staff(by)
    _must_say_why(reason)
    advance(campaign, to=CampaignState.LIVE)
    campaign.suspended_reason = None
    written = audit_log.record(by, "resume_campaign", campaign, reason=reason.strip())
    db.session.flush()
    emails.tell_of_resumption(campaign, occasion=str(written.id))
    return campaign


def cancel_campaign(campaign: Campaign, *, by: User, reason: str) -> Campaign:
    """End it before its time: its organisation may before it is public, the office always.

    Whoever holds gifts or promises listens to `campaign_cancelled` and gives them back.
    """
    _must_say_why(reason)
    lock(campaign)
    if not is_staff(by) and (campaign.launched_at or not acts_for(by, campaign.organisation_id)):
        raise Forbidden if campaign.launched_at else NotYourOrganisation
    before = campaign.state.value
    advance(campaign, to=CampaignState.CANCELLED)
    campaign.cancelled_reason = reason.strip()
    campaign.closed_at = clock.now()
    db.session.flush()
    audit_log.record(
        by, "cancel_campaign", campaign, before={"state": before}, reason=reason.strip()
    )
    emails.tell_of_cancellation(campaign)
    events.publish("campaign_cancelled", campaign)
    return campaign


def mark(campaign: Campaign, *, to: CampaignState) -> None:
    """Note an outcome that the settlement or the grant has brought about."""
    advance(campaign, to=to)
    if campaign.closed_at is None:
        campaign.closed_at = clock.now()
    db.session.flush()
    audit_log.record(None, "mark_campaign", campaign, after={"state": to.value})
    if to in {CampaignState.SUCCEEDED, CampaignState.FAILED, CampaignState.COMPLETED}:
        emails.tell_of_outcome(campaign)


def _must_be_staff(by: User) -> None:
    if not is_staff(by):
        raise Forbidden


def _must_say_why(reason: str) -> None:
    if not reason.strip():
        raise ReasonNeeded
