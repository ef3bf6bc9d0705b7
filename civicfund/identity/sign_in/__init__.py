"""Signing in: Flask-Security with our people, our mails, our forms and our limits."""

from functools import wraps
from typing import Any

from flask import Flask, Response, after_this_request, request, session, url_for
from flask_babel import gettext
from flask_security import Security, current_user, signals
from flask_security.core import AnonymousUser
from flask_security.utils import _view_commit

from civicfund.core import audit_log, clock
from civicfund.core.errors import NotFound
from civicfund.identity import emails, queries
from civicfund.identity.codes import OneTimeCodes
from civicfund.identity.models import User
from civicfund.identity.sign_in import app_setup, forms, limits, settings
from civicfund.identity.sign_in.mail import OutboxMail
from civicfund.identity.sign_in.passkeys import Passkeys
from civicfund.identity.sign_in.passwords import Passwords
from civicfund.identity.sign_in.people import People
from civicfund.web.i18n import COOKIE, LOCALES

# The library's pages that this house does not have: links are always on, and asking again for
# the password is done by `us_verify`.
CLOSED = ("us_setup", "us_setup_validate", "verify")


class Visitor(AnonymousUser):
    """Somebody who has not signed in; answers the same questions as a user."""

    must_set_up_second_factor = False
    must_have_second_factor = False
    display_name = ""
    organisation_ids: frozenset[int] = frozenset()


def init_app(app: Flask) -> None:
    """Wire Flask-Security into the house."""
    app.config.update(settings.for_app(app))
    security = Security(
        mail_util_cls=OutboxMail,
        password_util_cls=Passwords,
        totp_cls=OneTimeCodes,
        webauthn_util_cls=Passkeys,
    )
    security.init_app(app, People(), **forms.ALL)
    security.want_json(lambda _request: False)
    security.login_manager.anonymous_user = Visitor
    security.login_manager.request_loader(_nobody)
    for endpoint in CLOSED:
        app.view_functions[f"security.{endpoint}"] = _closed
    app_setup.init_app(app)
    app.view_functions["security.us_verify"] = _kept(app.view_functions["security.us_verify"])
    _keep_the_way(security)
    views: dict[str, Any] = app.view_functions
    for name, view in views.items():
        if name.startswith("security."):
            view.guard = "flask_security"
    limits.apply(app)
    _listen(app)
    app.context_processor(lambda: {"account_links": account_links})


def account_links() -> list[tuple[str, ...]]:
    """What the header offers: sign in; or the account and the way out."""
    if not current_user.is_authenticated:
        return [(url_for("security.login"), gettext("Sign in"))]
    return [
        (url_for("identity.account"), gettext("My account")),
        (url_for("security.logout"), gettext("Sign out"), "post"),
    ]


def _keep_the_way(security: Security) -> None:
    """After the second factor, on to where the person wanted to go, and else to the desk.

    The library would lead back to the page where the first factor was given.
    """
    plugins: Any = security.two_factor_plugins
    enter = plugins.tf_enter

    def tf_enter(user: User, remember: Any, via: str, next_loc: str | None) -> Any:
        wanted = request.values.get("next")
        return enter(user, remember, via, next_loc if wanted else None)

    plugins.tf_enter = tf_enter


def _kept(view: Any) -> Any:
    """The library's view forgets to commit that a code was used up."""

    @wraps(view)
    def kept(**arguments: Any) -> Any:
        after_this_request(_view_commit)
        return view(**arguments)

    return kept


def _nobody(_request: Any) -> None:
    """No tokens in headers or addresses: people come with a session."""


def _closed(**_arguments: Any) -> Any:
    raise NotFound


def _listen(app: Flask) -> None:
    signals.user_authenticated.connect(_welcome, app)
    signals.password_reset.connect(_mailbox_proven, app)
    signals.change_email_confirmed.connect(_address_changed, app)
    for signal, what in (
        (signals.tf_profile_changed, "app"),
        (signals.tf_disabled, "no-app"),
        (signals.wan_registered, "passkey"),
        (signals.wan_deleted, "no-passkey"),
    ):
        signal.connect(_second_factor_changed(what), app, weak=False)


def _welcome(_app: Flask, user: User, **_more: Any) -> None:
    session.permanent = True
    if request.cookies.get(COOKIE) in LOCALES or "lang" in request.args:
        return

    @after_this_request
    def speak(response: Response) -> Response:
        response.set_cookie(
            COOKIE, user.locale, max_age=365 * 86400, samesite="Lax",
            secure=request.is_secure, httponly=True,
        )  # fmt: skip
        return response


def _mailbox_proven(_app: Flask, user: User, **_more: Any) -> None:
    user.confirmed_at = user.confirmed_at or clock.now()


def _address_changed(_app: Flask, user: User, old_email: str, **_more: Any) -> None:
    emails.tell_of_new_address(user, old_address=old_email)
    audit_log.record(
        user, "change_address", user, before={"email": old_email}, after={"email": user.email}
    )


def _second_factor_changed(what: str) -> Any:
    def tell(_app: Flask, user: Any, **_more: Any) -> None:
        # The library sends its proxy of the current user here and there.
        person = queries.user_by_id(user.id)
        assert person is not None
        emails.tell_of_second_factor(person, what=what)
        audit_log.record(person, "change_second_factor", person, after={"what": what})

    return tell
