"""Confirming the app for one-time codes; a slip of the finger does not cost the scanned picture."""

from typing import Any

from flask import Flask, render_template
from flask_security import auth_required, current_user
from flask_security.forms import TwoFactorVerifyCodeForm
from flask_security.proxies import _security
from flask_security.utils import check_and_get_token_status

from civicfund.core.settings import setting


def init_app(app: Flask) -> None:
    """Stand before the library's view, which would begin anew at a wrong code."""
    name = "security.two_factor_setup_validate"
    views: dict[str, Any] = app.view_functions
    library = views[name]

    @auth_required("session")
    def confirm(token: str) -> Any:
        again = _same_picture_again(token)
        return again or library(token=token)

    views[name] = confirm


def _same_picture_again(token: str) -> Any:
    """The page with the same picture when the code is wrong; None when it is right or too old."""
    within = setting("SECURITY_TWO_FACTOR_SETUP_WITHIN")
    expired, invalid, state = check_and_get_token_status(token, "tf_setup", within)
    if expired or invalid:
        return None
    form = TwoFactorVerifyCodeForm()
    form.is_setup, form.user = True, current_user
    form.primary_method, form.tf_totp_secret = state["method"], state["totp_secret"]
    if form.validate_on_submit():
        return None
    shown = _security.totp_factory.fetch_setup_values(state["totp_secret"], current_user)
    page = render_template(
        setting("SECURITY_TWO_FACTOR_SETUP_TEMPLATE"),
        two_factor_verify_code_form=form,
        chosen_method=state["method"],
        choices=[],
        state_token=token,
        authr_qrcode=shown["image"],
        authr_key=shown["key"],
        authr_username=shown["username"],
        authr_issuer=shown["issuer"],
    )
    return page, 422
