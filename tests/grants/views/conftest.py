"""Desks read in English."""

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def english(client: FlaskClient) -> None:
    """The reader has chosen English."""
    client.set_cookie("lang", "en")
