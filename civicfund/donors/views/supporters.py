"""The organisation's list of those who gave to its campaign, as far as they let it know."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from civicfund.campaigns.models import Campaign
from civicfund.campaigns.queries import campaign_by_slug
from civicfund.donors import policy, queries
from civicfund.donors.views.desk import csv_file
from civicfund.donors.views.ground import bp
from civicfund.web.filters import day, label
from civicfund.web.guards import requires
from civicfund.web.pagination import asked_page, paged


@bp.get("/desk/npo/campaigns/<slug>/supporters")
@requires(policy.can_see_supporters, load=campaign_by_slug)
def supporters(campaign: Campaign) -> ResponseReturnValue:
    """Names and messages; no addresses, which the fund keeps."""
    number, total = queries.unnamed_supporters(campaign.id)
    return render_template(
        "donors/supporters.html",
        campaign=campaign,
        page=paged(queries.supporters_of(campaign.id, for_npo=True), number=asked_page()),
        unnamed=number,
        unnamed_yen=total,
    )


@bp.get("/desk/npo/campaigns/<slug>/supporters.csv")
@requires(policy.can_see_supporters, load=campaign_by_slug)
def supporters_csv(campaign: Campaign) -> ResponseReturnValue:
    """The same list as a file."""
    rows = [
        (
            day(gift.started_at), gift.name_for_npo or _("No name given"), gift.amount_yen,
            label(gift.state), gift.message,
        )
        for gift in queries.all_supporters(campaign.id, for_npo=True)
    ]  # fmt: skip
    header = [_("Day"), _("Name"), _("Amount"), _("State"), _("Message")]
    return csv_file(f"supporters-{campaign.slug}", header, rows)
