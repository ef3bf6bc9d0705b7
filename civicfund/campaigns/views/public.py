"""What anyone may see: home, the list, a campaign, its picture; and the report button."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.campaigns import policy, queries, services
from civicfund.campaigns.cards import (
    cards_of,
    drawn_theme,
    gather,
    picture_url,
    ward_label,
)
from civicfund.campaigns.forms import ConcernForm, FilterForm
from civicfund.campaigns.holdings import holdings_now
from civicfund.campaigns.models import Campaign
from civicfund.campaigns.queries import CampaignFilter
from civicfund.campaigns.rules import rules_of
from civicfund.campaigns.search import search_words
from civicfund.campaigns.split import split_example
from civicfund.campaigns.subjects import KIND as SUBJECT
from civicfund.campaigns.views.ground import bp
from civicfund.core import events
from civicfund.core.errors import NotFound
from civicfund.core.settings import setting
from civicfund.endorsements import queries as register
from civicfund.endorsements.cards import qr_of, seal_of
from civicfund.web.guards import found, public
from civicfund.web.limits import limiter
from civicfund.web.pagination import asked_page, paged
from civicfund.web.stored_files import send_stored

ON_HOME = 6
PAGE_SIZE = 12


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Open campaigns, what the fund holds, the latest word of the city."""
    live = queries.live_campaigns(at_most=ON_HOME)
    return render_template(
        "campaigns/home.html",
        cards=cards_of(live),
        holdings=holdings_now(),
        endorsed=[(latest, seal_of(latest)) for latest in register.latest(at_most=3)],
    )


@bp.get("/campaigns")
@public
def index() -> ResponseReturnValue:
    """The list, searched and filtered by its address."""
    form = FilterForm(request.args)
    page = paged(
        queries.public_campaigns(
            CampaignFilter(
                state=form.state.data,
                ward=form.ward.data,
                theme=form.theme.data,
                only_ids=register.endorsed_ids(SUBJECT) if form.endorsed.data else None,
                ending_soon=bool(form.ending_soon.data),
                words=search_words(form.q.data or ""),
            )
        ),
        number=asked_page(),
        size=PAGE_SIZE,
    )
    if page.number > page.pages:
        return redirect(
            url_for("campaigns.index", page=page.pages, **dict[str, Any](form.in_force))
        )
    return render_template("campaigns/index.html", form=form, page=page, cards=cards_of(page.items))


@bp.get("/campaigns/<slug>")
@public
def show(slug: str) -> ResponseReturnValue:
    """A campaign; before it is public only for those who may see drafts."""
    campaign = _seen(slug)
    return render_template("campaigns/show.html", campaign=campaign, **page_of(campaign))


@bp.route("/campaigns/<slug>/concern", methods=["GET", "POST"])
@limiter.limit("5 per hour", methods=["POST"])
@public
def concern(slug: str) -> ResponseReturnValue:
    """Report that something may be wrong."""
    campaign = _seen(slug)
    form = ConcernForm()
    if form.validate_on_submit():
        raised = form.attempt(
            lambda: services.raise_concern(
                campaign,
                words=form.words.data or "",
                email=form.email.data or "",
                form_key=form.form_key.data or "",
            )
        )
        if raised is not None:
            flash(_("Thank you. The fund's office will look into it."), "success")
            return redirect(url_for("campaigns.show", slug=slug))
    status = 422 if form.is_submitted() else 200
    return render_template("campaigns/concern.html", campaign=campaign, form=form), status


@bp.get("/pictures/<sha256>.webp")
@public
def picture(sha256: str) -> ResponseReturnValue:
    """A picture, by its content: it never changes."""
    return send_stored(found(queries.public_picture(sha256)), public=True)


def page_of(campaign: Campaign) -> dict[str, Any]:
    """Everything that the page of a campaign shows."""
    gathered = gather([campaign])
    stored = gathered.pictures.get(campaign.image_id or 0)
    rules = rules_of(campaign)
    address = f"{setting('SITE_URL')}{url_for('campaigns.show', slug=campaign.slug)}"
    return {
        "organisation": gathered.organisations[campaign.organisation_id],
        "image_url": picture_url(stored),
        "drawn_theme": drawn_theme(campaign),
        "ward": ward_label(campaign),
        "progress": gathered.progress[campaign.id],
        "seals": [seal_of(live) for live in gathered.endorsements.get(campaign.id, [])],
        "rules": rules,
        "split": split_example(operating_share_percent=rules["operating_share_percent"]),
        "reviews": queries.reviews_in_force(campaign),
        "updates": queries.updates_of(campaign.id),
        "supporters": events.collect("campaign_supporters", campaign),
        "sections": events.collect("campaign_sections", campaign),
        "address": address,
        "qr_svg": qr_of(address),
        "is_open": campaign.is_open_for_gifts,
        "is_member": policy.can_work_on(current_user, campaign),
    }


def _seen(slug: str) -> Campaign:
    campaign: Campaign = found(queries.campaign_by_slug(slug))
    if campaign.is_public:
        return campaign
    # A draft is for those who may see it, and only with their second factor set up.
    if current_user.is_authenticated and current_user.must_set_up_second_factor:
        raise NotFound
    if not policy.can_see(current_user, campaign):
        raise NotFound
    return campaign
