"""The people of every story about grants."""

import pytest
from flask import Flask

from tests.factories.grants import Cast, make_cast


@pytest.fixture
def cast(house: Flask) -> Cast:
    """Office, approver and a member of an organisation."""
    return make_cast()
