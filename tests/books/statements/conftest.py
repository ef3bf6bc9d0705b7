"""The worked year of docs/bookkeeping.md, seen when it is over."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from civicfund.core import clock
from tests.factories.worked_year import Funds, live_a_year, open_funds


@pytest.fixture
def after_the_year() -> Iterator[None]:
    with clock.at(datetime(2027, 5, 1, tzinfo=UTC)):
        yield


@pytest.fixture
def year(house: Flask, after_the_year: None) -> Funds:
    funds = open_funds()
    live_a_year(funds)
    return funds
