"""Each check finds the fault that it is there for, planted behind the triggers' back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.embedded import EmbeddedServer
from civicfund.grants import checks, services
from civicfund.grants.models import DisbursementState
from tests.factories.grants import (
    accept_report,
    make_award,
    make_cast,
    make_disbursement,
    make_live_campaign,
)
from tests.factories.payments import make_bank_line
from tests.planting import unguarded

# What is planted, and the checks that must tell.
FAULTS = {
    "an award whose amount was edited": (
        "UPDATE awards SET amount_yen = amount_yen + 1 WHERE id = :open",
        {"award_entries", "payable"},
    ),
    "an award that points at another entry": (
        "UPDATE awards SET entry_id = (SELECT entry_id FROM disbursements "
        "WHERE state = 'paid' LIMIT 1) WHERE id = :open",
        {"award_entries"},
    ),
    "an instalment paid in the table only": (
        "UPDATE disbursements SET state = 'paid' WHERE state = 'approved'",
        {"payable", "instalment_entries"},
    ),
    "a paid instalment of another amount": (
        "UPDATE disbursements SET amount_yen = amount_yen - 1 WHERE state = 'paid'",
        {"payable", "instalment_entries"},
    ),
    "a bank line that was edited": (
        "UPDATE bank_lines SET amount_yen = amount_yen - 1 WHERE matched_kind = 'disbursements'",
        {"instalment_entries"},
    ),
    "a returned instalment called paid": (
        "UPDATE disbursements SET state = 'paid' WHERE state = 'returned'",
        {"payable", "instalment_returns"},
    ),
    "instalments over the award": (
        "UPDATE disbursements SET amount_yen = 100000000 WHERE state = 'approved'",
        {"instalment_sums"},
    ),
    "a reduction that is not booked": (
        "UPDATE awards SET reduced_yen = reduced_yen + 5 WHERE id = :settled",
        {"settled_sums", "payable"},
    ),
    "returned money of another amount": (
        "UPDATE awards SET to_return_yen = to_return_yen + 5 WHERE id = :settled",
        {"settled_sums"},
    ),
    "one person behind a payment": (
        "UPDATE disbursements SET approved_by_id = prepared_by_id WHERE state = 'paid'",
        {"two_people"},
    ),
    "an account that one person confirmed alone": (
        "UPDATE payee_accounts SET confirmed_by_id = checked_by_id",
        {"two_people"},
    ),
    "a payment turned to another account": (
        "UPDATE disbursements SET payee = jsonb_set(payee, '{number}', '\"7654321\"')",
        {"payees"},
    ),
    "an account that was edited": (
        "UPDATE payee_accounts SET number = '7654321'",
        {"payees"},
    ),
    "a campaign called awarded": (
        "UPDATE campaigns SET state = 'awarded' WHERE id = :live",
        {"campaign_awards"},
    ),
    "a campaign completed without a report": (
        "UPDATE campaigns SET state = 'completed' "
        "WHERE id = (SELECT campaign_id FROM awards WHERE id = :open)",
        {"campaign_awards"},
    ),
    "a campaign that nobody settles": (
        "UPDATE campaigns SET starts_on = :day, deadline_on = :day WHERE id = :live",
        {"settlement"},
    ),
    "a gift that grew after the award": (
        "UPDATE transfers SET amount_minor = amount_minor + 1 WHERE (entry_id, line) = "
        "(SELECT t.entry_id, t.line FROM transfers t "
        "JOIN ledger_accounts l ON l.id = t.credit_account_id "
        "JOIN awards a ON a.fund_id = l.fund_id "
        "WHERE a.id = :open AND l.chart_code = '4111' LIMIT 1)",
        {"nothing_left"},
    ),
    "an award without its report": (
        "DELETE FROM report_lines WHERE report_id = "
        "(SELECT id FROM reports WHERE award_id = :open); "
        "DELETE FROM reports WHERE award_id = :open",
        {"reports"},
    ),
    "receipts that were taken away": (
        "DELETE FROM report_evidence",
        {"reports"},
    ),
    "a trigger switched off": (
        "ALTER TABLE disbursements DISABLE TRIGGER hold_disbursements_to_award",
        {"grants_protection"},
    ),
}


# Checks look for what constraints refuse as well: these stand in the way of the planting.
IN_THE_WAY = (
    "disbursements DROP CONSTRAINT ck_disbursements_approved_by_another",
    "disbursements DROP CONSTRAINT ck_disbursements_paid",
    "disbursements DROP CONSTRAINT ck_disbursements_returned",
    "payee_accounts DROP CONSTRAINT ck_payee_accounts_confirmed_by_another",
)


@pytest.fixture(scope="module")
def story(app: Flask, server: EmbeddedServer) -> Iterator[tuple[Connection, dict[str, object]]]:
    """One story on a connection that may do anything, triggers or not; nothing stays."""
    with unguarded(app, server) as connection:
        rows = _live()
        db.session.remove()
        yield connection, rows


def _live() -> dict[str, object]:
    """An open award with instalments of each kind; a settled one; a campaign that is live."""
    cast = make_cast()
    award = make_award(cast)
    make_disbursement(award, cast, amount=10_000, state=DisbursementState.PAID)
    bounced = make_disbursement(award, cast, amount=5_000, state=DisbursementState.PAID)
    with transaction():
        line = make_bank_line(amount=5_000)
        services.mark_returned(bounced, line=line, by=cast.staff, reason="口座なし")
    make_disbursement(award, cast, amount=7_000, state=DisbursementState.APPROVED)
    settled = make_award(cast, bank=0)
    half = settled.amount_yen // 2
    make_disbursement(settled, cast, amount=half, state=DisbursementState.PAID)
    accept_report(settled, cast, spent=1_000)
    with transaction():
        line = make_bank_line(amount=settled.to_return_yen)
        services.record_returned_money(settled, line=line, by=cast.staff)
    live = make_live_campaign(cast)
    long_ago = clock.today() - timedelta(days=5)
    return {"open": award.id, "settled": settled.id, "live": live.id, "day": long_ago}


def failing() -> set[str]:
    return {finding.name for finding in checks.run() if not finding.holds}


def test_sound_grants_pass_every_check(story: tuple[Connection, dict[str, object]]) -> None:
    assert failing() == set()


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found(story: tuple[Connection, dict[str, object]], fault: str) -> None:
    connection, ids = story
    statement, expected = FAULTS[fault]
    # A session that is open already would take the planting's savepoint with it when it ends.
    db.session.remove()
    with connection.begin_nested() as planting:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for constraint in IN_THE_WAY:
            connection.execute(text(f"ALTER TABLE {constraint}"))
        for part in statement.split("; "):
            wanted = {name: value for name, value in ids.items() if f":{name}" in part}
            assert connection.execute(text(part), wanted).rowcount != 0, part
        found = failing()
        db.session.remove()
        planting.rollback()
    assert expected <= found


def test_every_check_has_a_fault_planted_for_it() -> None:
    assert {check.name for check in checks.CHECKS} == {
        name for _, names in FAULTS.values() for name in names
    }
