"""The administrator's desk: who may come in, and with which role."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from civicfund.core.db import transaction
from civicfund.identity import policy, queries, services
from civicfund.identity.forms import PersonForm, RoleForm
from civicfund.identity.models import RoleName, User
from civicfund.identity.sign_in.freshness import fresh
from civicfund.identity.views.blueprint import bp
from civicfund.identity.views.deeds import done, me
from civicfund.web.fields import choices_of
from civicfund.web.forms import BaseForm, ReasonForm
from civicfund.web.guards import requires
from civicfund.web.pagination import asked_page, paged


@bp.get("/desk/people")
@requires(policy.can_look_after_people)
def people() -> ResponseReturnValue:
    """Everybody with an account."""
    search, role = request.args.get("q", "").strip(), request.args.get("role", "")
    page = paged(queries.users(search=search, role=role), number=asked_page())
    return render_template(
        "identity/people.html", page=page, search=search, role=role, roles=list(RoleName)
    )


@bp.route("/desk/people/new", methods=["GET", "POST"])
@requires(policy.can_look_after_people)
@fresh
def invite() -> ResponseReturnValue:
    """Let somebody in: they get a mail and choose their password."""
    form = PersonForm()
    if form.validate_on_submit():
        user = form.attempt(
            lambda: services.invite_user(
                email=form.email.data or "",
                name=form.name.data or "",
                roles=form.roles.data or (),
                locale=form.locale.data,
                by=me(),
            )
        )
        if user is not None:
            flash(_("%(name)s was invited by e-mail.", name=user.name), "success")
            return redirect(url_for("identity.person", user_id=user.id))
    status = 422 if form.is_submitted() else 200
    return render_template("identity/person_new.html", form=form), status


@bp.get("/desk/people/<int:user_id>")
@requires(policy.can_look_after, load=queries.user_by_id)
def person(user: User) -> ResponseReturnValue:
    """One person: roles, organisations, ways to sign in, and what was done about them."""
    deeds = queries.deeds_about("users", user.id)
    names = queries.names_of_users({deed.actor_id for deed in deeds})
    return render_template(
        "identity/person.html", user=user, deeds=deeds, names=names, form=BaseForm()
    )


@bp.route("/desk/people/<int:user_id>/roles", methods=["GET", "POST"])
@requires(policy.can_look_after, load=queries.user_by_id)
@fresh
def grant_role(user: User) -> ResponseReturnValue:
    """Give one more role."""
    form = RoleForm()
    form.role.choices = [
        (name, label) for name, label in choices_of(RoleName) if not user.has_role(name)
    ]
    if form.validate_on_submit() and done(
        form, lambda: services.grant_role(user, form.role.data, by=me())
    ):
        flash(_("The role was given."), "success")
        return redirect(url_for("identity.person", user_id=user.id))
    status = 422 if form.is_submitted() else 200
    return render_template("identity/grant_role.html", user=user, form=form), status


@bp.route("/desk/people/<int:user_id>/roles/revoke", methods=["GET", "POST"])
@requires(policy.can_look_after, load=queries.user_by_id)
@fresh
def revoke_role(user: User) -> ResponseReturnValue:
    """Take a role back, with a reason."""
    role = request.args.get("role", "")
    return _with_reason(
        user,
        page="identity/revoke_role.html",
        deed=lambda reason: services.revoke_role(user, role, by=me(), reason=reason),
        words=_("The role was taken back."),
        role=role if role in set(RoleName) else "",
    )


@bp.route("/desk/people/<int:user_id>/deactivate", methods=["GET", "POST"])
@requires(policy.can_look_after, load=queries.user_by_id)
@fresh
def deactivate(user: User) -> ResponseReturnValue:
    """Let somebody in no more."""
    return _with_reason(
        user,
        page="identity/deactivate.html",
        deed=lambda reason: services.deactivate_user(user, by=me(), reason=reason),
        words=_("This person cannot sign in any more."),
    )


@bp.post("/desk/people/<int:user_id>/activate")
@requires(policy.can_look_after, load=queries.user_by_id)
def activate(user: User) -> ResponseReturnValue:
    """Let somebody in again."""
    with transaction():
        services.activate_user(user, by=me())
    flash(_("This person can sign in again."), "success")
    return redirect(url_for("identity.person", user_id=user.id))


@bp.route("/desk/people/<int:user_id>/second-factor/reset", methods=["GET", "POST"])
@requires(policy.can_look_after, load=queries.user_by_id)
@fresh
def reset_second_factor(user: User) -> ResponseReturnValue:
    """For somebody who lost every second factor."""
    return _with_reason(
        user,
        page="identity/reset_second_factor.html",
        deed=lambda reason: services.reset_second_factor(user, by=me(), reason=reason),
        words=_("The second factor was reset. A mail tells the person."),
    )


def _with_reason(
    user: User, *, page: str, deed: Callable[[str], None], words: str, **more: Any
) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate_on_submit() and done(form, lambda: deed(form.reason.data or "")):
        flash(words, "success")
        return redirect(url_for("identity.person", user_id=user.id))
    status = 422 if form.is_submitted() else 200
    return render_template(page, user=user, form=form, **more), status
