"""The moments at which one-time codes are made."""

from collections.abc import Callable

import pytest
from flask import Flask
from passlib.totp import TOTP

from civicfund.core.db import db, transaction
from civicfund.identity import queries
from tests.factories.identity import TOTP_SECRET


@pytest.fixture
def app_code() -> Callable[..., str]:
    """The number that an authenticator app shows now for a base 32 key."""

    def code(key: str = TOTP_SECRET) -> str:
        return str(
            TOTP(key=key.replace(" ", "").replace("-", ""), format="base32").generate().token
        )

    return code


@pytest.fixture
def forget_codes(house: Flask) -> Callable[[str], None]:
    """Let the same time step count again, as if half a minute had gone by."""

    def forget(email: str) -> None:
        with transaction():
            user = queries.user_by_email(email)
            assert user is not None
            user.tf_last_counter = None
        db.session.remove()

    return forget
