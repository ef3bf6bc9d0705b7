"""Campaigns in any state, brought there by the services."""

import io
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

from PIL import Image

from civicfund.campaigns import services
from civicfund.campaigns.budget import BudgetDraft
from civicfund.campaigns.models import (
    Campaign,
    CampaignState,
    FundingModel,
    ReviewDecision,
    Theme,
    Ward,
)
from civicfund.core import clock
from civicfund.core.db import transaction
from civicfund.identity import queries as people
from civicfund.identity.models import Organisation, User
from tests.factories.identity import make_organisation, make_user

# What comes before each state; the first step is the draft.
WAYS: dict[CampaignState, Sequence[str]] = {
    CampaignState.DRAFT: (),
    CampaignState.SUBMITTED: ("submit",),
    CampaignState.CHANGES_REQUESTED: ("submit", "send_back"),
    CampaignState.REJECTED: ("submit", "reject"),
    CampaignState.APPROVED: ("submit", "approve"),
    CampaignState.LIVE: ("submit", "approve", "launch"),
    CampaignState.SUSPENDED: ("submit", "approve", "launch", "suspend"),
    CampaignState.CANCELLED: ("submit", "approve", "launch", "cancel"),
    CampaignState.FAILED: ("submit", "approve", "launch", "failed"),
    CampaignState.SUCCEEDED: ("submit", "approve", "launch", "succeeded"),
    CampaignState.AWARDED: ("submit", "approve", "launch", "succeeded", "awarded"),
    CampaignState.COMPLETED: (
        "submit", "approve", "launch", "succeeded", "awarded", "completed",
    ),
}  # fmt: skip


def make_campaign(
    *,
    state: CampaignState = CampaignState.LIVE,
    funding_model: FundingModel = FundingModel.ALL_OR_NOTHING,
    target_yen: int = 100_000,
    starts_on: date | None = None,
    deadline_on: date | None = None,
    organisation: Organisation | None = None,
    member: User | None = None,
    staff: tuple[User, User] | None = None,
    **fields: Any,
) -> Campaign:
    """A whole campaign in `state`; a deadline that is over was set a month before it."""
    deadline_on = deadline_on or clock.today() + timedelta(days=30)
    is_over = deadline_on <= clock.today()
    then = clock.start_of(deadline_on - timedelta(days=30)) if is_over else None
    organisation = organisation or make_organisation()
    member = member or member_of(organisation)
    with clock.at(then) if then is not None else nullcontext():
        campaign = _draft(
            organisation,
            member,
            funding_model=funding_model,
            target_yen=target_yen,
            starts_on=starts_on or clock.today(),
            deadline_on=deadline_on,
            **fields,
        )
        for step in WAYS[state]:
            with transaction():
                _step(campaign, step, member, staff or two_staff())
    return campaign


def two_staff() -> tuple[User, User]:
    """Two people of the office, made if there are none yet."""
    known = list(people.users_with_role("staff"))[:2]
    while len(known) < 2:
        known.append(make_user(roles=("staff",)))
    return known[0], known[1]


def member_of(organisation: Organisation) -> User:
    """Somebody who acts for the organisation."""
    return next(
        (membership.user for membership in organisation.memberships),
        None,
    ) or make_user(organisation=organisation)


def whole_fields(**changes: Any) -> dict[str, Any]:
    """All that a campaign needs to be handed in."""
    target = changes.get("target_yen") or 100_000
    return {
        "title": "公園に日かげのあるベンチを",
        "summary": "遊び場に日かげがありません。木のベンチと日よけを作ります。",
        "story": "## なぜ必要か\n\n夏の公園は**とても暑い**です。\n\n- ベンチ\n- 日よけ",
        "ward": Ward.NAKAHARA,
        "theme": Theme.CHILDREN,
        "target_yen": target,
        "funding_model": FundingModel.ALL_OR_NOTHING,
        "starts_on": clock.today(),
        "deadline_on": clock.today() + timedelta(days=30),
        "budget_lines": [
            BudgetDraft("材料", max(1, target - target // 3), "木材、布"),
            *([BudgetDraft("工事", target // 3)] if target >= 3 else []),
        ],
    } | changes


def picture_file(size: tuple[int, int] = (320, 180), kind: str = "PNG") -> io.BytesIO:
    """A real picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (40, 120, 90)).save(out, kind)
    out.seek(0)
    return out


def _draft(organisation: Organisation, member: User, **fields: Any) -> Campaign:
    with transaction():
        return services.draft_campaign(
            organisation=organisation, by=member, **whole_fields(**fields)
        )


def _step(campaign: Campaign, step: str, member: User, staff: tuple[User, User]) -> None:
    first, second = staff
    match step:
        case "submit":
            services.submit_campaign(campaign, by=member)
        case "approve":
            services.review_content(campaign, by=first, decision=ReviewDecision.APPROVED)
            services.review_finances(campaign, by=second, decision=ReviewDecision.APPROVED)
        case "send_back":
            services.review_content(
                campaign,
                by=first,
                decision=ReviewDecision.CHANGES_REQUESTED,
                notes="写真の説明を足してください。",
            )
        case "reject":
            services.review_content(
                campaign, by=first, decision=ReviewDecision.REJECTED, notes="対象外です。"
            )
        case "launch":
            services.launch(campaign)
        case "suspend":
            services.suspend_campaign(campaign, by=first, reason="確認しています。")
        case "cancel":
            services.cancel_campaign(campaign, by=first, reason="団体の希望により。")
        case outcome:
            services.mark(campaign, to=CampaignState(outcome))  # type: ignore[call-arg]
