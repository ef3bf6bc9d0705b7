"""The report button cannot be used to flood the office."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.app import create_app
from civicfund.core import settings
from civicfund.core.db import db
from civicfund.core.embedded import EmbeddedServer
from civicfund.web.limits import limiter
from tests.browsing import send
from tests.conftest import config_for
from tests.factories.campaigns import make_campaign


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


def test_five_concerns_an_hour_and_no_more(browser: FlaskClient) -> None:
    campaign = make_campaign()
    path = f"/campaigns/{campaign.slug}/concern"
    answers = [send(browser, path, words="何か変です。").status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert browser.get(path).status_code == 200
