"""Campaigns as lists and pages show them, gathered in a fixed number of statements."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext

from civicfund.campaigns import queries
from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.campaigns.progress import Progress, progress_of
from civicfund.campaigns.subjects import KIND as SUBJECT
from civicfund.core.storage import StoredFile
from civicfund.endorsements import queries as register
from civicfund.endorsements.cards import in_language
from civicfund.endorsements.models import Endorsement
from civicfund.identity.models import Organisation
from civicfund.web.filters import label, local_name


@dataclass(frozen=True, slots=True)
class Gathered:
    """What belongs to a list of campaigns."""

    organisations: dict[int, Organisation]
    pictures: dict[int, StoredFile]
    progress: dict[int, Progress]
    endorsements: dict[int, list[Endorsement]]


@dataclass(frozen=True, slots=True)
class Card:
    """A campaign in a list: what `components/campaign_card.html` shows."""

    url: str
    title: str
    summary: str
    organisation: str
    image_url: str | None
    theme: str
    theme_label: str
    ward: str
    state: CampaignState
    state_label: str
    deadline: date
    endorsement: str | None
    progress: Progress


def gather(campaigns: Collection[Campaign]) -> Gathered:
    """Organisations, pictures, money and endorsements of these campaigns."""
    ids = [campaign.id for campaign in campaigns]
    return Gathered(
        organisations=queries.organisations_by_ids({c.organisation_id for c in campaigns}),
        pictures=queries.pictures_by_ids({c.image_id for c in campaigns if c.image_id}),
        progress=progress_of(campaigns),
        endorsements=register.live_for(SUBJECT, ids),
    )


def cards_of(campaigns: Sequence[Campaign]) -> list[Card]:
    """The cards of a list."""
    if not campaigns:
        return []
    gathered = gather(campaigns)
    return [_card(campaign, gathered) for campaign in campaigns]


def picture_url(stored: StoredFile | None) -> str | None:
    """Where a campaign's picture is."""
    return url_for("campaigns.picture", sha256=stored.sha256) if stored is not None else None


def drawn_theme(campaign: Campaign) -> str:
    """The drawn picture that stands in for a photo."""
    return campaign.theme.value if campaign.theme else "community"


def ward_label(campaign: Campaign) -> str:
    """川崎区, or Kawasaki Ward."""
    return label(campaign.ward) if campaign.ward else ""


def _card(campaign: Campaign, gathered: Gathered) -> Card:
    endorsements = gathered.endorsements.get(campaign.id, [])
    return Card(
        url=url_for("campaigns.show", slug=campaign.slug),
        title=campaign.title,
        summary=campaign.summary,
        organisation=local_name(gathered.organisations[campaign.organisation_id]),
        image_url=picture_url(gathered.pictures.get(campaign.image_id or 0)),
        theme=drawn_theme(campaign),
        theme_label=label(campaign.theme),
        ward=ward_label(campaign),
        state=campaign.state,
        state_label=label(campaign.state),
        deadline=campaign.deadline_on,
        endorsement=_endorsement_line(endorsements),
        progress=gathered.progress[campaign.id],
    )


def _endorsement_line(endorsements: Iterable[Endorsement]) -> str | None:
    for endorsement in endorsements:
        body = in_language({"ja": endorsement.issuer.body_ja, "en": endorsement.issuer.body_en})
        return str(gettext("%(kind)s: %(body)s", kind=label(endorsement.kind), body=body))
    return None
