"""Giving: amount, you, check, and on to the payment page. No account, no script needed.

Each step carries what was typed in its own form, so that nothing is lost with a session, and every
step looks at everything again.
"""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from civicfund.campaigns import queries as campaigns
from civicfund.campaigns.cards import drawn_theme, picture_url
from civicfund.campaigns.models import Campaign, FundingModel
from civicfund.campaigns.subjects import KIND as SUBJECT
from civicfund.core.db import transaction
from civicfund.core.errors import DomainError, NotAllowedNow, NotFound
from civicfund.core.settings import setting
from civicfund.donors import queries, services
from civicfund.donors.errors import FormUsedForAnotherGift, TermsNotAccepted
from civicfund.donors.forms import GiftForm
from civicfund.donors.links import token_of
from civicfund.donors.models import Donation
from civicfund.donors.split import split_of
from civicfund.donors.trace import promise_on_failure
from civicfund.donors.views.ground import bp
from civicfund.endorsements import queries as register
from civicfund.endorsements.cards import seal_of
from civicfund.payments.errors import GatewayRefused
from civicfund.web.errors import words_of
from civicfund.web.guards import found, public
from civicfund.web.limits import limiter


@bp.route("/campaigns/<slug>/give", methods=["GET", "POST"])
@public
def give(slug: str) -> ResponseReturnValue:
    """Step 1: how much, and how. By POST whoever comes back from a later step."""
    campaign = _campaign(slug)
    closed = _closed_page(campaign)
    if closed is not None:
        return closed
    form = GiftForm(request.values, campaign=campaign)
    form.show_amount()
    return _page(form, 1)


@bp.route("/campaigns/<slug>/give/you", methods=["GET", "POST"])
@public
def you(slug: str) -> ResponseReturnValue:
    """Step 2: who you are, as far as you want to say."""
    campaign = _campaign(slug)
    closed = _closed_page(campaign)
    if closed is not None:
        return closed
    form = GiftForm(request.values, campaign=campaign)
    if form.wrong_step() == 1:
        return _page(form, 1, status=422)
    form.forget_errors()
    return _page(form, 2)


@bp.get("/campaigns/<slug>/give/check")
@bp.get("/campaigns/<slug>/give/pay")
@public
def start_over(slug: str) -> ResponseReturnValue:
    """An address out of the history: the form begins at the beginning."""
    return redirect(url_for("donors.give", slug=slug))


@bp.post("/campaigns/<slug>/give/check")
@public
def check(slug: str) -> ResponseReturnValue:
    """Step 3: everything once more, before paying."""
    campaign = _campaign(slug)
    closed = _closed_page(campaign)
    if closed is not None:
        return closed
    form = GiftForm(request.form, campaign=campaign)
    step = form.wrong_step()
    if step is not None:
        return _page(form, step, status=422)
    form.accept_terms.data = False
    return _page(form, 3)


@bp.post("/campaigns/<slug>/give/pay")
@limiter.limit("30 per minute")
@public
def pay(slug: str) -> ResponseReturnValue:
    """The gift is written down once, however often the button is pressed; then the payment page."""
    campaign = _campaign(slug)
    form = GiftForm(request.form, campaign=campaign)
    step = form.wrong_step()
    if step is not None:
        return _closed_page(campaign) or _page(form, step, status=422)
    if form.endorsements.data != ",".join(_shown(campaign)):
        form.form_errors = [
            _("The endorsement of this project has changed. Please check it and press again.")
        ]
        return _page(form, 3, status=409)
    donation = _start(form)
    if donation is None:
        return _closed_page(campaign) or _page(form, 3, status=422)
    return go_to_payment(donation)


def go_to_payment(donation: Donation) -> ResponseReturnValue:
    """On to the gateway's page, or to the gift's own page when there is nothing to pay."""
    thanks = url_for("donors.thanks", token=token_of(donation))
    back = f"{setting('SITE_URL')}{thanks}"
    try:
        with transaction():
            known = found(queries.donation_by_id(donation.id))
            title = known.terms["title"]
            address = services.open_checkout(
                known,
                description=_(
                    "Gift to “%(title)s” (%(number)s)", title=title, number=known.reference
                ),
                return_url=back,
                cancel_url=f"{back}?left=1",
            )
    except NotAllowedNow:
        # Paid or decided already: the second click of two, or the way back through the history.
        return redirect(thanks, 303)
    except GatewayRefused:
        return redirect(f"{thanks}?left=1", 303)
    return redirect(address, 303)


def _start(form: GiftForm) -> Donation | None:
    """The gift, or None with the refusal in the form."""
    wishes = form.wishes() | {
        "locale": str(get_locale()),
        "endorsements_shown": _shown(form.campaign),
    }
    try:
        with transaction():
            return services.start_donation(
                campaign=form.campaign,
                form_key=form.form_key.data or "",
                amount=form.money,
                method=form.chosen_method,
                **wishes,
            )
    except FormUsedForAnotherGift as refusal:
        form.renew_key()
        form.form_errors = [words_of(refusal)]
    except TermsNotAccepted as refusal:
        form.accept_terms.errors = [words_of(refusal)]
    except DomainError as refusal:
        form.refuse(refusal)
    return None


def _campaign(slug: str) -> Campaign:
    campaign: Campaign = found(campaigns.campaign_by_slug(slug))
    if not campaign.is_public:
        raise NotFound
    return campaign


def _closed_page(campaign: Campaign) -> ResponseReturnValue | None:
    try:
        services.must_take_gifts(campaign)
    except DomainError as refusal:
        return render_template("donors/closed.html", campaign=campaign, why=words_of(refusal)), 409
    return None


def _shown(campaign: Campaign) -> list[str]:
    live = register.live_for(SUBJECT, [campaign.id]).get(campaign.id, [])
    return [endorsement.register_no for endorsement in live]


def _page(form: GiftForm, step: int, *, status: int = 200) -> ResponseReturnValue:
    campaign = form.campaign
    live = register.live_for(SUBJECT, [campaign.id]).get(campaign.id, [])
    if step == 3:
        form.endorsements.data = ",".join(endorsement.register_no for endorsement in live)
    pictures = campaigns.pictures_by_ids([campaign.image_id] if campaign.image_id else [])
    organisations = campaigns.organisations_by_ids([campaign.organisation_id])
    page = render_template(
        f"donors/give_{('amount', 'you', 'check')[step - 1]}.html",
        campaign=campaign,
        form=form,
        seals=[seal_of(endorsement) for endorsement in live],
        organisation=organisations[campaign.organisation_id],
        image_url=picture_url(pictures.get(campaign.image_id or 0)),
        drawn_theme=drawn_theme(campaign),
        is_conditional=campaign.funding_model is FundingModel.ALL_OR_NOTHING,
        **(_money(form) if step > 1 else {}),
    )
    return page, status


def _money(form: GiftForm) -> dict[str, Any]:
    """Where the money goes, and what happens to it if the target is missed."""
    campaign = form.campaign
    return {
        "split": split_of(
            form.money,
            share_percent=campaign.operating_share_percent,
            method=form.chosen_method,
        ),
        "promise": promise_on_failure(
            is_conditional=campaign.funding_model is FundingModel.ALL_OR_NOTHING,
            method=form.chosen_method,
            on_failure=form.chosen_on_failure,
        ),
    }
