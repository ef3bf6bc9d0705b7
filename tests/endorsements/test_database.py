"""What the database itself holds the register to, whoever writes."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.errors import NotAllowedNow
from civicfund.endorsements import checks, queries, services
from civicfund.endorsements.models import Endorsement, EndorsementKind, EndorsementState
from civicfund.identity.models import User
from civicfund.ledger.checks import Finding
from tests.conftest import config_for
from tests.factories.endorsements import (
    check_all,
    decision,
    make_endorsement,
    make_issuer,
    make_officer,
    make_request,
)
from tests.racing import at_once

__all__ = ["config_for"]


def refused(statement: str, *, why: str, kind: type[DBAPIError] = IntegrityError) -> None:
    with pytest.raises(kind, match=why), transaction() as session:
        session.execute(text(statement))


def test_what_was_issued_stays_as_it_was_issued(house: Flask) -> None:
    endorsement = make_endorsement()
    for change in (
        "valid_until = valid_until + 365",
        'vouches_for = \'[{"ja": "もっと", "en": "more"}]\'',
        "does_not_vouch_for = '[]'",
        "subject_id = 1",
        "register_no = 'X-1', register_number = 9",
        "criteria = '[]'",
        "decision_no = '別の番号'",
        "state = 'requested'",
        "state = 'declined', decision_note = 'x'",
        "issued_at = NULL, register_no = NULL",
    ):
        refused(f"UPDATE endorsements SET {change}", why="stays as it was issued")
    refused(
        f"DELETE FROM endorsements WHERE id = {endorsement.id}",
        why="permission denied",
        kind=ProgrammingError,
    )
    refused("UPDATE endorsement_conditions SET text = 'なし'", why="stays as it was issued")


def test_the_end_is_the_end(house: Flask) -> None:
    for state in (EndorsementState.REVOKED, EndorsementState.EXPIRED, EndorsementState.DECLINED):
        make_endorsement(state=state)
        refused(
            f"UPDATE endorsements SET state = 'issued', revoked_at = NULL, revoked_by_id = NULL, "
            f"revocation_reason = NULL WHERE state = '{state.value}'",
            why="is the end",
        )
    refused(
        "UPDATE endorsements SET revocation_reason = 'ほかの理由' WHERE state = 'revoked'",
        why="is the end",
    )


def test_no_withdrawal_without_reason_and_no_word_without_end(house: Flask) -> None:
    make_endorsement()
    refused("UPDATE endorsements SET state = 'revoked'", why="revoked_why")
    refused(
        "UPDATE endorsements SET state = 'revoked', revoked_at = now(), "
        "revoked_by_id = issued_by_id, revocation_reason = '  '",
        why="revoked_why",
    )
    refused("UPDATE endorsements SET revocation_reason = 'x'", why="revoked_why")
    make_endorsement(kind=EndorsementKind.ORDINANCE_DESIGNATION)
    request = make_request()
    with transaction() as session:
        # Behind the service's back: whole but for its end.
        with pytest.raises(IntegrityError, match="ends_one_day"), session.begin_nested():
            session.execute(
                text(
                    "UPDATE endorsements r SET state = 'issued', register_no = 'X-1', "
                    "register_year = 2000, register_number = 1, name_as_displayed = 'x', "
                    "legal_basis = 'x', decision_no = 'x', decision_on = now(), "
                    "valid_from = now(), issued_at = now(), issued_by_id = r.requested_by_id, "
                    "vouches_for = i.vouches_for, does_not_vouch_for = i.does_not_vouch_for, "
                    "criteria = i.criteria FROM endorsements i "
                    "WHERE r.id = :id AND i.kind = 'nominal_support' AND i.state = 'issued'"
                ),
                {"id": request.id},
            )
        with pytest.raises(IntegrityError, match="whole_once_issued"), session.begin_nested():
            session.execute(
                text(
                    "UPDATE endorsements SET state = 'issued', valid_until = now() WHERE id = :id"
                ),
                {"id": request.id},
            )


def test_the_register_takes_only_the_next_number(house: Flask) -> None:
    request = make_request()
    for number in (0, 2, 7):
        refused(
            "UPDATE endorsements SET register_year = 2027, "
            f"register_number = {number} WHERE id = {request.id}",
            why="the next number of the register is 1",
        )


def test_the_history_is_append_only(house: Flask) -> None:
    make_endorsement()
    for statement in (
        "UPDATE endorsement_events SET note = 'x'",
        "DELETE FROM endorsement_events",
        "TRUNCATE endorsement_events",
    ):
        refused(statement, why="permission denied", kind=ProgrammingError)


def _deed(verb: Any, endorsement_id: int, officer_id: int, **words: Any) -> Any:
    def run() -> None:
        endorsement = db.session.get(Endorsement, endorsement_id)
        officer = db.session.get(User, officer_id)
        assert endorsement is not None
        given = {"decision": decision(endorsement)} if verb is services.issue_endorsement else words
        verb(endorsement, by=officer, **given)

    return run


def test_officers_who_issue_at_the_same_moment_leave_no_gap(open_house: Flask) -> None:
    issuer = make_issuer(prefix="K")
    officer = make_officer(issuer)
    requests = [make_request(issuer=issuer) for _ in range(8)]
    for request in requests:
        check_all(request, officer)
    deeds = [_deed(services.issue_endorsement, request.id, officer.id) for request in requests]
    assert at_once(open_house, *deeds) == [None] * 8
    db.session.expire_all()
    year = clock.today().year
    numbers = sorted(request.register_no for request in requests)
    assert numbers == [f"K-{year}-{number:04d}" for number in range(1, 9)]


def test_the_same_request_issued_twice_at_once_takes_one_number(open_house: Flask) -> None:
    issuer = make_issuer(prefix="K")
    officer = make_officer(issuer)
    request = make_request(issuer=issuer)
    check_all(request, officer)
    outcomes = at_once(open_house, *[_deed(services.issue_endorsement, request.id, officer.id)] * 4)
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, NotAllowedNow) for outcome in outcomes) == 3
    db.session.expire_all()
    assert queries.last_register_number(issuer, clock.today().year) == 1


def test_a_revocation_and_the_nightly_job_do_not_both_win(open_house: Flask) -> None:
    endorsement = make_endorsement()
    officer = make_officer(endorsement.issuer)
    revoke = _deed(services.revoke_endorsement, endorsement.id, officer.id, reason="取消しの理由")
    outcomes = at_once(open_house, revoke, revoke, services.expire_due)
    assert sum(isinstance(outcome, NotAllowedNow) for outcome in outcomes) == 1
    db.session.expire_all()
    assert endorsement.state is EndorsementState.REVOKED


# -- the checks find what is planted behind the triggers' back ------------------------------------

PLANTED = {
    "endorsement_texts": "UPDATE endorsements SET criteria = '[{\"checked\": false}]'",
    "endorsement_register": "UPDATE endorsements SET register_number = 7",
    "endorsement_terms": "UPDATE endorsements SET valid_until = NULL",
    "endorsement_revocations": "UPDATE endorsements SET state = 'revoked', revoked_at = now()",
    "endorsement_history": "DELETE FROM endorsement_events WHERE kind = 'issued'",
    "endorsement_expiry": "UPDATE endorsements SET valid_from = '2020-01-01', "
    "valid_until = '2020-02-01'",
    "endorsement_protection": "ALTER TABLE endorsement_events "
    "DISABLE TRIGGER keep_endorsement_history",
}


def _faults() -> dict[str, Finding]:
    return {finding.name: finding for finding in checks.run() if not finding.holds}


def test_every_check_has_a_planted_fault() -> None:
    assert {check.name for check in checks.CHECKS} == set(PLANTED)


@pytest.mark.parametrize("name", list(PLANTED))
def test_each_check_finds_its_fault(open_house: Flask, server: Any, name: str) -> None:
    make_endorsement()
    assert _faults() == {}
    db.session.remove()
    database = open_house.config["OPEN_DATABASE"]
    constraints = ["revoked_why", "whole_once_issued", "ends_one_day"]
    drop = ", ".join(f"DROP CONSTRAINT ck_endorsements_{name}" for name in constraints)
    server.psql(
        f"ALTER TABLE endorsements {drop}; SET session_replication_role = replica; {PLANTED[name]}",
        database=database,
    )
    assert name in _faults()
