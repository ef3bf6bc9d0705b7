"""The days of entries: as far as somebody can mean them, and pages that hold whatever is there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.books.queries import fiscal_years
from civicfund.core import clock
from civicfund.core.db import transaction
from civicfund.ledger import days, queries, services
from civicfund.ledger.errors import DayOutOfReach
from tests.factories.ledger import make_fund, make_gift

DAY = timedelta(days=1)
# The next fiscal year ends on this day.
LAST = date(2028, 3, 31)


@pytest.fixture(autouse=True)
def _new_year_s_eve() -> Iterator[None]:
    with clock.at(datetime(2026, 12, 31, 3, tzinfo=UTC)):
        yield


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("on", [days.EARLIEST, LAST])
def test_an_entry_bears_a_day_that_somebody_can_mean(on: date) -> None:
    assert make_gift(make_fund(code="C-1"), on=on).effective_on == on


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("on", [date.min, days.EARLIEST - DAY, LAST + DAY, date.max])
def test_an_entry_of_another_day_is_refused(on: date) -> None:
    """2206 is typed for 2026; one such entry would stretch every list of years."""
    fund = make_fund(code="C-1")
    gift = make_gift(fund, on=LAST)
    with pytest.raises(DayOutOfReach):
        make_gift(fund, on=on)
    with pytest.raises(DayOutOfReach):
        services.reverse_entry(gift.id, key="undo", reason="誤り", effective_on=on)
    assert queries.newest_entry_id() == gift.id


@pytest.mark.parametrize("on", [date(1900, 1, 1), date(9999, 3, 31), date(9999, 12, 30)])
@pytest.mark.parametrize("path", ["/ledger/flow", "/books/journal", "/books/year-in-numbers"])
def test_an_entry_of_a_far_day_does_not_close_the_book(
    house: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, on: date
) -> None:
    """The database takes it from whoever passes by the service."""
    monkeypatch.setattr(days, "last_to_book", lambda: date.max)
    with transaction():
        make_gift(make_fund(code="C-1"), on=on)
    assert client.get(path).status_code == 200
    assert queries.days_of_book(until=clock.today()) in {
        (date(1900, 1, 1), clock.today()), (clock.today(), days.LATEST),
    }  # fmt: skip
    assert len(fiscal_years()) > 100


def test_an_empty_book_is_of_today(house: Flask) -> None:
    assert queries.days_of_book(until=clock.today()) == (clock.today(), clock.today())
