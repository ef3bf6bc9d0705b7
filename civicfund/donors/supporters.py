"""Those who gave, as each of them wishes to be shown."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from civicfund.campaigns.models import Campaign
from civicfund.donors import queries
from civicfund.donors.models import Donation


@dataclass(frozen=True, slots=True)
class Supporter:
    """A line of the public list; without a name there is no sum and no message either."""

    name: str
    amount_yen: int | None
    at: datetime
    message: str


def public_supporters(campaign: Campaign) -> list[Supporter]:
    """Answers `campaign_supporters`: the latest first."""
    return [_shown(donation) for donation in queries.latest_supporters(campaign.id)]


def _shown(donation: Donation) -> Supporter:
    name = donation.shown_name
    if name is None:
        return Supporter(_("A supporter without a name"), None, donation.started_at, "")
    return Supporter(name, donation.amount_yen, donation.started_at, donation.message)


@dataclass(frozen=True, slots=True)
class Pointer:
    """A way from a campaign's page on the organisation's desk to its supporters."""

    title: str
    url: str
    words: str


def npo_campaign_sections(campaign: Campaign) -> list[Pointer]:
    """Answers `npo_campaign_sections`: who supports a campaign that has been public."""
    if campaign.launched_at is None:
        return []
    url = url_for("donors.supporters", slug=campaign.slug)
    return [Pointer(_("Supporters"), url, _("See who supports this project, and their messages"))]
