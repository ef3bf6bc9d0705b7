"""The office's desk: what waits for review, concerns, and stopping a campaign."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.campaigns import policy, queries, services
from civicfund.campaigns.cards import gather
from civicfund.campaigns.errors import StaleCampaign
from civicfund.campaigns.forms import ConcernOutcomeForm, ReviewForm
from civicfund.campaigns.models import (
    Campaign,
    CampaignConcern,
    CampaignState,
    ReviewDecision,
    ReviewKind,
)
from civicfund.campaigns.search import search_words
from civicfund.campaigns.views.ground import bp
from civicfund.campaigns.views.public import page_of
from civicfund.core.errors import NotFound
from civicfund.web.forms import ReasonForm
from civicfund.web.guards import requires
from civicfund.web.pagination import asked_page, paged

DEEDS = {
    "suspend": services.suspend_campaign,
    "resume": services.resume_campaign,
    "cancel": services.cancel_campaign,
}


def _with_kind(slug: str, kind: str) -> tuple[Campaign, ReviewKind] | None:
    campaign, part = queries.campaign_by_slug(slug), ReviewKind.of(kind)
    return (campaign, part) if campaign is not None and part is not None else None


def _with_deed(slug: str, deed: str) -> tuple[Campaign, str] | None:
    campaign = queries.campaign_by_slug(slug)
    return (campaign, deed) if campaign is not None and deed in DEEDS else None


@bp.get("/desk/campaigns")
@requires(policy.can_open_review_desk)
def review_desk() -> ResponseReturnValue:
    """What waits, the oldest first."""
    submitted = queries.submitted_campaigns()
    concerns = queries.open_concerns()
    numbers = {campaign.id: campaign.submission_number for campaign in submitted}
    done = {
        (review.campaign_id, review.kind)
        for review in queries.reviews_of(numbers)
        if review.submission_number == numbers[review.campaign_id]
    }
    return render_template(
        "campaigns/review_desk.html",
        waiting={kind: [c for c in submitted if (c.id, kind) not in done] for kind in ReviewKind},
        organisations=queries.organisations_by_ids({c.organisation_id for c in submitted}),
        concerns=concerns,
        subjects=queries.campaigns_by_ids({concern.campaign_id for concern in concerns}),
        suspended=queries.campaigns_in_state(CampaignState.SUSPENDED),
    )


@bp.get("/desk/campaigns/all")
@requires(policy.can_open_review_desk)
def review_list() -> ResponseReturnValue:
    """Every campaign that was ever handed in, to be searched."""
    asked = request.args.get("q", "")
    page = paged(queries.staff_campaigns(search_words(asked)), number=asked_page())
    return render_template(
        "campaigns/review_list.html", page=page, asked=asked, gathered=gather(page.items)
    )


@bp.get("/desk/campaigns/<slug>")
@requires(policy.can_review, load=queries.campaign_by_slug)
def review(campaign: Campaign) -> ResponseReturnValue:
    """Everything about one campaign, and the deeds that fit its state."""
    return _review_page(campaign)


@bp.post("/desk/campaigns/<slug>/reviews/<kind>")
@requires(lambda user, loaded: policy.can_review(user, loaded[0]), load=_with_kind)
def decide(loaded: tuple[Campaign, ReviewKind]) -> ResponseReturnValue:
    """Give one's judgement of one part."""
    campaign, kind = loaded
    form = ReviewForm(kind)
    if not form.validate_on_submit():
        return _review_page(campaign, kind, form), 422

    def judge() -> object:
        if form.version.data != str(campaign.version):
            raise StaleCampaign
        service = (
            services.review_content if kind is ReviewKind.CONTENT else services.review_finances
        )
        return service(
            campaign,
            by=current_user,
            decision=form.decision.data,
            notes=form.notes.data or "",
            checked=form.checked.data or [],
        )

    if form.attempt(judge) is None:
        return _review_page(campaign, kind, form), 422
    flash(_("Your review is recorded."), "success")
    return redirect(url_for("campaigns.review", slug=campaign.slug))


@bp.route("/desk/campaigns/<slug>/<deed>", methods=["GET", "POST"])
@requires(lambda user, loaded: policy.can_review(user, loaded[0]), load=_with_deed)
def stop(loaded: tuple[Campaign, str]) -> ResponseReturnValue:
    """Suspend, resume or cancel, with a reason."""
    campaign, deed = loaded
    form = ReasonForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        if form.attempt(lambda: DEEDS[deed](campaign, by=current_user, reason=reason)) is not None:
            flash(_("Done. The organisation is told by e-mail."), "success")
            return redirect(url_for("campaigns.review", slug=campaign.slug))
    status = 422 if form.is_submitted() else 200
    return (
        render_template("campaigns/stop.html", campaign=campaign, deed=deed, form=form),
        status,
    )


@bp.route(
    "/desk/campaigns/concerns/<int(max=9223372036854775807):concern_id>", methods=["GET", "POST"]
)
@requires(policy.can_settle, load=queries.concern_by_id)
def settle(concern: CampaignConcern) -> ResponseReturnValue:
    """Answer a concern."""
    form = ConcernOutcomeForm()
    if form.validate_on_submit():
        outcome = form.reason.data or ""
        settled = form.attempt(
            lambda: services.settle_concern(concern, by=current_user, outcome=outcome)
        )
        if settled is not None:
            flash(_("The concern is settled."), "success")
            return redirect(url_for("campaigns.review_desk"))
    campaign = queries.campaign_by_id(concern.campaign_id)
    if campaign is None:
        raise NotFound
    page = render_template(
        "campaigns/settle.html",
        concern=concern,
        campaign=campaign,
        form=form,
        names=queries.names_of_people([concern.settled_by_id] if concern.settled_by_id else []),
    )
    return page, 422 if form.is_submitted() else 200


def _review_page(
    campaign: Campaign, kind: ReviewKind | None = None, form: ReviewForm | None = None
) -> str:
    given = queries.reviews_in_force(campaign)
    forms = {}
    if campaign.state is CampaignState.SUBMITTED:
        parts = {review.kind for review in given}
        mine = any(review.reviewer_id == current_user.id for review in given)
        forms = {
            part: form if form is not None and part is kind else ReviewForm(part)
            for part in ReviewKind
            if part not in parts and not mine
        }
        for part, empty in forms.items():
            if part is not kind:
                empty.version.data = str(campaign.version)
    reviews = queries.reviews_of([campaign.id])
    return render_template(
        "campaigns/review.html",
        campaign=campaign,
        forms=forms,
        form=form,
        history=reviews,
        names=queries.names_of_people({review.reviewer_id for review in reviews}),
        concerns=queries.concerns_of(campaign.id),
        is_own=policy.can_work_on(current_user, campaign),
        approve=ReviewDecision.APPROVED,
        **page_of(campaign),
    )
