"""The rules that a campaign's gifts are given under: the settings in force, frozen at launch."""

from datetime import date
from typing import Any

from civicfund.campaigns.models import Campaign
from civicfund.core.settings import setting

# A change of what these rules mean is a new version.
VERSION = 1
OVER_TARGET_PERCENT = 30


def rules_of(campaign: Campaign) -> dict[str, Any]:
    """The frozen rules; before the launch, those it would be launched with today."""
    return campaign.rules or rules_for(campaign)


def rules_for(campaign: Campaign) -> dict[str, Any]:
    """The terms that stand on the page and are copied onto every gift."""
    return {
        "version": VERSION,
        "funding_model": campaign.funding_model.value if campaign.funding_model else None,
        "target_yen": campaign.target_yen,
        "deadline_on": _iso(campaign.deadline_on),
        "operating_share_percent": setting("OPERATING_SHARE_PERCENT"),
        "card_fee_from": "project",
        "refund_days": setting("REFUND_DAYS"),
        "charge_retry_days": setting("CHARGE_RETRY_DAYS"),
        "over_target_percent": OVER_TARGET_PERCENT,
        # Money that the project does not need goes on to projects of the same theme.
        "leftover": "same_theme",
        "cannot_be_carried_out": "similar_purpose_or_refund",
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
