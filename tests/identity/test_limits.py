"""Trying again and again is slowed down, then stopped."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.app import create_app
from civicfund.core import settings
from civicfund.core.db import db
from civicfund.core.embedded import EmbeddedServer
from civicfund.web.limits import limiter
from tests.conftest import config_for
from tests.factories.identity import PASSWORD, make_user


@pytest.fixture
def browser(open_house: Flask, server: EmbeddedServer) -> Iterator[FlaskClient]:
    """A browser in a house that counts."""
    kept = open_house.config["INSTANCE"]

    class Counting(config_for(server, open_house.config["OPEN_DATABASE"], kept)):
        RATELIMIT_ENABLED = True

    counting = create_app(Counting)
    yield counting.test_client()
    limiter.enabled = False
    settings.use(open_house.config)
    with counting.app_context():
        db.engine.dispose()


def post(browser: FlaskClient, path: str, **fields: str) -> int:
    """Send a form of `path`; the status of the answer."""
    page = browser.get(path)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)
    assert token, page.status
    return browser.post(path, data={"csrf_token": token.group(1), **fields}).status_code


def test_passwords_can_not_be_tried_without_end(browser: FlaskClient) -> None:
    user, other = make_user(), make_user()
    tries = [post(browser, "/login", email=user.email, password="x" * 12) for _ in range(6)]
    assert tries == [200] * 5 + [429]
    assert post(browser, "/login", email=user.email.upper(), password=PASSWORD) == 429
    assert post(browser, "/login", email=other.email, password=PASSWORD) == 302


def test_codes_can_not_be_tried_without_end(browser: FlaskClient) -> None:
    user = make_user()
    assert post(browser, "/login", email=user.email, password=PASSWORD) == 302
    tries = [post(browser, "/tf-validate", code="000000") for _ in range(6)]
    assert tries == [200] * 5 + [429]
    assert post(browser, "/mf-recovery", code="1a2b-3c4d-5e6f") == 429


def test_nobody_is_flooded_with_mails(browser: FlaskClient) -> None:
    user = make_user()
    tries = [post(browser, "/reset", email=user.email) for _ in range(6)]
    assert tries == [200] * 5 + [429]
