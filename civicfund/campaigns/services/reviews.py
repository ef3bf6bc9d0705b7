"""Two persons of the office judge a campaign: one its content, another its finances."""

from collections.abc import Collection

from civicfund.campaigns import emails, queries
from civicfund.campaigns.checklists import CHECKLISTS
from civicfund.campaigns.errors import (
    AlreadyReviewed,
    ChecklistOpen,
    DeadlinePast,
    NotesNeeded,
    ReviewerIsMember,
    SameReviewer,
)
from civicfund.campaigns.models import (
    Campaign,
    CampaignReview,
    CampaignState,
    ReviewDecision,
    ReviewKind,
)
from civicfund.core import audit_log, clock
from civicfund.core.db import db, lock
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.core.states import advance
from civicfund.identity.models import User
from civicfund.identity.policy import acts_for, is_staff
from civicfund.ledger import services as ledger
from civicfund.ledger.models import FundClass, FundKind


def review_content(
    campaign: Campaign,
    *,
    by: User,
    decision: ReviewDecision,
    notes: str = "",
    checked: Collection[str] | None = None,
) -> CampaignReview:
    """Judge what the campaign says and shows."""
    return _review(
        campaign, ReviewKind.CONTENT, by=by, decision=decision, notes=notes, checked=checked
    )


def review_finances(
    campaign: Campaign,
    *,
    by: User,
    decision: ReviewDecision,
    notes: str = "",
    checked: Collection[str] | None = None,
) -> CampaignReview:
    """Judge its budget and who will answer for the money."""
    return _review(
        campaign, ReviewKind.FINANCES, by=by, decision=decision, notes=notes, checked=checked
    )


def _review(
    campaign: Campaign,
    kind: ReviewKind,
    *,
    by: User,
    decision: ReviewDecision,
    notes: str,
    checked: Collection[str] | None,
) -> CampaignReview:
    """`checked`: the points that were ticked; None when the reviewer vouches for all."""
    lock(campaign)
    _must_be_open_to(campaign, kind, by=by)
    ticked = set(CHECKLISTS[kind]) if checked is None else set(checked)
    if decision is ReviewDecision.APPROVED:
        _must_hold(campaign, kind, ticked)
    elif not notes.strip():
        raise NotesNeeded
    review = CampaignReview(
        campaign_id=campaign.id,
        submission_number=campaign.submission_number,
        kind=kind,
        decision=decision,
        checklist=[{"point": point, "checked": point in ticked} for point in CHECKLISTS[kind]],
        notes=notes.strip(),
        reviewer_id=by.id,
        decided_at=clock.now(),
    )
    db.session.add(review)
    db.session.flush()
    _conclude(campaign, review)
    audit_log.record(
        by, f"review_{kind.value}", campaign,
        after={"decision": decision.value, "state": campaign.state.value}, reason=notes or None,
    )  # fmt: skip
    return review


def _must_be_open_to(campaign: Campaign, kind: ReviewKind, *, by: User) -> None:
    if not is_staff(by):
        raise Forbidden
    if acts_for(by, campaign.organisation_id):
        raise ReviewerIsMember
    if campaign.state is not CampaignState.SUBMITTED:
        raise NotAllowedNow(state=campaign.state.label)
    if queries.review_part(campaign, kind) is not None:
        raise AlreadyReviewed
    other = queries.review_part(campaign, _other(kind))
    if other is not None and other.reviewer_id == by.id:
        raise SameReviewer


def _must_hold(campaign: Campaign, kind: ReviewKind, ticked: set[str]) -> None:
    if not ticked.issuperset(CHECKLISTS[kind]):
        raise ChecklistOpen
    if campaign.deadline_on <= clock.today():
        raise DeadlinePast


def _other(kind: ReviewKind) -> ReviewKind:
    return ReviewKind.FINANCES if kind is ReviewKind.CONTENT else ReviewKind.CONTENT


def _conclude(campaign: Campaign, review: CampaignReview) -> None:
    if review.decision is ReviewDecision.APPROVED:
        other = queries.review_part(campaign, _other(review.kind))
        if other is not None and other.decision is ReviewDecision.APPROVED:
            _approve(campaign)
        return
    if review.decision is ReviewDecision.REJECTED:
        advance(campaign, to=CampaignState.REJECTED)
        campaign.closed_at = clock.now()
    else:
        advance(campaign, to=CampaignState.CHANGES_REQUESTED)
    emails.tell_of_review(campaign, review)


def _approve(campaign: Campaign) -> None:
    """Both parts hold: the campaign gets a fund of its own in the book."""
    fund = ledger.open_fund(
        code=campaign.reference,
        kind=FundKind.CAMPAIGN,
        designation=FundClass.DESIGNATED,
        name_ja=campaign.title,
        name_en=campaign.title,
        program="公1",
        source=campaign,
    )
    advance(campaign, to=CampaignState.APPROVED)
    campaign.fund_id = fund.id
    campaign.approved_at = clock.now()
    db.session.flush()
    emails.tell_of_approval(campaign)
