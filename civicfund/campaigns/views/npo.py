"""The organisation's desk: its campaigns, their forms, their news."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from civicfund.campaigns import policy, queries, services
from civicfund.campaigns.cards import gather, picture_url
from civicfund.campaigns.errors import Incomplete, StaleCampaign
from civicfund.campaigns.forms import CampaignForm, NewCampaignForm, UpdateForm
from civicfund.campaigns.models import Campaign, CampaignReview, CampaignUpdate
from civicfund.campaigns.services import CampaignFields
from civicfund.campaigns.views.ground import bp
from civicfund.core import events
from civicfund.core.db import transaction
from civicfund.core.errors import DomainError
from civicfund.core.storage import FileTooLarge, NotAPicture, StoredFile, keep_picture
from civicfund.web.errors import words_of
from civicfund.web.filters import label, local_name
from civicfund.web.forms import BaseForm, ReasonForm
from civicfund.web.guards import requires

HANDED_IN = lazy_gettext(
    "Handed in. Two people of the fund will check it, and you will hear by e-mail."
)
# How far a campaign is on its way to the public.
STAGES = {"draft": 1, "changes_requested": 1, "submitted": 2, "approved": 3, "live": 4}


@bp.get("/desk/npo")
@requires(policy.can_open_npo_desk)
def npo_desk() -> ResponseReturnValue:
    """My campaigns, how each stands, and what to do next."""
    campaigns = queries.campaigns_of_organisation(current_user.organisation_ids)
    return render_template(
        "campaigns/npo_desk.html",
        campaigns=campaigns,
        gathered=gather(campaigns),
        notes=queries.notes_waiting(campaigns),
        waiting=[c for c in campaigns if c.is_editable],
        elsewhere=events.collect("npo_desk_waiting", current_user.organisation_ids),
    )


@bp.route("/desk/npo/campaigns/new", methods=["GET", "POST"])
@requires(policy.can_open_npo_desk)
def new() -> ResponseReturnValue:
    """Write a new campaign."""
    form = NewCampaignForm()
    mine = queries.organisations_by_ids(current_user.organisation_ids)
    form.organisation_id.choices = [(o.id, local_name(o)) for o in mine.values()]
    if len(mine) == 1:
        form.organisation_id.data = next(iter(mine))
    if _is_row_asked(form) or not _is_sent_whole(form):
        return _form_page(form)
    organisation = mine[form.organisation_id.data]
    drafted = form.attempt(
        lambda: services.draft_campaign(
            organisation=organisation,
            by=current_user,
            form_key=form.form_key.data,
            **_fields(form),
        )
    )
    if drafted is None:
        return _form_page(form)
    return _after_saving(form, drafted)


@bp.route("/desk/npo/campaigns/<slug>/edit", methods=["GET", "POST"])
@requires(policy.can_work_on, load=queries.campaign_by_slug)
def edit(campaign: Campaign) -> ResponseReturnValue:
    """Change a draft, or what was sent back."""
    if not campaign.is_editable and request.method == "GET":
        flash(_("This campaign can no longer be changed. What was promised must stay."), "info")
        return redirect(url_for("campaigns.own", slug=campaign.slug))
    form = CampaignForm(obj=campaign)
    if _is_row_asked(form) or not _is_sent_whole(form):
        return _form_page(form, campaign)
    if not _save(form, campaign):
        return _form_page(form, campaign)
    return _after_saving(form, campaign)


@bp.get("/desk/npo/campaigns/<slug>")
@requires(policy.can_work_on, load=queries.campaign_by_slug)
def own(campaign: Campaign) -> ResponseReturnValue:
    """One of my campaigns: how it stands and what to do next."""
    return _own_page(campaign)


@bp.post("/desk/npo/campaigns/<slug>/submit")
@requires(policy.can_work_on, load=queries.campaign_by_slug)
def submit(campaign: Campaign) -> ResponseReturnValue:
    """Hand it in for review."""
    if not BaseForm().validate_on_submit():
        return redirect(url_for("campaigns.own", slug=campaign.slug))
    # Filled from the row, not from this request: a refusal leads to the fields to mend.
    form = CampaignForm(formdata=None, obj=campaign)
    if not _submit(form, campaign):
        return _form_page(form, campaign) if campaign.is_editable else _own_page(campaign, form)
    flash(HANDED_IN, "success")
    return redirect(url_for("campaigns.own", slug=campaign.slug))


@bp.route("/desk/npo/campaigns/<slug>/withdraw", methods=["GET", "POST"])
@requires(policy.can_work_on, load=queries.campaign_by_slug)
def withdraw(campaign: Campaign) -> ResponseReturnValue:
    """Give it up before it is public."""
    form = ReasonForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        withdrawn = form.attempt(
            lambda: services.cancel_campaign(campaign, by=current_user, reason=reason)
        )
        if withdrawn is not None:
            flash(_("The campaign is withdrawn."), "success")
            return redirect(url_for("campaigns.npo_desk"))
    status = 422 if form.is_submitted() else 200
    return render_template("campaigns/withdraw.html", campaign=campaign, form=form), status


@bp.route("/desk/npo/campaigns/<slug>/updates/new", methods=["GET", "POST"])
@requires(policy.can_work_on, load=queries.campaign_by_slug)
def new_update(campaign: Campaign) -> ResponseReturnValue:
    """Tell supporters how it goes."""
    form = UpdateForm()
    if form.validate_on_submit():
        posted = form.attempt(
            lambda: services.post_update(
                campaign,
                author=current_user,
                title=form.title.data or "",
                body=form.body.data or "",
                form_key=form.form_key.data or "",
            )
        )
        if posted is not None:
            flash(_("Posted. It stands on the campaign's page now."), "success")
            return redirect(url_for("campaigns.show", slug=campaign.slug) + "#updates")
    status = 422 if form.is_submitted() else 200
    return render_template("campaigns/new_update.html", campaign=campaign, form=form), status


def _is_row_asked(form: CampaignForm) -> bool:
    """ "Add a row" is a submit button: the page comes back as it was, one row longer."""
    if request.method != "POST" or request.form.get("deed") != "add_row":
        return False
    _take_image(form)
    form.add_row()
    return True


def _is_sent_whole(form: CampaignForm) -> bool:
    """Sent, and nothing wrong with it; a picture is kept whatever else is refused."""
    if not form.is_submitted():
        return False
    picture_is_fine = _take_image(form)
    # Everything is looked at, so that everything is said at once.
    return form.validate() and picture_is_fine


def _take_image(form: CampaignForm) -> bool:
    upload = request.files.get("image")
    if upload is None or not upload.filename:
        return True
    try:
        with transaction():
            stored = keep_picture(upload.stream, name=upload.filename)
            form.keep_image(stored.id)
    except (NotAPicture, FileTooLarge) as refusal:
        form.image_refusal = words_of(refusal)
        return False
    return True


def _save(form: CampaignForm, campaign: Campaign) -> bool:
    version = _number(form.version.data)
    try:
        with transaction():
            services.edit_campaign(campaign, by=current_user, version=version, **_fields(form))
    except DomainError as refusal:
        form.refuse(refusal)
        if isinstance(refusal, StaleCampaign):
            # Whoever has been told and saves again means it.
            form.version.data, form.is_stale = str(campaign.version), True
        return False
    return True


def _fields(form: CampaignForm) -> CampaignFields:
    fields = CampaignFields(
        title=form.title.data or "",
        summary=form.summary.data or "",
        story=form.story.data or "",
        ward=form.ward.data,
        theme=form.theme.data,
        target_yen=form.target_yen.data,
        funding_model=form.funding_model.data,
        starts_on=form.starts_on.data,
        deadline_on=form.deadline_on.data,
        image_alt=form.image_alt.data or "",
        budget_lines=form.rows,
    )
    if form.remove_image.data:
        fields["image"] = None
    elif (kept := _kept_image(form)) is not None:
        fields["image"] = kept
    return fields


def _kept_image(form: CampaignForm) -> StoredFile | None:
    number = form.kept_image_id
    return queries.pictures_by_ids([number]).get(number) if number is not None else None


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _after_saving(form: CampaignForm, campaign: Campaign) -> ResponseReturnValue:
    """Saved; then what the pressed button asks for."""
    deed = request.form.get("deed")
    if deed == "submit" and not _submit(form, campaign):
        flash(_("Saved as a draft, but not handed in yet."), "info")
        form.version.data = str(campaign.version)
        return _form_page(form, campaign)
    if deed == "submit":
        flash(HANDED_IN, "success")
    else:
        flash(_("Saved."), "success")
    page = "campaigns.show" if deed == "preview" else "campaigns.own"
    return redirect(url_for(page, slug=campaign.slug))


def _submit(form: BaseForm, campaign: Campaign) -> bool:
    """Hand it in; a refusal stands at its field, and so does everything else that is missing."""
    try:
        with transaction():
            services.submit_campaign(campaign, by=current_user)
    except Incomplete:
        for name in services.missing_in(campaign):
            form.refuse(Incomplete(field=name))
    except DomainError as refusal:
        form.refuse(refusal)
    else:
        return True
    return False


def _form_page(form: CampaignForm, campaign: Campaign | None = None) -> ResponseReturnValue:
    if form.image_refusal:
        form.image.errors = [*form.image.errors, form.image_refusal]
    form.number_rows()
    stored = _kept_image(form)
    if stored is None and campaign is not None and campaign.image_id:
        stored = queries.pictures_by_ids([campaign.image_id])[campaign.image_id]
    page = render_template(
        "campaigns/form.html",
        form=form,
        campaign=campaign,
        image_url=picture_url(stored),
        notes=queries.notes_waiting([campaign] if campaign else []),
        is_stale=form.is_stale,
    )
    return page, 422 if form.errors else 200


def _own_page(campaign: Campaign, form: BaseForm | None = None) -> ResponseReturnValue:
    gathered = gather([campaign])
    reviews = queries.reviews_of([campaign.id])
    updates = queries.updates_of(campaign.id)
    page = render_template(
        "campaigns/own.html",
        campaign=campaign,
        gathered=gathered,
        progress=gathered.progress[campaign.id],
        stages=STAGES,
        notes=queries.notes_waiting([campaign]).get(campaign.id, []),
        history=_history(campaign, reviews, updates),
        sections=events.collect("npo_campaign_sections", campaign),
        can_withdraw=campaign.may_be_cancelled and campaign.launched_at is None,
        form=BaseForm(),
        problems=form.form_errors if form is not None else [],
    )
    return page, 422 if form is not None else 200


def _history(
    campaign: Campaign, reviews: Sequence[CampaignReview], updates: Sequence[CampaignUpdate]
) -> list[dict[str, Any]]:
    """What happened to it, for the timeline, the oldest first."""
    happened: list[dict[str, Any]] = [
        {"at": at, "title": title}
        for at, title in (
            (campaign.created_at, _("Draft begun")),
            (campaign.submitted_at, _("Handed in")),
            (campaign.approved_at, _("Approved")),
            (campaign.launched_at, _("Opened for gifts")),
            (campaign.closed_at, _("Closed: %(state)s", state=label(campaign.state))),
        )
        if at is not None
    ]
    happened += [
        {
            "at": review.decided_at,
            "title": _(
                "%(part)s: %(decision)s", part=label(review.kind), decision=label(review.decision)
            ),
            "body": review.notes,
        }
        for review in reviews
    ]
    happened += [
        {"at": update.posted_at, "title": _("Update: %(title)s", title=update.title)}
        for update in updates
    ]
    return sorted(happened, key=lambda item: item["at"])
