"""One-time codes: secrets are sealed with keys made from SECRET_KEY, and a code works once."""

import hashlib
import json
from typing import Any

from flask_security import Totp
from passlib.totp import TOTP, AppWallet, TokenError  # type: ignore[import-untyped]
from sqlalchemy import update

from civicfund.core.db import db
from civicfund.core.settings import setting
from civicfund.identity.errors import NotATotpSecret
from civicfund.identity.models import User

# Ten digits: a code that is good for minutes must not be found by trying.
LINK_DIGITS = 10


def sealed_secret(base32: str) -> str:
    """A known secret (printed for the demo, or moved from elsewhere) as the database keeps it.

    Raises `NotATotpSecret`.
    """
    try:
        return str(_sealing()(key=base32, format="base32").to_json(encrypt=True))
    except (ValueError, TypeError) as wrong:
        raise NotATotpSecret from wrong


def new_link_secret() -> str:
    """A fresh secret behind the sign-in links of one person; the old links stop working."""
    return str(_sealing().new(digits=LINK_DIGITS).to_json(encrypt=True))


def new_link_secrets() -> str:
    """The same, as the column `us_totp_secrets` keeps it."""
    return json.dumps({"email": new_link_secret()})


class OneTimeCodes(Totp):
    """Flask-Security's codes, with each code good for one use only."""

    def __init__(self, _secrets: dict[str, str], _issuer: str) -> None:
        self._totp = _sealing()

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """True once per code: a second use, even at the same moment, is refused."""
        try:
            match = self._totp.verify(token, totp_secret, window=window)
        except TokenError:
            return False
        if totp_secret == user.tf_totp_secret:
            return _use_up(user.id, match.counter)
        if user.us_totp_secrets and totp_secret == json.loads(user.us_totp_secrets).get("email"):
            user.us_totp_secrets = new_link_secrets()
        return True


def _use_up(user_id: int, counter: int) -> bool:
    """Note the time step of a code; false when it, or a later one, was used before."""
    used = db.session.execute(
        update(User)
        .where(
            User.id == user_id,
            User.tf_last_counter.is_(None) | (User.tf_last_counter < counter),
        )
        .values(tf_last_counter=counter)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def _sealing() -> Any:
    """passlib's TOTP with our keys; what a former SECRET_KEY sealed can still be opened."""
    keys = [setting("SECRET_KEY"), *setting("SECRET_KEY_FALLBACKS")]
    named = {_name(key): _derived(key) for key in keys}
    # The keys are random already: no stretching.
    wallet = AppWallet(named, default_tag=_name(keys[0]), encrypt_cost=4)
    return TOTP.using(issuer=setting("FUND_NAME_EN"), wallet=wallet)


def _derived(key: str) -> str:
    return hashlib.sha256(f"civicfund/one-time-codes/{key}".encode()).hexdigest()


def _name(key: str) -> str:
    return hashlib.sha256(f"civicfund/key-name/{key}".encode()).hexdigest()[:8]
