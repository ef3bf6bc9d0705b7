"""Each form of the closes, openings, evidence and the auditor's files: no token, no deed; and each
page of these rooms and of the books with names: for those whom it is for, and nobody else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from civicfund.books import catalogue
from civicfund.closing.models import (
    BankStatement,
    ClosingNote,
    OpeningImport,
    SeenChecklist,
    YearClosing,
    YearState,
)
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.identity.models import RoleName, User
from civicfund.ledger import services as ledger
from civicfund.ledger.models import (
    EntryEvidence,
    EvidenceKind,
    EvidenceWithdrawal,
    FiscalPeriod,
    JournalEntry,
)
from tests.closing.conftest import OCTOBER_20, Office
from tests.closing.test_openings import prepared
from tests.factories.closing import certificate, enter_balance
from tests.factories.identity import make_user, sign_in, sign_out
from tests.factories.ledger import make_fund, make_gift, seal_all

STAFF, APPROVER, AUDITOR = RoleName.STAFF, RoleName.APPROVER, RoleName.AUDITOR
OFFICE = {STAFF, APPROVER, AUDITOR}
EITHER = {STAFF, APPROVER}
PACKAGES = ("civicfund.ledger.", "civicfund.books.", "civicfund.closing.", "civicfund.audit.")

# Who may send each form; the page that asks for the deed is theirs too.
DEEDS: dict[str, set[RoleName]] = {
    "closing.enter_statement": {STAFF},
    "closing.note": EITHER,
    "closing.prepare": {STAFF},
    "closing.withdraw": EITHER,
    "closing.close": {APPROVER},
    "closing.import_opening": {STAFF},
    "closing.sign_opening": {APPROVER},
    "closing.withdraw_opening": EITHER,
    "closing.prepare_year": {STAFF},
    "closing.close_year": {APPROVER},
    "closing.withdraw_year": EITHER,
    "closing.undo_year": {STAFF},
    "closing.sign_undoing": {APPROVER},
    "evidence.attach": {STAFF},
    "evidence.attach_to_many": {STAFF},
    "evidence.withdraw": {STAFF},
    "audit.export": {APPROVER, AUDITOR},
    "spending_plans.write": {STAFF},
}
READERS = {
    "audit": {APPROVER, AUDITOR},
    "closing": OFFICE,
    "evidence": OFFICE,
    "desk_books": OFFICE,
    "spending_plans": OFFICE,
}


@dataclass
class House:
    """One of each thing that an address can name, and a person of each role."""

    addresses: Callable[[str], list[str]]
    people: dict[str, User]
    snapshot: Callable[[], Any]


@pytest.fixture
def opening(house: Flask, office: Office) -> OpeningImport:
    with clock.at(OCTOBER_20):
        return prepared(office.staff, on=date(2026, 10, 1))


@pytest.fixture
def rooms(house: Flask, opening: OpeningImport, office: Office, october: FiscalPeriod) -> House:
    enter_balance(october, office.staff, balance=1)
    entry_id = db.session.scalar(select(func.min(JournalEntry.id))) or 0
    with transaction():
        make_gift(make_fund(code="C-OLD"), amount=1_000, on=date(2020, 5, 1))
        [piece] = ledger.attach_evidence(
            [entry_id], upload=certificate(), name="x.pdf", kind=EvidenceKind.OTHER, by=office.staff
        )
        closing = YearClosing(
            year=2026, state=YearState.PREPARED, digest="0" * 64, entry_ids=[],
            prepared_by_id=office.staff.id, prepared_at=clock.now(),
        )  # fmt: skip
        db.session.add(closing)
    seal_all()
    statement = db.session.scalars(select(BankStatement)).one()
    named: dict[str, Any] = {
        "month": "2026-10", "item_name": "bank", "year": 2026, "name": "2026-10",
        "opening_id": opening.id, "statement_id": statement.id, "entry_id": entry_id,
        "evidence_id": piece.id, "kind": "opening_imports", "number": opening.id,
        "code": "1112", "slug": "balance-sheet",
    }  # fmt: skip
    lot = {"code": "C-OLD", "received": 2020}
    named_here: dict[str, dict[str, Any]] = {
        "audit.masters": {"name": "accounts"},
        "audit.numbered_entry": {"number": 1},
        "spending_plans.plan": lot,
        "spending_plans.write": lot,
    }

    def addresses(endpoint: str) -> list[str]:
        found = []
        for rule in house.url_map.iter_rules(endpoint):
            values = {name: (named | named_here.get(endpoint, {}))[name] for name in rule.arguments}
            with house.test_request_context():
                found.append(url_for(endpoint, **values))
        return found

    people = {role.value: make_user(roles=(role.value,)) for role in RoleName}
    people["nobody's"] = make_user()
    return House(addresses, people, lambda: _all_that_is(closing, opening, october))


def _all_that_is(*things: Any) -> list[Any]:
    """The states of the things, and how many there are of each kind."""
    tables = (
        JournalEntry, EntryEvidence, EvidenceWithdrawal, BankStatement, ClosingNote,
        SeenChecklist, OpeningImport, YearClosing,
    )  # fmt: skip
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in tables]
    for thing in things:
        db.session.refresh(thing)
    states = [getattr(thing, "state", thing) for thing in things[:2]]
    return [*counts, *states, things[2].closing_prepared_at, things[2].closed_at]


def _endpoints(app: Flask, method: str) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if app.view_functions[rule.endpoint].__module__.startswith(PACKAGES)
        and method in (rule.methods or set())
    }


def _status(answer: TestResponse) -> int:
    """How it was answered, to the end of a file that is sent as it is read."""
    answer.get_data()
    return answer.status_code


def test_no_form_of_these_rooms_is_forgotten(app: Flask) -> None:
    assert set(DEEDS) == _endpoints(app, "POST")


@pytest.mark.parametrize("endpoint", DEEDS)
def test_a_form_without_its_token_does_nothing(
    client: FlaskClient, rooms: House, endpoint: str
) -> None:
    before = rooms.snapshot()
    [address] = rooms.addresses(endpoint)
    for role in sorted(DEEDS[endpoint]):
        sign_in(client, rooms.people[role])
        answer = client.post(address, data={"note": "x", "reason": "x"}, csrf=False)
        assert answer.status_code == 400, role
        forged = client.post(address, data={"note": "x", "csrf_token": "forged"}, csrf=False)
        assert forged.status_code == 400, role
    assert rooms.snapshot() == before


def test_a_form_of_another_does_nothing(client: FlaskClient, rooms: House) -> None:
    """Whoever must not is refused, whatever was typed; whoever is not signed in is asked to."""
    before = rooms.snapshot()
    for name, person in rooms.people.items():
        sign_in(client, person)
        for endpoint, may in DEEDS.items():
            if name not in may:
                [address] = rooms.addresses(endpoint)
                answer = client.post(address, data={"note": "x", "reason": "x"})
                assert answer.status_code == 403, f"{name}: {endpoint}"
    sign_out(client)
    for endpoint in DEEDS:
        [address] = rooms.addresses(endpoint)
        answer = client.post(address)
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login"), endpoint
    assert rooms.snapshot() == before


@pytest.mark.parametrize(
    ("endpoint", "role"), [(deed, role) for deed, may in DEEDS.items() for role in sorted(may)]
)
def test_who_may_is_heard(client: FlaskClient, rooms: House, endpoint: str, role: RoleName) -> None:
    """So that a refusal above is one of the person, and not of the address."""
    [address] = rooms.addresses(endpoint)
    sign_in(client, rooms.people[role])
    answer = client.post(address, data={"format": "csv"})
    assert _status(answer) in {200, 302, 409, 422}


def test_each_page_is_for_those_whom_it_is_for(
    app: Flask, client: FlaskClient, rooms: House
) -> None:
    pages = {
        endpoint: DEEDS.get(endpoint, READERS[endpoint.partition(".")[0]])
        for endpoint in _endpoints(app, "GET")
        if endpoint.partition(".")[0] in READERS
    }
    assert len(pages) > 25
    for name, person in rooms.people.items():
        sign_in(client, person)
        for endpoint, may in pages.items():
            for address in rooms.addresses(endpoint):
                status = _status(client.get(address))
                if name in may:
                    assert status in {200, 302}, f"{name}: {address}"
                else:
                    assert status == 403, f"{name}: {address}"
    sign_out(client)
    for endpoint in pages:
        for address in rooms.addresses(endpoint):
            assert re.match(r"/login\b", client.get(address).location or ""), address


def test_a_book_with_names_is_not_in_the_public_room(client: FlaskClient, rooms: House) -> None:
    hidden = {book.slug for _group, books in catalogue.shelves(with_names=True) for book in books}
    hidden -= {book.slug for _group, books in catalogue.shelves(with_names=False) for book in books}
    sign_in(client, rooms.people[STAFF])
    for slug in hidden:
        assert client.get(f"/books/{slug}").status_code == 404
        assert client.get(f"/desk/books/{slug}").status_code == 200
