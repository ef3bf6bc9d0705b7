"""Every SELECT about campaigns."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, or_, select

from civicfund.campaigns.models import (
    PUBLIC,
    Campaign,
    CampaignConcern,
    CampaignReview,
    CampaignState,
    CampaignUpdate,
    ConcernState,
    ReviewKind,
    Theme,
    Ward,
)
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.storage import StoredFile
from civicfund.identity.models import Membership, Organisation, User

ENDING_SOON_DAYS = 7


@dataclass(frozen=True)
class CampaignFilter:
    """What a visitor looks for; empty means all."""

    state: CampaignState | None = None
    ward: Ward | None = None
    theme: Theme | None = None
    # The ids of the endorsed campaigns, when only those are asked for.
    only_ids: frozenset[int] | None = None
    ending_soon: bool = False
    # Already normalised, see `campaigns.search.normalised`.
    words: tuple[str, ...] = ()


def campaign_by_slug(slug: str) -> Campaign | None:
    """The campaign at this address, whatever its state."""
    return db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one_or_none()


def campaign_by_id(campaign_id: int) -> Campaign | None:
    """The campaign of this number."""
    return db.session.get(Campaign, campaign_id)


def campaign_by_form_key(form_key: str) -> Campaign | None:
    """The campaign that this form has made already."""
    return db.session.scalars(select(Campaign).where(Campaign.form_key == form_key)).one_or_none()


def campaigns_by_ids(ids: Collection[int]) -> dict[int, Campaign]:
    """Campaigns by their number."""
    rows = db.session.scalars(select(Campaign).where(Campaign.id.in_(ids)).order_by(Campaign.id))
    return {row.id: row for row in rows}


def public_campaigns(wanted: CampaignFilter) -> Select[Campaign]:
    """Campaigns that anyone may see: open ones first, the next deadline first."""
    found = select(Campaign).where(Campaign.state.in_([wanted.state] if wanted.state else PUBLIC))
    if wanted.state is not None and wanted.state not in PUBLIC:
        found = found.where(Campaign.launched_at.is_not(None))
    for column, value in ((Campaign.ward, wanted.ward), (Campaign.theme, wanted.theme)):
        if value is not None:
            found = found.where(column == value)
    if wanted.only_ids is not None:
        found = found.where(Campaign.id.in_(wanted.only_ids))
    if wanted.ending_soon:
        found = found.where(
            Campaign.state == CampaignState.LIVE,
            Campaign.deadline_on.between(
                clock.today(), clock.today() + timedelta(days=ENDING_SOON_DAYS)
            ),
        )
    for word in wanted.words:
        found = found.where(Campaign.search_text.contains(word, autoescape=True))
    is_over = Campaign.state != CampaignState.LIVE
    days_from_deadline = func.abs(Campaign.deadline_on - clock.today())
    return found.order_by(is_over, days_from_deadline, Campaign.id)


def live_campaigns(*, at_most: int) -> Sequence[Campaign]:
    """The open campaigns for the home page, the next deadline first."""
    return db.session.scalars(
        select(Campaign)
        .where(Campaign.state == CampaignState.LIVE, Campaign.deadline_on >= clock.today())
        .order_by(Campaign.deadline_on, Campaign.id)
        .limit(at_most)
    ).all()


def campaigns_of_organisation(organisation_ids: Iterable[int]) -> Sequence[Campaign]:
    """Every campaign of these organisations, the newest first."""
    return db.session.scalars(
        select(Campaign)
        .where(Campaign.organisation_id.in_(list(organisation_ids)))
        .order_by(Campaign.created_at.desc(), Campaign.id.desc())
    ).all()


def public_campaigns_of(organisation_id: int) -> Sequence[Campaign]:
    """What an organisation asks and asked for, the newest first."""
    return db.session.scalars(
        select(Campaign)
        .where(Campaign.organisation_id == organisation_id, Campaign.state.in_(PUBLIC))
        .order_by(Campaign.launched_at.desc(), Campaign.id.desc())
    ).all()


def campaigns_to_launch(on: date) -> Sequence[Campaign]:
    """Approved, and their start day has come."""
    return db.session.scalars(
        select(Campaign)
        .where(Campaign.state == CampaignState.APPROVED, Campaign.starts_on <= on)
        .order_by(Campaign.starts_on, Campaign.id)
    ).all()


def campaigns_to_settle(on: date) -> Sequence[Campaign]:
    """Live, and their deadline was before the day `on`."""
    return db.session.scalars(
        select(Campaign)
        .where(Campaign.state == CampaignState.LIVE, Campaign.deadline_on < on)
        .order_by(Campaign.deadline_on, Campaign.id)
    ).all()


def submitted_campaigns() -> Sequence[Campaign]:
    """What waits for review, the oldest submission first."""
    return db.session.scalars(
        select(Campaign)
        .where(Campaign.state == CampaignState.SUBMITTED)
        .order_by(Campaign.submitted_at, Campaign.id)
    ).all()


def campaigns_in_state(state: CampaignState) -> Sequence[Campaign]:
    """Every campaign that stands there, the longest untouched first."""
    return db.session.scalars(
        select(Campaign).where(Campaign.state == state).order_by(Campaign.edited_at, Campaign.id)
    ).all()


def organisations_by_ids(ids: Collection[int]) -> dict[int, Organisation]:
    """The organisations of a list of campaigns, in one statement."""
    rows = db.session.scalars(
        select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
    )
    return {row.id: row for row in rows}


def people_of(organisation_id: int) -> Sequence[User]:
    """Who acts for an organisation and can still sign in."""
    return db.session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id, User.active)
        .order_by(User.id)
    ).all()


def names_of_people(ids: Collection[int]) -> dict[int, str]:
    """Names for the desks."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)).order_by(User.id))
    return {row.id: row.name for row in rows}


def pictures_by_ids(ids: Collection[int]) -> dict[int, StoredFile]:
    """The pictures of a list of campaigns, in one statement."""
    rows = db.session.scalars(
        select(StoredFile).where(StoredFile.id.in_(ids)).order_by(StoredFile.id)
    )
    return {row.id: row for row in rows}


def public_picture(sha256: str) -> StoredFile | None:
    """The picture of this content."""
    return db.session.scalars(
        select(StoredFile).where(StoredFile.key == f"pictures/{sha256[:2]}/{sha256}.webp")
    ).one_or_none()


def reviews_of(campaign_ids: Collection[int]) -> Sequence[CampaignReview]:
    """All reviews of these campaigns, in the order they were made."""
    return db.session.scalars(
        select(CampaignReview)
        .where(CampaignReview.campaign_id.in_(campaign_ids))
        .order_by(CampaignReview.decided_at, CampaignReview.id)
    ).all()


def review_part(campaign: Campaign, kind: ReviewKind) -> CampaignReview | None:
    """The review of one part of the present submission."""
    return db.session.scalars(
        select(CampaignReview).where(
            CampaignReview.campaign_id == campaign.id,
            CampaignReview.submission_number == campaign.submission_number,
            CampaignReview.kind == kind,
        )
    ).one_or_none()


def reviews_in_force(campaign: Campaign) -> Sequence[CampaignReview]:
    """The reviews of the present submission."""
    return [
        review
        for review in reviews_of([campaign.id])
        if review.submission_number == campaign.submission_number
    ]


def notes_waiting(campaigns: Collection[Campaign]) -> dict[int, list[CampaignReview]]:
    """What reviewers ask of the campaigns that were sent back."""
    sent_back = {
        c.id: c.submission_number for c in campaigns if c.state is CampaignState.CHANGES_REQUESTED
    }
    notes: dict[int, list[CampaignReview]] = {}
    for review in reviews_of(sent_back) if sent_back else ():
        if review.submission_number == sent_back[review.campaign_id] and review.notes:
            notes.setdefault(review.campaign_id, []).append(review)
    return notes


def updates_of(campaign_id: int) -> Sequence[CampaignUpdate]:
    """The news of a campaign, the newest first."""
    return db.session.scalars(
        select(CampaignUpdate)
        .where(CampaignUpdate.campaign_id == campaign_id)
        .order_by(CampaignUpdate.posted_at.desc(), CampaignUpdate.id.desc())
    ).all()


def update_by_form_key(form_key: str) -> CampaignUpdate | None:
    """The update that this form has posted already."""
    return db.session.scalars(
        select(CampaignUpdate).where(CampaignUpdate.form_key == form_key)
    ).one_or_none()


def concern_by_id(concern_id: int) -> CampaignConcern | None:
    """The concern of this number."""
    return db.session.get(CampaignConcern, concern_id)


def concern_by_form_key(form_key: str) -> CampaignConcern | None:
    """The concern that this form has raised already."""
    return db.session.scalars(
        select(CampaignConcern).where(CampaignConcern.form_key == form_key)
    ).one_or_none()


def open_concerns() -> Sequence[CampaignConcern]:
    """What the office has to look into, the oldest first."""
    return db.session.scalars(
        select(CampaignConcern)
        .where(CampaignConcern.state == ConcernState.OPEN)
        .order_by(CampaignConcern.raised_at, CampaignConcern.id)
    ).all()


def concerns_of(campaign_id: int) -> Sequence[CampaignConcern]:
    """Every concern about a campaign, the newest first."""
    return db.session.scalars(
        select(CampaignConcern)
        .where(CampaignConcern.campaign_id == campaign_id)
        .order_by(CampaignConcern.raised_at.desc(), CampaignConcern.id.desc())
    ).all()


def staff_campaigns(words: tuple[str, ...] = ()) -> Select[Campaign]:
    """Every campaign but drafts, for the staff desk, the newest first."""
    found = select(Campaign).where(
        or_(Campaign.state != CampaignState.DRAFT, Campaign.submission_number > 0)
    )
    for word in words:
        found = found.where(Campaign.search_text.contains(word, autoescape=True))
    return found.order_by(Campaign.edited_at.desc(), Campaign.id.desc())
