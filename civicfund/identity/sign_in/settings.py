"""How Flask-Security is set for this house; docs/decisions/0003-flask-security.md says why."""

import base64
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from civicfund.core import clock
from civicfund.identity.services import SHORTEST_PASSWORD

TRANSLATIONS = Path(__file__).resolve().parents[3] / "translations" / "security"

PAGES = {
    "LOGIN_USER_TEMPLATE": "identity/login.html",
    "REGISTER_USER_TEMPLATE": "identity/register.html",
    "FORGOT_PASSWORD_TEMPLATE": "identity/forgot_password.html",
    "RESET_PASSWORD_TEMPLATE": "identity/reset_password.html",
    "CHANGE_PASSWORD_TEMPLATE": "identity/change_password.html",
    "CHANGE_EMAIL_TEMPLATE": "identity/change_email.html",
    "SEND_CONFIRMATION_TEMPLATE": "identity/send_confirmation.html",
    "TWO_FACTOR_SETUP_TEMPLATE": "identity/two_factor_setup.html",
    "TWO_FACTOR_VERIFY_CODE_TEMPLATE": "identity/two_factor_verify_code.html",
    "TWO_FACTOR_SELECT_TEMPLATE": "identity/two_factor_select.html",
    "MULTI_FACTOR_RECOVERY_TEMPLATE": "identity/recovery.html",
    "MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "identity/recovery_codes.html",
    "US_SIGNIN_TEMPLATE": "identity/link_sign_in.html",
    "US_VERIFY_TEMPLATE": "identity/verify.html",
    "WAN_REGISTER_TEMPLATE": "identity/passkeys.html",
    "WAN_SIGNIN_TEMPLATE": "identity/passkey_sign_in.html",
    "WAN_VERIFY_TEMPLATE": "identity/passkey_verify.html",
}
MAILS = {
    "REGISTER_EMAIL_TEMPLATE": "identity/welcome",
    "REGISTER_EMAIL_EXISTING_TEMPLATE": "identity/welcome_existing",
    "EMAIL_TEMPLATE_CONFIRM": "identity/confirmation",
    "EMAIL_TEMPLATE_PASSWORD_RESET": "identity/reset",
    "EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": "identity/password_changed",
    "EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": "identity/password_changed",
    "CHANGE_EMAIL_EMAIL_TEMPLATE": "identity/change_email",
    "US_EMAIL_TEMPLATE": "identity/link",
    "TWO_FACTOR_RESCUE_EMAIL_TEMPLATE": "identity/help_wanted",
}
FEATURES = {
    "REGISTERABLE": True,
    "CONFIRMABLE": True,
    "RECOVERABLE": True,
    "CHANGEABLE": True,
    "CHANGE_EMAIL": True,
    "TRACKABLE": True,
    "UNIFIED_SIGNIN": True,
    "US_ENABLED_METHODS": ["password", "email"],
    "US_TOKEN_VALIDITY": 600,
    "TWO_FACTOR": True,
    # A code by mail beside a link by mail would be one factor twice.
    "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "TWO_FACTOR_RESCUE_EMAIL": False,
    "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
    "MULTI_FACTOR_RECOVERY_CODES": True,
    "MULTI_FACTOR_RECOVERY_CODES_N": 10,
    "WEBAUTHN": True,
    "WAN_ALLOW_USER_HINTS": True,
    "WAN_SIGNIN_WITHIN": timedelta(minutes=5),
    # NFKD would take が apart and then refuse its dots.
    "INPUT_NORMALIZE_FORM": "NFKC",
    "WAN_NAME_ALLOWED_CHARS": ["L", "M", "N", "P", "Zs"],
}
RULES = {
    "RETURN_GENERIC_RESPONSES": True,
    "FRESHNESS": timedelta(hours=1),
    "FRESHNESS_GRACE_PERIOD": timedelta(minutes=20),
    "PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    "PASSWORD_SINGLE_HASH": {"argon2"},
    "HASHING_SCHEMES": ["hex_sha256", "hex_md5"],
    "DEPRECATED_HASHING_SCHEMES": [],
    "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "EMAIL_PLAINTEXT": False,  # the outbox writes the mails
    "EMAIL_HTML": False,
    "API_ENABLED_METHODS": ["session"],
    "DATETIME_FACTORY": clock.now,
    "STATIC_FOLDER": None,
    "CLI_USERS_NAME": "",
    "CLI_ROLES_NAME": "",
    "I18N_DIRNAME": [str(TRANSLATIONS), "builtin"],
}
WAYS_ON = {
    "POST_LOGIN_VIEW": "identity.desk",
    "POST_REGISTER_VIEW": "security.login",
    "POST_VERIFY_VIEW": "identity.account",
    "POST_CHANGE_VIEW": "identity.account",
    "POST_CHANGE_EMAIL_VIEW": "identity.account",
    "TWO_FACTOR_POST_SETUP_VIEW": "identity.second_factor_ready",
    "WAN_POST_REGISTER_VIEW": "identity.second_factor_ready",
}


def for_app(app: Flask) -> dict[str, Any]:
    """All of it, with the keys and names of this house."""
    keys = [app.config["SECRET_KEY"], *app.config["SECRET_KEY_FALLBACKS"]]
    own = {
        "TOTP_ISSUER": app.config["FUND_NAME_EN"],
        # Named for the library's check; civicfund.identity.codes makes and rotates the keys.
        "TOTP_SECRETS": {"derived": "from SECRET_KEY"},
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [_fernet_key(key) for key in keys],
        "TWO_FACTOR_RESCUE_MAIL": app.config["FUND_EMAIL"],
        "WAN_RP_NAME": app.config["FUND_NAME_EN"],
    }
    if app.testing:
        cheap = {"argon2__rounds": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
        own["PASSWORD_HASH_PASSLIB_OPTIONS"] = cheap
    given = PAGES | MAILS | FEATURES | RULES | WAYS_ON | own
    named = {f"SECURITY_{name}": value for name, value in given.items()}
    return named | {"PERMANENT_SESSION_LIFETIME": timedelta(hours=24)}


def _fernet_key(key: str) -> bytes:
    digest = hashlib.sha256(f"civicfund/recovery-codes/{key}".encode()).digest()
    return base64.urlsafe_b64encode(digest)
