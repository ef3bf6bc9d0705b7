"""News from the organisation, and concerns from the public."""

from civicfund.campaigns import emails, queries
from civicfund.campaigns.errors import (
    Incomplete,
    NotOpenForNews,
    NotYourOrganisation,
    ReasonNeeded,
    TextTooLong,
)
from civicfund.campaigns.models import (
    Campaign,
    CampaignConcern,
    CampaignUpdate,
    ConcernState,
)
from civicfund.core import audit_log, clock, events
from civicfund.core.db import db
from civicfund.core.errors import Forbidden, NotFound
from civicfund.core.states import advance
from civicfund.identity.models import User
from civicfund.identity.policy import acts_for, is_staff

LONGEST_UPDATE, LONGEST_CONCERN = 10_000, 4_000


def post_update(
    campaign: Campaign, *, author: User, title: str, body: str, form_key: str
) -> CampaignUpdate:
    """Tell supporters how it goes. The same `form_key` again gives the same update."""
    if not acts_for(author, campaign.organisation_id):
        raise NotYourOrganisation
    if not campaign.is_public:
        raise NotOpenForNews
    known = queries.update_by_form_key(form_key)
    if known is not None:
        return known
    title, body = _words("title", title, most=100), _words("body", body, most=LONGEST_UPDATE)
    update = CampaignUpdate(
        campaign_id=campaign.id,
        author_id=author.id,
        form_key=form_key,
        title=title,
        body=body,
        posted_at=clock.now(),
    )
    db.session.add(update)
    db.session.flush()
    audit_log.record(author, "post_update", campaign, after={"title": title, "body": body})
    events.publish("campaign_update_posted", update)
    return update


def raise_concern(
    campaign: Campaign, *, words: str, form_key: str, email: str = ""
) -> CampaignConcern:
    """Report that something may be wrong; the office reads it. Anyone may, without a name."""
    if not campaign.is_public:
        raise NotFound
    known = queries.concern_by_form_key(form_key)
    if known is not None:
        return known
    concern = CampaignConcern(
        campaign_id=campaign.id,
        form_key=form_key,
        words=_words("words", words, most=LONGEST_CONCERN),
        email=email.strip(),
        raised_at=clock.now(),
        state=ConcernState.OPEN,
        outcome="",
    )
    db.session.add(concern)
    db.session.flush()
    emails.tell_office_of_concern(campaign, concern)
    return concern


def settle_concern(concern: CampaignConcern, *, by: User, outcome: str) -> CampaignConcern:
    """Close a concern with what was found."""
    if not is_staff(by):
        raise Forbidden
    if not outcome.strip():
        raise ReasonNeeded
    concern.outcome, concern.settled_at, concern.settled_by_id = (
        outcome.strip(),
        clock.now(),
        by.id,
    )
    advance(concern, to=ConcernState.SETTLED)
    db.session.flush()
    audit_log.record(by, "settle_concern", concern, reason=outcome.strip())
    return concern


def _words(field: str, text: str, *, most: int) -> str:
    plain = text.strip()
    if not plain:
        raise Incomplete(field=field)
    if len(plain) > most:
        raise TextTooLong(field=field, most=most)
    return plain
