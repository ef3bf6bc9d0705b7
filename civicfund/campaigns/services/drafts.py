"""Writing a campaign and handing it in."""

import re
from datetime import date, timedelta
from typing import Any, TypedDict, Unpack

from civicfund.campaigns import emails, queries
from civicfund.campaigns.budget import BudgetDraft
from civicfund.campaigns.errors import (
    BudgetDoesNotAddUp,
    BudgetLineIncomplete,
    DeadlineBeforeStart,
    DeadlinePast,
    DeadlineTooFar,
    Incomplete,
    NotEditable,
    NotYourOrganisation,
    StaleCampaign,
    StartPast,
    TargetOutOfRange,
    TextTooLong,
    TooManyBudgetLines,
)
from civicfund.campaigns.models import (
    BudgetLine,
    Campaign,
    CampaignState,
    FundingModel,
    Theme,
    Ward,
)
from civicfund.campaigns.search import search_text
from civicfund.core import audit_log, clock
from civicfund.core.db import db, lock
from civicfund.core.references import new_reference
from civicfund.core.states import advance
from civicfund.core.storage import StoredFile
from civicfund.identity.models import Organisation, User
from civicfund.identity.policy import acts_for

LONGEST = {"title": 100, "summary": 160, "story": 20_000, "image_alt": 200}
NEEDED = ("title", "summary", "story", "ward", "theme", "funding_model", "target_yen",
          "starts_on", "deadline_on", "budget_lines")  # fmt: skip
LEAST_TARGET, MOST_TARGET = 1, 1_000_000_000
MOST_BUDGET_LINES = 30
LONGEST_RUN = timedelta(days=365)


class CampaignFields(TypedDict, total=False):
    """What an organisation writes; what is not given stays as it is."""

    title: str
    summary: str
    story: str
    ward: Ward | None
    theme: Theme | None
    target_yen: int | None
    funding_model: FundingModel | None
    starts_on: date | None
    deadline_on: date | None
    image: StoredFile | None
    image_alt: str
    budget_lines: list[BudgetDraft]


def draft_campaign(
    *,
    organisation: Organisation,
    by: User,
    form_key: str | None = None,
    **fields: Unpack[CampaignFields],
) -> Campaign:
    """Begin a campaign; it may be as incomplete as it likes, but it has a title.

    The same `form_key` again gives the campaign that it made.
    """
    _must_belong(by, organisation.id)
    known = queries.campaign_by_form_key(form_key) if form_key else None
    if known is not None:
        return known
    reference = new_reference("C")
    campaign = Campaign(
        reference=reference,
        slug=_slug(fields.get("title", ""), reference),
        form_key=form_key,
        organisation_id=organisation.id,
        created_by_id=by.id,
        created_at=clock.now(),
        edited_by_id=by.id,
        edited_at=clock.now(),
        state=CampaignState.DRAFT,
        version=1,
        submission_number=0,
        title="",
        summary="",
        story="",
        image_alt="",
        budget_lines=[],
    )
    _write(campaign, fields)
    campaign.search_text = search_text(campaign, organisation)
    db.session.add(campaign)
    db.session.flush()
    audit_log.record(by, "draft_campaign", campaign, after=_shown(campaign))
    return campaign


def edit_campaign(
    campaign: Campaign,
    *,
    by: User,
    version: int | None = None,
    **fields: Unpack[CampaignFields],
) -> Campaign:
    """Change a draft, or a campaign that was sent back.

    `version`: the one that the writer saw; if somebody has changed it since, `StaleCampaign`.
    """
    _must_belong(by, campaign.organisation_id)
    lock(campaign)
    if not campaign.is_editable:
        raise NotEditable(state=campaign.state.label)
    before = _shown(campaign)
    is_stale = version is not None and version != campaign.version
    with db.session.no_autoflush:
        _write(campaign, fields)
        if _shown(campaign) == before:
            return campaign
    if is_stale:
        db.session.expire(campaign)
        raise StaleCampaign
    campaign.version += 1
    campaign.edited_by_id, campaign.edited_at = by.id, clock.now()
    campaign.search_text = search_text(
        campaign, queries.organisations_by_ids([campaign.organisation_id])[campaign.organisation_id]
    )
    db.session.flush()
    audit_log.record(by, "edit_campaign", campaign, before=before, after=_shown(campaign))
    return campaign


def submit_campaign(campaign: Campaign, *, by: User) -> Campaign:
    """Hand a whole campaign in for review."""
    _must_belong(by, campaign.organisation_id)
    advance(campaign, to=CampaignState.SUBMITTED)
    with db.session.no_autoflush:
        _must_be_whole(campaign)
    campaign.submitted_at = clock.now()
    campaign.submission_number += 1
    db.session.flush()
    audit_log.record(by, "submit_campaign", campaign, after=_shown(campaign))
    emails.tell_of_submission(campaign)
    return campaign


def missing_in(campaign: Campaign) -> list[str]:
    """The fields that have to be filled in before it can be handed in."""
    return [name for name in NEEDED if not getattr(campaign, name)]


def _must_belong(by: User, organisation_id: int) -> None:
    if not acts_for(by, organisation_id):
        raise NotYourOrganisation


def _write(campaign: Campaign, fields: CampaignFields) -> None:
    _write_texts(campaign, fields)
    for name in ("ward", "theme", "funding_model", "starts_on", "deadline_on"):
        if name in fields:
            setattr(campaign, name, fields[name])
    if "target_yen" in fields:
        campaign.target_yen = _target(fields["target_yen"])  # type: ignore[assignment]
    if "image" in fields:
        picture = fields["image"]
        campaign.image_id = picture.id if picture is not None else None
    if "budget_lines" in fields:
        _write_budget(campaign, fields["budget_lines"])
    days = (campaign.starts_on, campaign.deadline_on)
    if None not in days and campaign.deadline_on < campaign.starts_on:
        raise DeadlineBeforeStart


def _write_texts(campaign: Campaign, fields: CampaignFields) -> None:
    for name, longest in LONGEST.items():
        if name in fields:
            text = str(fields[name] or "").strip()  # type: ignore[literal-required]
            if len(text) > longest:
                raise TextTooLong(field=name, most=longest)
            setattr(campaign, name, text)
    if not campaign.title:
        raise Incomplete(field="title")


def _target(amount: int | None) -> int | None:
    if amount is not None and not LEAST_TARGET <= amount <= MOST_TARGET:
        raise TargetOutOfRange(least=f"{LEAST_TARGET:,}", most=f"{MOST_TARGET:,}")
    return amount


def _write_budget(campaign: Campaign, lines: list[BudgetDraft]) -> None:
    if len(lines) > MOST_BUDGET_LINES:
        raise TooManyBudgetLines(most=MOST_BUDGET_LINES)
    for line in lines:
        if not line.label.strip() or not 0 < line.amount_yen <= MOST_TARGET:
            raise BudgetLineIncomplete
        if len(line.label) > 120 or len(line.note) > 300:
            raise TextTooLong(field="budget_lines", most=120 if len(line.label) > 120 else 300)
    kept = campaign.budget_lines
    # Rows stay where they are: their numbers are unique, and an insert goes before a delete.
    for position, line in enumerate(lines, start=1):
        if position > len(kept):
            kept.append(BudgetLine(position=position))
        row = kept[position - 1]
        row.label, row.amount_yen = line.label.strip(), line.amount_yen
        row.note = line.note.strip()
    del kept[len(lines) :]


def _must_be_whole(campaign: Campaign) -> None:
    for name in missing_in(campaign):
        raise Incomplete(field=name)
    if campaign.starts_on < clock.today():
        raise StartPast
    if campaign.deadline_on <= clock.today():
        raise DeadlinePast
    if campaign.deadline_on > clock.today() + LONGEST_RUN:
        raise DeadlineTooFar
    if campaign.budget_total_yen != campaign.target_yen:
        raise BudgetDoesNotAddUp(
            sum=f"{campaign.budget_total_yen:,}", target=f"{campaign.target_yen:,}"
        )


def _slug(title: str, reference: str) -> str:
    """An address from the title's Latin words and the reference; 川崎 gives the reference alone."""
    words = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:50].strip("-")
    mark = reference.removeprefix("C-")[:9].lower()
    return f"{words}-{mark}" if words else mark


def _shown(campaign: Campaign) -> dict[str, Any]:
    """What the audit log keeps of it."""
    return {
        "title": campaign.title,
        "summary": campaign.summary,
        "story": campaign.story,
        "ward": campaign.ward and campaign.ward.value,
        "theme": campaign.theme and campaign.theme.value,
        "target_yen": campaign.target_yen,
        "funding_model": campaign.funding_model and campaign.funding_model.value,
        "starts_on": _iso(campaign.starts_on),
        "deadline_on": _iso(campaign.deadline_on),
        "image_id": campaign.image_id,
        "image_alt": campaign.image_alt,
        "budget_lines": [
            [line.label, line.amount_yen, line.note] for line in campaign.budget_lines
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
