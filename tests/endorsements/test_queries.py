"""What pages may show, in one statement for many; the register as it is searched."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.search import search_words
from civicfund.endorsements import queries
from civicfund.endorsements.models import EndorsementKind, EndorsementState, StateNow
from civicfund.endorsements.queries import RegisterFilter
from tests.factories.endorsements import make_endorsement, make_issuer, make_officer, make_subject


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            asked.append(statement)

    target = db.session.connection()
    event.listen(target, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(target, "before_cursor_execute", note)


def test_many_subjects_are_asked_for_in_one_statement(house: Flask) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    live = [make_endorsement(issuer=issuer, officer=officer) for _ in range(3)]
    not_shown = [
        make_endorsement(state=state, issuer=issuer, officer=officer)
        for state in EndorsementState
        if state is not EndorsementState.ISSUED
    ]
    ids = [endorsement.subject_id for endorsement in live + not_shown]
    db.session.expunge_all()
    with statements() as asked:
        found = queries.live_for("campaigns", ids)
        for endorsements in found.values():
            assert [e.issuer.name_ja for e in endorsements] == ["川崎市 市民文化局 市民活動推進課"]
    assert len(asked) == 1
    assert set(found) == {endorsement.subject_id for endorsement in live}
    assert queries.endorsed_ids("campaigns") == frozenset(found)
    assert queries.live_for("organisations", ids) == {}
    with statements() as asked:
        assert queries.live_for("campaigns", []) == {}
    assert asked == []


def test_two_offices_may_vouch_for_one_subject(house: Flask) -> None:
    subject = make_subject()
    first = make_endorsement(subject=subject)
    second = make_endorsement(subject=subject, kind=EndorsementKind.CO_HOSTING)
    assert queries.live_for("campaigns", [subject.id]) == {subject.id: [first, second]}
    assert list(queries.latest(at_most=1)) == [second]


@pytest.mark.parametrize("state", list(StateNow))
def test_the_database_and_the_row_agree_about_the_state(house: Flask, state: StateNow) -> None:
    today = clock.today()
    make_endorsement(state=EndorsementState.REVOKED)
    make_endorsement(state=EndorsementState.EXPIRED)
    make_endorsement(kind=EndorsementKind.ORDINANCE_DESIGNATION)
    for first, last in ((-9, -1), (-9, 0), (0, 0), (0, 9), (1, 9)):
        make_endorsement(
            valid_from=today + timedelta(days=first), valid_until=today + timedelta(days=last)
        )
    everything = db.session.scalars(queries.register(RegisterFilter())).all()
    assert len(everything) == 8
    found = db.session.scalars(queries.register(RegisterFilter(state=state))).all()
    assert found == [endorsement for endorsement in everything if endorsement.state_now is state]
    assert found


@pytest.mark.parametrize("typed", ["ｺｳｴﾝ", "公園 こうえん", "Ｋ－", "川崎", "kouen", "後援"])
def test_the_register_is_found_however_it_is_typed(house: Flask, typed: str) -> None:
    endorsement = make_endorsement(
        subject=make_subject(name="公園コウエン Kouen"), issuer=make_issuer(prefix="K")
    )
    make_endorsement(
        subject=make_subject(name="図書室"), kind=EndorsementKind.CERTIFICATION,
        name_as_displayed="認定団体",
    )  # fmt: skip
    words = search_words(typed)
    found = db.session.scalars(queries.register(RegisterFilter(words=words))).all()
    assert endorsement in found
    if typed != "川崎":
        assert found == [endorsement]


def test_the_register_is_filtered_by_kind_and_office(house: Flask) -> None:
    first = make_endorsement()
    second = make_endorsement(kind=EndorsementKind.AGREEMENT)
    by_kind = RegisterFilter(kind=EndorsementKind.AGREEMENT)
    assert db.session.scalars(queries.register(by_kind)).all() == [second]
    by_office = RegisterFilter(issuer_id=first.issuer_id)
    assert db.session.scalars(queries.register(by_office)).all() == [first]


def test_the_desk_asks_no_more_for_ten_than_for_one(house: Flask) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    counts = []
    for number in (1, 6):
        for _ in range(number):
            make_endorsement(issuer=issuer, officer=officer, state=EndorsementState.REQUESTED)
            make_endorsement(issuer=issuer, officer=officer)
        office = issuer.id
        db.session.expunge_all()
        with statements() as asked:
            for found in (queries.waiting_for([office]), queries.expiring_soon([office])):
                assert all(endorsement.issuer.phone for endorsement in found)
        counts.append(len(asked))
        db.session.expunge_all()
        issuer = queries.issuer_by_id(office)
        officer = queries.officers_of(issuer)[0]
    assert counts == [2, 2]
