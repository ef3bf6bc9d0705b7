"""Organisations: their public page, and the desk that enters and checks them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from civicfund.core import events
from civicfund.core.db import transaction
from civicfund.identity import policy, queries, services
from civicfund.identity.errors import NoSuchPerson
from civicfund.identity.forms import MembershipForm, OrganisationForm
from civicfund.identity.models import Organisation, OrganisationKind, User
from civicfund.identity.views.blueprint import bp
from civicfund.identity.views.deeds import done, me
from civicfund.web.forms import BaseForm, ReasonForm
from civicfund.web.guards import found, public, requires
from civicfund.web.pagination import asked_page, paged


@bp.get("/organisations/<slug>")
@public
def organisation(slug: str) -> ResponseReturnValue:
    """Who it is, and what the fund has checked."""
    shown = found(queries.organisation_by_slug(slug))
    sections = events.collect("organisation_sections", shown)
    return render_template("identity/organisation.html", organisation=shown, sections=sections)


@bp.get("/desk/organisations")
@requires(policy.can_look_after_organisations)
def organisations() -> ResponseReturnValue:
    """Every organisation, those to be checked first."""
    search, asked = request.args.get("q", "").strip(), request.args.get("kind", "")
    kind = OrganisationKind.of(asked)
    page = paged(queries.organisations(search=search, kind=kind), number=asked_page())
    return render_template(
        "identity/organisations.html",
        page=page,
        search=search,
        kind=kind,
        kinds=list(OrganisationKind),
    )


@bp.route("/desk/organisations/new", methods=["GET", "POST"])
@requires(policy.can_look_after_organisations)
def new_organisation() -> ResponseReturnValue:
    """Enter an organisation."""
    form = OrganisationForm()
    if form.validate_on_submit():
        made = form.attempt(
            lambda: services.create_organisation(
                kind=form.kind.data,
                slug=form.slug.data or None,
                by=me(),
                **form.profile,
            )
        )
        if made is not None:
            flash(_("The organisation was entered."), "success")
            return redirect(url_for("identity.organisation_desk", organisation_id=made.id))
    status = 422 if form.is_submitted() else 200
    return render_template("identity/organisation_new.html", form=form), status


@bp.get("/desk/organisations/<int:organisation_id>")
@requires(policy.can_look_after_organisation, load=queries.organisation_by_id)
def organisation_desk(organisation: Organisation) -> ResponseReturnValue:
    """One organisation with its people and its history."""
    return _desk_page(organisation, MembershipForm(), 200)


@bp.route("/desk/organisations/<int:organisation_id>/edit", methods=["GET", "POST"])
@requires(policy.can_look_after_organisation, load=queries.organisation_by_id)
def edit_organisation(organisation: Organisation) -> ResponseReturnValue:
    """Correct what is known of it."""
    form = OrganisationForm(obj=organisation)
    del form.kind, form.slug
    if form.validate_on_submit() and done(
        form,
        lambda: services.edit_organisation(organisation, by=me(), **form.profile),
    ):
        flash(_("The organisation was saved."), "success")
        return _to_desk(organisation)
    status = 422 if form.is_submitted() else 200
    return render_template(
        "identity/organisation_edit.html", form=form, organisation=organisation
    ), status


@bp.post("/desk/organisations/<int:organisation_id>/verify")
@requires(policy.can_look_after_organisation, load=queries.organisation_by_id)
def verify_organisation(organisation: Organisation) -> ResponseReturnValue:
    """The papers were compared with the register."""
    with transaction():
        services.verify_organisation(organisation, by=me())
    flash(_("The organisation now shows as checked by the fund."), "success")
    return _to_desk(organisation)


@bp.post("/desk/organisations/<int:organisation_id>/members")
@requires(policy.can_look_after_organisation, load=queries.organisation_by_id)
def add_member(organisation: Organisation) -> ResponseReturnValue:
    """Let somebody with an account act for it."""
    form = MembershipForm()
    if form.validate_on_submit() and done(form, lambda: _add(organisation, form)):
        flash(_("The person now belongs to the organisation."), "success")
        return _to_desk(organisation)
    return _desk_page(organisation, form, 422)


@bp.route("/desk/organisations/<int:organisation_id>/members/remove", methods=["GET", "POST"])
@requires(policy.can_look_after_organisation, load=queries.organisation_by_id)
def remove_member(organisation: Organisation) -> ResponseReturnValue:
    """End a membership, with a reason."""
    user = found(queries.user_by_id(request.args.get("user", 0, type=int)))
    form = ReasonForm()
    if form.validate_on_submit() and done(
        form,
        lambda: services.remove_member(
            user=user, organisation=organisation, by=me(), reason=form.reason.data or ""
        ),
    ):
        flash(_("The membership has ended."), "success")
        return _to_desk(organisation)
    status = 422 if form.is_submitted() else 200
    return render_template(
        "identity/remove_member.html", form=form, organisation=organisation, user=user
    ), status


def _add(organisation: Organisation, form: MembershipForm) -> None:
    user: User | None = queries.user_by_email(form.email.data or "")
    if user is None:
        raise NoSuchPerson
    services.add_member(
        user=user, organisation=organisation, position=form.position.data or "", by=me()
    )


def _desk_page(
    organisation: Organisation, form: MembershipForm, status: int
) -> ResponseReturnValue:
    deeds = queries.deeds_about("organisations", organisation.id)
    actors = {deed.actor_id for deed in deeds} | {organisation.verified_by_id}
    page = render_template(
        "identity/organisation_desk.html",
        organisation=organisation,
        memberships=queries.memberships_in(organisation),
        deeds=deeds,
        names=queries.names_of_users(actors),
        form=form,
        deed_form=BaseForm(),
    )
    return page, status


def _to_desk(organisation: Organisation) -> ResponseReturnValue:
    return redirect(url_for("identity.organisation_desk", organisation_id=organisation.id))
