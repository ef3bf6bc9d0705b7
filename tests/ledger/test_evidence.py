"""Papers behind the entries: kept byte for byte, once, for ever; withdrawn only with a reason."""

import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.storage import NotADocument, StoredFile, intact_content
from civicfund.identity.models import User
from civicfund.ledger import checks, services
from civicfund.ledger.errors import AlreadyAttached, AlreadyWithdrawn, NotAnEntry
from civicfund.ledger.evidence_rules import ANY, NEEDS, needs_of
from civicfund.ledger.kinds import KINDS
from civicfund.ledger.models import EntryEvidence, EvidenceKind
from civicfund.ledger.queries.evidence import evidence_by_id, pieces_of
from tests.core.test_contents import PDF, picture
from tests.factories.identity import make_user
from tests.factories.ledger import make_bank_balance
from tests.racing import race

K = EvidenceKind


@pytest.fixture
def clerk(house: Flask) -> User:
    return make_user(roles=("staff",))


def attach(
    entries: list[int], by: User, body: bytes = PDF, kind: EvidenceKind = K.RECEIPT
) -> list[EntryEvidence]:
    with transaction():
        return services.attach_evidence(
            entries, upload=io.BytesIO(body), name="請求書.pdf", kind=kind, by=by
        )


@pytest.mark.parametrize("body", [PDF, picture("JPEG"), picture("PNG")])
def test_the_bytes_stay_as_they_came(clerk: User, body: bytes) -> None:
    entry = make_bank_balance(5_000).id
    [piece] = attach([entry], clerk, body)
    assert piece.sha256 == hashlib.sha256(body).hexdigest()
    stored = db.session.get(StoredFile, piece.stored_file_id)
    assert stored is not None
    assert intact_content(stored, sha256=piece.sha256) == body
    assert (piece.added_by_id, piece.kind) == (clerk.id, "receipt")


def test_one_document_for_several_entries(clerk: User) -> None:
    entries = [make_bank_balance(1_000 + number).id for number in range(3)]
    pieces = attach(entries, clerk, kind=K.BANK_STATEMENT)
    assert [piece.entry_id for piece in pieces] == entries
    assert len({piece.stored_file_id for piece in pieces}) == 1


def test_the_same_file_stands_once_at_an_entry(clerk: User) -> None:
    first, second = make_bank_balance(1_000).id, make_bank_balance(2_000).id
    attach([first], clerk)
    with pytest.raises(AlreadyAttached):
        attach([first], clerk)
    with pytest.raises(AlreadyAttached):
        attach([second, first], clerk)
    assert pieces_of([second])[second] == [], "all of them or none"
    attach([second], clerk)


@pytest.mark.parametrize("entries", [[], [10**12]])
def test_it_belongs_to_entries_that_exist(clerk: User, entries: list[int]) -> None:
    with pytest.raises(NotAnEntry):
        attach(entries, clerk)


def test_what_could_run_is_refused(clerk: User) -> None:
    entry = make_bank_balance(1_000).id
    with pytest.raises(NotADocument):
        attach([entry], clerk, b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    assert pieces_of([entry])[entry] == []


class TestWithdrawal:
    def test_keeps_the_piece_and_says_why(self, clerk: User) -> None:
        entry = make_bank_balance(1_000).id
        [piece] = attach([entry], clerk)
        with transaction():
            note = services.withdraw_evidence(piece, reason="別の取引の\n領収書", by=clerk)
        found = pieces_of([entry])[entry]
        assert [(p.evidence.kind, p.withdrawn) for p in found] == [
            ("receipt", "別の取引の 領収書"), ("withdrawal", None),
        ]  # fmt: skip
        stored = db.session.get(StoredFile, note.stored_file_id)
        assert stored is not None
        said = (intact_content(stored, sha256=note.sha256) or b"").decode()
        assert piece.sha256 in said
        assert "別の取引の 領収書" in said

    def test_cannot_be_guessed_from_its_hash(self, clerk: User) -> None:
        """The log tells its hash and size to everybody; 128 bits in it are known to nobody."""
        said = []
        with clock.at(datetime(2026, 5, 20, 3, tzinfo=UTC)):
            for entry in (make_bank_balance(1_000).id, make_bank_balance(2_000).id):
                [piece] = attach([entry], clerk)
                with transaction():
                    note = services.withdraw_evidence(piece, reason="山田様の領収書", by=clerk)
                stored = db.session.get_one(StoredFile, note.stored_file_id)
                said.append(json.loads(intact_content(stored, sha256=note.sha256) or b""))
        salts = [bytes.fromhex(one["salt"]) for one in said]
        assert [len(salt) for salt in salts] == [16, 16]
        assert salts[0] != salts[1]

    def test_lets_the_paper_come_again_as_what_it_is(self, clerk: User) -> None:
        entry = make_bank_balance(1_000).id
        for kind in (K.RECEIPT, K.CONTRACT):
            [piece] = attach([entry], clerk, kind=kind)
            with pytest.raises(AlreadyAttached):
                attach([entry], clerk, kind=K.INVOICE)
            with transaction():
                services.withdraw_evidence(piece, reason="種類を誤った", by=clerk)
        attach([entry], clerk, kind=K.INVOICE)
        live = [p.evidence.kind for p in pieces_of([entry])[entry] if p.withdrawn is None]
        assert live == ["withdrawal", "withdrawal", "invoice"]

    def test_happens_once_and_never_to_a_note(self, clerk: User) -> None:
        [piece] = attach([make_bank_balance(1_000).id], clerk)
        with transaction():
            note = services.withdraw_evidence(piece, reason="誤り", by=clerk)
        for withdrawn in (piece, note):
            with pytest.raises(AlreadyWithdrawn), transaction():
                services.withdraw_evidence(withdrawn, reason="もう一度", by=clerk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry_evidence SET kind = 'other'",
        "DELETE FROM entry_evidence",
        "TRUNCATE entry_evidence CASCADE",
        "UPDATE evidence_withdrawals SET reason = 'x'",
        "DELETE FROM evidence_withdrawals",
    ],
)
def test_nothing_is_changed_or_removed(open_house: Flask, owner: Engine, statement: str) -> None:
    clerk = make_user(roles=("staff",))
    [piece] = attach([make_bank_balance(1_000).id], clerk)
    with transaction():
        services.withdraw_evidence(piece, reason="誤り", by=clerk)
    for engine in (db.engine, owner):
        with engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text(statement))


@pytest.mark.parametrize("times_withdrawn", [0, 1])
def test_two_people_attach_the_same_file_at_once(open_house: Flask, times_withdrawn: int) -> None:
    clerk = make_user(roles=("staff",)).id
    with transaction():
        entry = make_bank_balance(1_000).id
    for _ in range(times_withdrawn):
        person = db.session.get_one(User, clerk)
        [piece] = attach([entry], person)
        with transaction():
            services.withdraw_evidence(piece, reason="誤り", by=person)

    def work() -> str:
        attach([entry], db.session.get_one(User, clerk))
        return "attached"

    answers = race(open_house, *[work] * 4)
    assert sorted(answers, key=str) == [AlreadyAttached] * 3 + ["attached"]
    pieces = [piece.evidence.kind for piece in pieces_of([entry])[entry]]
    assert pieces == ["receipt", "withdrawal"] * times_withdrawn + ["receipt"]


def test_the_database_itself_takes_a_file_once(open_house: Flask, owner: Engine) -> None:
    clerk = make_user(roles=("staff",))
    attach([make_bank_balance(1_000).id], clerk)
    again = """INSERT INTO entry_evidence (entry_id, kind, stored_file_id, sha256, added_at)
      SELECT entry_id, kind, stored_file_id, sha256, added_at FROM entry_evidence"""
    for engine in (db.engine, owner):
        with engine.connect() as connection, pytest.raises(IntegrityError, match="already"):
            connection.execute(text(again))
        exact = engine.execution_options(isolation_level="REPEATABLE READ")
        with exact.connect() as connection, pytest.raises(DBAPIError, match="READ COMMITTED"):
            connection.execute(text(again))


class TestCheck:
    def finding(self) -> checks.Finding:
        return next(found for found in checks.run() if found.name == "evidence")

    def path_of(self, house: Flask, piece: EntryEvidence) -> Path:
        stored = db.session.get_one(StoredFile, piece.stored_file_id)
        return Path(house.config["INSTANCE"]) / "files" / stored.key

    def test_holds_while_every_file_is_what_it_was(self, clerk: User) -> None:
        attach([make_bank_balance(1_000).id], clerk)
        assert self.finding().holds

    @pytest.mark.parametrize("fault", ["changed", "removed"])
    def test_names_the_paper_whose_file_is_not(self, house: Flask, clerk: User, fault: str) -> None:
        body = PDF + f"% {fault}\n%%EOF\n".encode()
        [piece] = attach([make_bank_balance(1_000).id], clerk, body)
        path = self.path_of(house, piece)
        if fault == "changed":
            path.write_bytes(body + b"\n")
        else:
            path.unlink()
        found = self.finding()
        assert not found.holds
        assert str(piece.id) in found.detail


def test_every_kind_of_entry_says_what_it_needs() -> None:
    assert set(KINDS) - set(NEEDS) == set()
    assert needs_of("a_rule_of_tomorrow") == (ANY,)
    for needs in NEEDS.values():
        for need in needs:
            assert need.kinds
            assert K.WITHDRAWAL not in need.kinds


def test_a_piece_is_found_with_its_file(clerk: User) -> None:
    [piece] = attach([make_bank_balance(1_000).id], clerk)
    found = evidence_by_id(piece.id)
    assert found is not None
    assert found.stored_file.original_name
    assert db.session.scalar(select(EntryEvidence.id)) == piece.id
    assert evidence_by_id(10**12) is None
