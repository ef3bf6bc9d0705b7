"""One-time codes: sealed, good once also for two at the same moment, and after a change of keys."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask_security.proxies import _security
from passlib.totp import TOTP

from civicfund.core.db import db, transaction
from civicfund.identity import codes, queries
from tests.factories.identity import TOTP_SECRET, make_user


def code_now(key: str = TOTP_SECRET) -> str:
    """What the app shows."""
    return str(TOTP(key=key, format="base32").generate().token)


def test_the_database_never_sees_the_secret(house: Flask) -> None:
    sealed = codes.sealed_secret(TOTP_SECRET)
    assert TOTP_SECRET not in sealed
    assert codes.sealed_secret(TOTP_SECRET) != sealed


def test_of_two_uses_at_the_same_moment_one_counts(open_house: Flask) -> None:
    user = make_user()
    user_id, code = user.id, code_now()
    db.session.remove()

    def use(_turn: int) -> bool:
        with open_house.app_context(), transaction():
            person = queries.user_by_id(user_id)
            return bool(
                _security.totp_factory.verify_totp(code, person.tf_totp_secret, person, window=30)
            )

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_a_new_secret_key_opens_what_the_old_one_sealed(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user()
    old = house.config["SECRET_KEY"]
    monkeypatch.setitem(house.config, "SECRET_KEY", "another key of no worth")
    sealed = user.tf_totp_secret
    with pytest.raises((ValueError, KeyError)):
        codes.OneTimeCodes({}, "").verify_totp(code_now(), sealed, user, window=30)
    monkeypatch.setitem(house.config, "SECRET_KEY_FALLBACKS", [old])
    assert codes.OneTimeCodes({}, "").verify_totp(code_now(), sealed, user, window=30)


def test_the_code_of_a_link_is_long_and_used_up(house: Flask) -> None:
    user = make_user()
    factory = codes.OneTimeCodes({}, "")
    secret = codes.json.loads(user.us_totp_secrets)["email"]
    code = factory.generate_totp_password(secret)
    assert len(code) == 10
    assert factory.verify_totp(code, secret, user, window=600)
    assert codes.json.loads(user.us_totp_secrets)["email"] != secret
