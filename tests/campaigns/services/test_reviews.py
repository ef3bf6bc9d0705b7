"""Two persons judge a campaign; what they decide, and what they may not."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from civicfund.campaigns import queries, services
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
from civicfund.core import clock
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db, transaction
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.identity.models import User
from civicfund.ledger import queries as book
from civicfund.ledger.models import FundClass, FundKind
from civicfund.notifications.models import Message
from tests.factories.campaigns import make_campaign, two_staff
from tests.factories.identity import make_user

pytestmark = pytest.mark.usefixtures("house")
APPROVED = ReviewDecision.APPROVED


@pytest.fixture
def submitted(house: Flask) -> Campaign:
    return make_campaign(state=CampaignState.SUBMITTED)


@pytest.fixture
def staff(house: Flask) -> tuple[User, User]:
    return two_staff()


def content(campaign: Campaign, by: User, decision: ReviewDecision = APPROVED, **more: Any) -> None:
    with transaction():
        services.review_content(campaign, by=by, decision=decision, **more)


def finances(
    campaign: Campaign, by: User, decision: ReviewDecision = APPROVED, **more: Any
) -> None:
    with transaction():
        services.review_finances(campaign, by=by, decision=decision, **more)


def last_mail() -> Message:
    return db.session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()


def test_two_persons_approve_and_a_fund_is_opened(
    submitted: Campaign, staff: tuple[User, User]
) -> None:
    finances(submitted, staff[0])
    assert submitted.state is CampaignState.SUBMITTED
    content(submitted, staff[1])
    assert submitted.state is CampaignState.APPROVED
    fund = book.fund_by_code(submitted.reference)
    assert fund is not None
    assert submitted.fund_id == fund.id
    assert (fund.kind, fund.designation, fund.program) == (
        FundKind.CAMPAIGN,
        FundClass.DESIGNATED,
        "公1",
    )
    assert (fund.source_kind, fund.source_id) == ("campaigns", submitted.id)
    assert last_mail().template == "campaigns/approved"
    deeds = db.session.scalars(
        select(AuditRecord.deed).where(AuditRecord.actor_id.in_([staff[0].id, staff[1].id]))
    )
    assert {"review_content", "review_finances"} <= set(deeds)


def test_one_person_cannot_do_both(submitted: Campaign, staff: tuple[User, User]) -> None:
    content(submitted, staff[0])
    with pytest.raises(SameReviewer):
        finances(submitted, staff[0])
    assert submitted.state is CampaignState.SUBMITTED
    assert len(queries.reviews_of([submitted.id])) == 1


def test_each_part_is_judged_once(submitted: Campaign, staff: tuple[User, User]) -> None:
    content(submitted, staff[0])
    with pytest.raises(AlreadyReviewed):
        content(submitted, staff[1])


def test_nobody_reviews_their_own_organisation(submitted: Campaign) -> None:
    organisation = queries.organisations_by_ids([submitted.organisation_id])
    insider = make_user(roles=("staff",), organisation=organisation[submitted.organisation_id])
    with pytest.raises(ReviewerIsMember):
        content(submitted, insider)


@pytest.mark.parametrize("role", ["approver", "officer", "auditor", "admin", "reviewer"])
def test_only_the_office_reviews(submitted: Campaign, role: str) -> None:
    with pytest.raises(Forbidden):
        content(submitted, make_user(roles=(role,)))


def test_approval_needs_every_point(submitted: Campaign, staff: tuple[User, User]) -> None:
    points = list(CHECKLISTS[ReviewKind.CONTENT])
    with pytest.raises(ChecklistOpen):
        content(submitted, staff[0], checked=points[1:])
    content(submitted, staff[0], checked=points)
    review = queries.review_part(submitted, ReviewKind.CONTENT)
    assert review is not None
    assert review.checklist == [{"point": point, "checked": True} for point in points]


def test_changes_are_asked_for_with_notes(submitted: Campaign, staff: tuple[User, User]) -> None:
    with pytest.raises(NotesNeeded):
        content(submitted, staff[0], ReviewDecision.CHANGES_REQUESTED, notes="  ")
    content(submitted, staff[0], ReviewDecision.CHANGES_REQUESTED, notes="予算の説明を。")
    assert submitted.state is CampaignState.CHANGES_REQUESTED
    assert last_mail().template == "campaigns/changes_requested"
    assert last_mail().context["notes"] == "予算の説明を。"
    with pytest.raises(NotAllowedNow):
        finances(submitted, staff[1])


def test_a_second_submission_is_judged_anew(staff: tuple[User, User]) -> None:
    campaign = make_campaign(state=CampaignState.SUBMITTED)
    member = queries.people_of(campaign.organisation_id)[0]
    finances(campaign, staff[0])
    content(campaign, staff[1], ReviewDecision.CHANGES_REQUESTED, notes="写真を。")
    with transaction():
        services.submit_campaign(campaign, by=member)
    assert campaign.submission_number == 2
    content(campaign, staff[1])
    assert campaign.state is CampaignState.SUBMITTED
    finances(campaign, staff[0])
    assert campaign.state is CampaignState.APPROVED


def test_a_rejection_says_why_and_ends_it(submitted: Campaign, staff: tuple[User, User]) -> None:
    with pytest.raises(NotesNeeded):
        finances(submitted, staff[0], ReviewDecision.REJECTED)
    finances(submitted, staff[0], ReviewDecision.REJECTED, notes="営利の事業です。")
    assert submitted.state is CampaignState.REJECTED
    assert submitted.closed_at is not None
    assert last_mail().template == "campaigns/rejected"
    with pytest.raises(NotAllowedNow):
        content(submitted, staff[1])


def test_nothing_is_approved_after_its_deadline(
    submitted: Campaign, staff: tuple[User, User]
) -> None:
    with clock.at(clock.end_of(submitted.deadline_on)), pytest.raises(DeadlinePast):
        content(submitted, staff[0])


def test_the_database_knows_that_two_persons_review(
    submitted: Campaign, staff: tuple[User, User]
) -> None:
    content(submitted, staff[0])
    planted = CampaignReview(
        campaign_id=submitted.id,
        submission_number=1,
        kind=ReviewKind.FINANCES,
        decision=APPROVED,
        checklist=[],
        notes="",
        reviewer_id=staff[0].id,
        decided_at=clock.now(),
    )
    with pytest.raises(Exception, match="uq_campaign_reviews_person"), transaction():
        db.session.add(planted)
