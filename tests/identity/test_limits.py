"""Trying again and again is slowed down, then stopped."""

import re

from flask.testing import FlaskClient

from tests.factories.identity import PASSWORD, make_user


def post(counting_browser: FlaskClient, path: str, **fields: str) -> int:
    """Send a form of `path`; the status of the answer."""
    page = counting_browser.get(path)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)
    assert token, page.status
    return counting_browser.post(path, data={"csrf_token": token.group(1), **fields}).status_code


def test_passwords_can_not_be_tried_without_end(counting_browser: FlaskClient) -> None:
    user, other = make_user(), make_user()
    tries = [
        post(counting_browser, "/login", email=user.email, password="x" * 12) for _ in range(6)
    ]
    assert tries == [200] * 5 + [429]
    assert post(counting_browser, "/login", email=user.email.upper(), password=PASSWORD) == 429
    assert post(counting_browser, "/login", email=other.email, password=PASSWORD) == 302


def test_codes_can_not_be_tried_without_end(counting_browser: FlaskClient) -> None:
    user = make_user()
    assert post(counting_browser, "/login", email=user.email, password=PASSWORD) == 302
    tries = [post(counting_browser, "/tf-validate", code="000000") for _ in range(6)]
    assert tries == [200] * 5 + [429]
    assert post(counting_browser, "/mf-recovery", code="1a2b-3c4d-5e6f") == 429


def test_nobody_is_flooded_with_mails(counting_browser: FlaskClient) -> None:
    user = make_user()
    tries = [post(counting_browser, "/reset", email=user.email) for _ in range(6)]
    assert tries == [200] * 5 + [429]
