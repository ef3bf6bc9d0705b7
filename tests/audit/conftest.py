"""The auditor, signed in to a book that each file makes; and the way behind the triggers' back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.identity.models import User
from tests.factories.identity import make_user, sign_in
from tests.ledger.conftest import unguarded_house

__all__ = ["unguarded_house"]


@pytest.fixture
def auditor(house: Flask) -> User:
    return make_user(roles=("auditor",), name="監事 みどり")


@pytest.fixture
def inside(client: FlaskClient, auditor: User, book: dict[str, int]) -> FlaskClient:
    assert book
    sign_in(client, auditor)
    return client
