"""The JSON twin of the public pages; it never shows a draft."""

from typing import Any

from flask import url_for
from flask.views import MethodView
from flask_smorest import Blueprint

from civicfund.campaigns import queries
from civicfund.campaigns.cards import Gathered, gather, picture_url
from civicfund.campaigns.models import WARD_NAMES, Campaign, CampaignState, Theme, Ward
from civicfund.campaigns.queries import CampaignFilter
from civicfund.campaigns.schemas import (
    CURRENCY,
    CampaignDetailSchema,
    CampaignPageSchema,
    CampaignQuerySchema,
)
from civicfund.campaigns.search import search_words
from civicfund.campaigns.subjects import KIND as SUBJECT
from civicfund.core import clock
from civicfund.core.errors import NotFound
from civicfund.endorsements import queries as register
from civicfund.endorsements.cards import address_of, page_url
from civicfund.endorsements.models import Endorsement
from civicfund.identity.models import Organisation
from civicfund.web.api import page_of
from civicfund.web.guards import public
from civicfund.web.pagination import paged

bp = Blueprint(
    "campaigns_api",
    __name__,
    url_prefix="/api/v1/campaigns",
    description="Campaigns that anyone may see.",
)
PAGE_SIZE = 20


@bp.route("")
class Campaigns(MethodView):
    """The list."""

    @bp.arguments(CampaignQuerySchema, location="query")
    @bp.response(200, CampaignPageSchema)
    @public
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """List campaigns: open ones first, the next deadline first."""
        page = paged(
            queries.public_campaigns(
                CampaignFilter(
                    state=CampaignState.of(asked.get("state")),
                    ward=Ward.of(asked.get("ward")),
                    theme=Theme.of(asked.get("theme")),
                    only_ids=register.endorsed_ids(SUBJECT) if asked.get("endorsed") else None,
                    ending_soon=asked.get("ending_soon", False),
                    words=search_words(asked.get("q", "")),
                )
            ),
            number=asked["page"],
            size=PAGE_SIZE,
        )
        gathered = gather(page.items)
        return page_of(page, [summary_of(campaign, gathered) for campaign in page.items])


@bp.route("/<slug>")
class OneCampaign(MethodView):
    """One campaign."""

    @bp.response(200, CampaignDetailSchema)
    @bp.alt_response(404, "NOT_FOUND")
    @public
    def get(self, slug: str) -> dict[str, Any]:
        """Show a campaign with its budget, its rules and its updates."""
        campaign = queries.campaign_by_slug(slug)
        if campaign is None or not campaign.is_public:
            raise NotFound
        return summary_of(campaign, gather([campaign])) | {
            "story": campaign.story,
            "image_alt": campaign.image_alt,
            "budget": [
                {
                    "label": line.label,
                    "amount": line.amount_yen,
                    "currency": CURRENCY,
                    "note": line.note,
                }
                for line in campaign.budget_lines
            ],
            "rules": campaign.rules,
            "updates": queries.updates_of(campaign.id),
        }


def summary_of(campaign: Campaign, gathered: Gathered) -> dict[str, Any]:
    """What a list says about one campaign."""
    image = picture_url(gathered.pictures.get(campaign.image_id or 0))
    return {
        "reference": campaign.reference,
        "slug": campaign.slug,
        "url": address_of(url_for("campaigns.show", slug=campaign.slug)),
        "title": campaign.title,
        "summary": campaign.summary,
        "state": campaign.state.value,
        "ward": campaign.ward.value,
        "ward_name_ja": WARD_NAMES[campaign.ward],
        "theme": campaign.theme.value,
        "funding_model": campaign.funding_model.value,
        "starts_on": campaign.starts_on,
        "deadline_on": campaign.deadline_on,
        "deadline_at": campaign.deadline_at,
        "image_url": address_of(image) if image else None,
        "organisation": _organisation(gathered.organisations[campaign.organisation_id]),
        "progress": _progress(campaign, gathered),
        "endorsements": [_endorsement(e) for e in gathered.endorsements.get(campaign.id, [])],
    }


def _organisation(organisation: Organisation) -> dict[str, Any]:
    checked_at = organisation.verified_at
    return {
        "slug": organisation.slug,
        "name_ja": organisation.name_ja,
        "name_en": organisation.name_en,
        "checked_on": clock.day_of(checked_at) if checked_at is not None else None,
    }


def _progress(campaign: Campaign, gathered: Gathered) -> dict[str, Any]:
    progress = gathered.progress[campaign.id]
    return {
        "currency": CURRENCY,
        "target": progress.target_yen,
        "committed": progress.committed_yen,
        "paid": progress.paid_yen,
        "held": progress.held_yen,
        "pledged": progress.pledged_yen,
        "pending": progress.pending_yen,
        "percent": progress.percent,
        "supporters": progress.supporters,
    }


def _endorsement(endorsement: Endorsement) -> dict[str, Any]:
    return {
        "register_no": endorsement.register_no,
        "kind": endorsement.kind.value,
        "issuer_ja": endorsement.issuer.name_ja,
        "issuer_en": endorsement.issuer.name_en,
        "valid_from": endorsement.valid_from,
        "valid_until": endorsement.valid_until,
        "url": address_of(page_url(endorsement)),
    }
