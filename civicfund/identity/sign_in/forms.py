"""Flask-Security's forms where ours ask for more, or allow less."""

from typing import Any

from flask import session
from flask_babel import gettext, lazy_gettext
from flask_security import LoginForm, RegisterFormV2, current_user
from flask_security.unified_signin import UnifiedSigninForm, UnifiedVerifyForm
from flask_security.utils import get_message
from flask_security.webauthn import (
    WebAuthnDeleteForm,
    WebAuthnSigninResponseForm,
)
from wtforms import StringField
from wtforms.validators import DataRequired, Length


class SignInForm(LoginForm):
    """Without "remember me": desks are opened with a second factor each time."""

    remember = None  # type: ignore[assignment]  # WTForms' way to drop a field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""

    def validate(self, **kwargs: Any) -> bool:
        """Whoever gave the right password is told what else is in the way."""
        allowed = super().validate(**kwargs)
        if not allowed and self.user_authenticated:
            self.form_errors.extend(str(error) for error in self.email.errors)
            self.email.errors = []
        return allowed


class LinkForm(UnifiedSigninForm):
    """Likewise."""

    remember = None  # type: ignore[assignment]  # WTForms' way to drop a field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.passcode.render_kw = {}


class OnceMoreForm(UnifiedVerifyForm):
    """Showing again who one is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.passcode.render_kw = {}


class JoinForm(RegisterFormV2):
    """Opening an account, with a name."""

    name = StringField(
        lazy_gettext("Name"),
        validators=[
            DataRequired(lazy_gettext("Enter your name.")),
            Length(max=120, message=lazy_gettext("This name is too long.")),
        ],
    )


class PasskeyResponseForm(WebAuthnSigninResponseForm):
    """The signed answer of a passkey."""

    def validate(self, **kwargs: Any) -> bool:
        """A second factor must be that of the person whose password was given just now."""
        if not super().validate(**kwargs):
            return False
        assert self.user is not None
        self.remember.data = ""
        others = self.is_secondary and self.user.fs_uniquifier != session.get("tf_user_id")
        if others or not self.user.is_active:
            self.credential.errors = [get_message("WEBAUTHN_UNKNOWN_CREDENTIAL_ID")[0]]
            return False
        return True


class PasskeyDeleteForm(WebAuthnDeleteForm):
    """Taking a passkey away."""

    def validate(self, **kwargs: Any) -> bool:
        """Whoever needs a second factor keeps one."""
        if not super().validate(**kwargs):
            return False
        left = [
            key
            for key in current_user.webauthn
            if key.usage == "secondary" and key.name != self.clean_name
        ]
        if current_user.must_have_second_factor and not (current_user.tf_primary_method or left):
            words = gettext("This is your only second factor. Set up another one first.")
            self.name.errors = [words]
            return False
        return True


ALL: dict[str, Any] = {
    "login_form": SignInForm,
    "us_signin_form": LinkForm,
    "us_verify_form": OnceMoreForm,
    "register_form": JoinForm,
    "wan_signin_response_form": PasskeyResponseForm,
    "wan_delete_form": PasskeyDeleteForm,
}
