"""What the book may refer to: the campaign that a fund was opened for."""

from flask import url_for
from flask_babel import gettext as _

from civicfund.campaigns.queries import campaign_by_id
from civicfund.ledger.models import Fund
from civicfund.ledger.sources import SourcePage


def fund_pages(fund: Fund) -> list[tuple[str, str]]:
    """The public page of the campaign of a fund: what its page says, and the address."""
    campaign = campaign_by_id(fund.source_id) if _is_campaign(fund) and fund.source_id else None
    if campaign is None or campaign.launched_at is None:
        return []
    return [(_("The campaign of this fund"), url_for("campaigns.show", slug=campaign.slug))]


def source_pages(kind: str, number: int) -> list[SourcePage]:
    """The page of a campaign."""
    campaign = campaign_by_id(number) if kind == "campaigns" else None
    if campaign is None:
        return []
    return [
        SourcePage(
            title=campaign.title,
            url=url_for("campaigns.show", slug=campaign.slug),
            is_own=True,
            is_public=campaign.launched_at is not None,
        )
    ]


def _is_campaign(fund: Fund) -> bool:
    return fund.source_kind == "campaigns"
