"""Lines of the bank's statement: entered once, matched once, never rewritten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from civicfund.core import clock
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db, transaction
from civicfund.payments import queries, services
from civicfund.payments.errors import (
    AlreadyPaidByLine,
    BankDayAhead,
    BankLineMatched,
    BankReferenceTaken,
)
from civicfund.payments.models import BankLine
from tests.factories.identity import make_user
from tests.factories.payments import Thing, make_bank_line


def test_a_line_is_written_down_with_who_did_it(house: Flask) -> None:
    staff = make_user(roles=("staff",))
    with transaction():
        line = make_bank_line(amount=-45_654, counterparty=" ミドリノカイ ", by=staff)
    assert (line.amount_yen, line.money_out.minor) == (-45_654, 45_654)
    assert line.counterparty == "ミドリノカイ"
    deed = db.session.query(AuditRecord).filter_by(deed="record_bank_line").one()
    assert (deed.actor_id, deed.subject_id) == (staff.id, str(line.id))


def test_a_reference_is_entered_once(house: Flask) -> None:
    with transaction():
        make_bank_line(reference="2026-11/3")
    with pytest.raises(BankReferenceTaken), transaction():
        make_bank_line(reference=" 2026-11/3 ")
    assert db.session.query(BankLine).count() == 1


def test_tomorrow_is_on_no_statement(house: Flask) -> None:
    with transaction():
        make_bank_line(on=clock.today())
    with pytest.raises(BankDayAhead):
        make_bank_line(on=clock.today() + timedelta(days=1))


def test_a_line_answers_for_one_thing_and_a_thing_has_one_line(house: Flask) -> None:
    with transaction():
        line, other = make_bank_line(), make_bank_line()
        services.match_bank_line(line, Thing(1))
        services.match_bank_line(line, Thing(1))
    assert (line.matched_kind, line.matched_id) == ("things", 1)
    with pytest.raises(BankLineMatched), transaction():
        services.match_bank_line(line, Thing(2))
    with pytest.raises(AlreadyPaidByLine), transaction():
        services.match_bank_line(other, Thing(1))
    with transaction():
        services.match_bank_line(other, Thing(1, "payouts"))
    assert queries.open_bank_lines() == []


def test_open_lines_are_found_by_their_amount(house: Flask) -> None:
    with transaction():
        line = make_bank_line(amount=-10_000)
        make_bank_line(amount=10_000)
    assert queries.open_bank_lines(amount_yen=-10_000) == [line]
    assert len(queries.open_bank_lines()) == 2


def test_eight_matches_at_once_are_one(open_house: Flask) -> None:
    with transaction():
        line_id = make_bank_line().id

    def match(number: int) -> bool:
        with open_house.app_context():
            try:
                with transaction():
                    line = queries.bank_line_by_id(line_id)
                    assert line is not None
                    services.match_bank_line(line, Thing(number))
            except BankLineMatched:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(match, range(8))) == 1


@pytest.mark.parametrize("to", ["matched_id = 2", "matched_kind = NULL, matched_id = NULL"])
def test_a_match_is_not_undone_behind_our_back(house: Flask, to: str) -> None:
    with transaction():
        services.match_bank_line(make_bank_line(), Thing(1))
    with pytest.raises(IntegrityError, match="not undone"), transaction():
        db.session.execute(text(f"UPDATE bank_lines SET {to}"))
