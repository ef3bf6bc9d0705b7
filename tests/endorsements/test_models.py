"""A word of the city counts exactly for its term, by the clock in Japan."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from civicfund.core import clock
from civicfund.endorsements.kinds import MEANINGS, apply_by, report_due
from civicfund.endorsements.models import (
    ENDLESS,
    EndorsementKind,
    EndorsementState,
    IssuerKind,
    StateNow,
)
from tests.factories.endorsements import make_endorsement

LAST_SECOND = datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC)  # 23:59:59 in Japan


def test_it_ends_with_the_last_second_of_its_last_day_in_japan(house: Flask) -> None:
    with clock.at(datetime(2027, 3, 1, tzinfo=UTC)):
        endorsement = make_endorsement(valid_until=date(2027, 3, 31))
    with clock.at(LAST_SECOND):
        assert endorsement.state_now is StateNow.VALID
        assert endorsement.is_valid
        assert endorsement.ended_at is None
    with clock.at(LAST_SECOND + timedelta(seconds=1)):
        assert endorsement.state_now is StateNow.EXPIRED
        assert not endorsement.is_valid
        assert endorsement.ended_at == LAST_SECOND + timedelta(seconds=1)
        # No job has run: the clock alone ended it.
        assert endorsement.state is EndorsementState.ISSUED


def test_it_begins_with_the_first_second_of_its_first_day(house: Flask) -> None:
    with clock.at(datetime(2027, 3, 1, tzinfo=UTC)):
        endorsement = make_endorsement(valid_from=date(2027, 4, 1), valid_until=date(2027, 5, 1))
    with clock.at(LAST_SECOND):
        assert endorsement.state_now is StateNow.UPCOMING
    with clock.at(LAST_SECOND + timedelta(seconds=1)):
        assert endorsement.state_now is StateNow.VALID


@pytest.mark.parametrize(
    "state",
    [EndorsementState.REQUESTED, EndorsementState.CHANGES_REQUESTED, EndorsementState.DECLINED],
)
def test_what_was_never_given_has_no_state_in_the_register(
    house: Flask, state: EndorsementState
) -> None:
    endorsement = make_endorsement(state=state)
    assert endorsement.state_now is None
    assert not endorsement.is_valid
    assert endorsement.register_no is None


def test_only_the_ordinance_has_no_end(house: Flask) -> None:
    assert frozenset({EndorsementKind.ORDINANCE_DESIGNATION}) == ENDLESS
    endorsement = make_endorsement(kind=EndorsementKind.ORDINANCE_DESIGNATION)
    assert endorsement.valid_until is None
    with clock.at(clock.now() + timedelta(days=3650)):
        assert endorsement.is_valid
    assert not endorsement.is_renewable


@pytest.mark.parametrize("kind", list(EndorsementKind))
def test_every_kind_says_in_two_languages_what_it_is_and_is_not(kind: EndorsementKind) -> None:
    rules = MEANINGS[kind]
    words = [rules.words, *rules.vouches_for, *rules.does_not_vouch_for, *rules.criteria]
    assert rules.vouches_for
    assert rules.does_not_vouch_for
    assert rules.criteria
    assert all(text.ja and text.en for text in words)
    assert rules.issuers <= frozenset(IssuerKind)


def test_nominal_support_says_that_the_city_pays_nothing_and_answers_for_nothing() -> None:
    limits = " ".join(
        text.ja for text in MEANINGS[EndorsementKind.NOMINAL_SUPPORT].does_not_vouch_for
    )
    assert "費用を負担しません" in limits
    assert "責任を負いません" in limits


@pytest.mark.parametrize(
    ("kind", "event_on", "expected"),
    [
        (EndorsementKind.NOMINAL_SUPPORT, date(2027, 3, 31), date(2027, 2, 28)),
        (EndorsementKind.NOMINAL_SUPPORT, date(2027, 1, 15), date(2026, 12, 15)),
        (EndorsementKind.CO_HOSTING, date(2027, 1, 31), date(2026, 10, 31)),
        (EndorsementKind.CERTIFICATION, date(2027, 1, 31), None),
        (EndorsementKind.NOMINAL_SUPPORT, None, None),
    ],
)
def test_the_office_wants_to_be_asked_in_time(
    kind: EndorsementKind, event_on: date | None, expected: date | None
) -> None:
    assert apply_by(kind, event_on) == expected


def test_the_report_is_due_fourteen_days_after_the_end() -> None:
    assert report_due(EndorsementKind.NOMINAL_SUPPORT, date(2027, 3, 31)) == date(2027, 4, 14)
    assert report_due(EndorsementKind.CERTIFICATION, date(2027, 3, 31)) is None
    assert report_due(EndorsementKind.NOMINAL_SUPPORT, None) is None
