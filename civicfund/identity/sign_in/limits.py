"""How often one may try to sign in: per address of the network and per account."""

from collections.abc import Callable

from flask import Flask, request, session
from flask_limiter.util import get_remote_address
from limits import parse_many
from werkzeug.exceptions import TooManyRequests

from civicfund.web.limits import count, limiter


def account_named() -> str:
    """The account that somebody tries to enter, known or not."""
    typed = request.form.get("email") or request.form.get("identity") or ""
    return typed.strip().lower()[:200] or f"nobody@{get_remote_address()}"


def account_and_network() -> str:
    """One network trying one account: slowed first, so that its owner elsewhere is not."""
    return f"{account_named()} {get_remote_address()}"


def account_half_entered() -> str:
    """The account whose password was right and whose second factor is asked for."""
    return str(session.get("tf_user_id") or get_remote_address())


Rule = tuple[str, str, Callable[[], str]]
GUESSING: list[Rule] = [
    ("5 per minute", "sign-in, account and network", account_and_network),
    ("60 per hour", "sign-in, account", account_named),
    ("30 per minute; 300 per hour", "sign-in, network", get_remote_address),
]
CODES: list[Rule] = [("5 per minute; 20 per hour", "second factor", account_half_entered)]
WRITING: list[Rule] = [
    ("5 per hour", "mail to account", account_named),
    ("30 per hour", "mail from network", get_remote_address),
]
PASSKEYS: list[Rule] = [("30 per minute", "passkeys", get_remote_address)]
SIGNED_IN: list[Rule] = [("10 per minute; 60 per hour", "once more", get_remote_address)]

LIMITS = {
    "login": GUESSING,
    "us_signin": GUESSING,
    "us_verify_link": [("30 per minute", "links", get_remote_address)],
    "two_factor_token_validation": CODES,
    "two_factor_rescue": CODES,
    "mf_recovery": CODES,
    "us_signin_send_code": WRITING,
    "forgot_password": WRITING,
    "send_confirmation": WRITING,
    "register": WRITING,
    "wan_signin": PASSKEYS,
    "wan_signin_response": PASSKEYS,
    "us_verify": SIGNED_IN,
    "us_verify_send_code": SIGNED_IN,
    "change_password": SIGNED_IN,
    "change_email": SIGNED_IN,
}


def apply(app: Flask) -> None:
    """Stand before Flask-Security's own views."""
    app.before_request(_slow_down)


def _slow_down() -> None:
    package, _dot, endpoint = (request.endpoint or "").partition(".")
    method = "GET" if endpoint == "us_verify_link" else "POST"
    if package != "security" or request.method != method or not limiter.enabled:
        return
    for rule, scope, key in LIMITS.get(endpoint, ()):
        if wait := count(parse_many(rule), scope=scope, key=key()):
            raise TooManyRequests(retry_after=wait)
