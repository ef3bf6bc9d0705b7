"""The pages of one's own account, and the last step of signing in by a link."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user, login_user

from civicfund.core.db import transaction
from civicfund.identity import queries, services
from civicfund.identity.forms import DetailsForm
from civicfund.identity.views.blueprint import bp
from civicfund.identity.views.deeds import me
from civicfund.web import navigation
from civicfund.web.forms import BaseForm
from civicfund.web.guards import public, signed_in


@bp.get("/sign-in/link")
@public
def follow_link() -> ResponseReturnValue:
    """Where the mailed link leads: a button, since mail scanners open links but press nothing."""
    return render_template("identity/follow_link.html")


@bp.get("/desk")
@signed_in
def desk() -> ResponseReturnValue:
    """The first of my desks, or my account when I have none."""
    mine = navigation.desks()
    return redirect(mine[0][0] if mine else url_for("identity.account"))


@bp.get("/account/second-factor-ready")
@signed_in
def second_factor_ready() -> ResponseReturnValue:
    """After the set-up: recovery codes first, then on to where the person wanted to go."""
    if current_user.has_second_factor and not current_user.mf_recovery_codes:
        return redirect(url_for("security.mf_recovery_codes"))
    return redirect(session.pop("wanted", None) or url_for("identity.account"))


@bp.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """What the house knows about me, and how I sign in."""
    return _account_page(DetailsForm(obj=current_user), 200)


@bp.post("/account")
@signed_in
def edit_details() -> ResponseReturnValue:
    """Change my name or the language of my mails."""
    form = DetailsForm()
    user = me()
    if not form.validate_on_submit():
        return _account_page(form, 422)
    with transaction():
        services.edit_own_details(user, name=form.name.data or "", locale=form.locale.data)
    flash(_("Your details were saved."), "success")
    return redirect(url_for("identity.account"))


@bp.post("/account/sessions/end")
@signed_in
def end_sessions() -> ResponseReturnValue:
    """Sign me out on every other device."""
    user = me()
    authenticated_at = session.get("fs_paa")
    with transaction():
        services.end_sessions(user)
        login_user(user, authn_via=["session"])
    # Ending sessions proves nothing about who is here: the session stays as old as it was.
    session["fs_paa"] = authenticated_at
    flash(_("You are signed out on all other devices."), "success")
    return redirect(url_for("identity.account"))


def _account_page(form: DetailsForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "identity/account.html",
        form=form,
        deed_form=BaseForm(),
        organisations=queries.organisations_of(current_user),
        user=current_user,
        address=request.remote_addr,
    )
    return page, status
