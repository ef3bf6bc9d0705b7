"""October 2026, seen on 5 November, and the people who close it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from civicfund.core import clock
from civicfund.core.db import transaction
from civicfund.identity.models import User
from civicfund.ledger import periods
from civicfund.ledger.models import FiscalPeriod
from tests.factories.identity import make_user
from tests.factories.ledger import make_bank_balance
from tests.ledger.conftest import unguarded_house

__all__ = ["unguarded_house"]

OCTOBER_20 = datetime(2026, 10, 20, 3, 0, tzinfo=UTC)
NOVEMBER_5 = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Office:
    """Who works on a close, and who only reads."""

    staff: User
    approver: User
    second_approver: User
    both: User
    auditor: User


def make_office() -> Office:
    """Five people."""
    return Office(
        make_user(roles=("staff",), name="Staff"),
        make_user(roles=("approver",), name="Approver"),
        make_user(roles=("approver",), name="Second approver"),
        make_user(roles=("staff", "approver"), name="Both"),
        make_user(roles=("auditor",), name="Auditor"),
    )


@pytest.fixture
def office(house: Flask) -> Office:
    return make_office()


@pytest.fixture
def fifth() -> Iterator[None]:
    """The day on which the office closes October."""
    with clock.at(NOVEMBER_5):
        yield


@pytest.fixture
def october(house: Flask, fifth: None) -> FiscalPeriod:
    """The first month of a book that began with 1,000,000 yen at the bank."""
    with clock.at(OCTOBER_20), transaction():
        make_bank_balance(1_000_000, on=date(2026, 10, 1))
    with transaction():
        return periods.open_period(starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))
