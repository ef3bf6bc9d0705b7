"""What the database itself refuses, whatever a service forgets."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from civicfund.core.db import db
from civicfund.grants.models import AwardState, DisbursementState
from civicfund.grants.queries import reports
from tests.factories.grants import (
    Cast,
    accept_report,
    make_account,
    make_award,
    make_disbursement,
    make_receipt,
)


def refused(statement: str, **values: object) -> str:
    """The name or state of the refusal of a statement that goes behind the services' back."""
    with pytest.raises(DBAPIError) as refusal, db.session.begin_nested():
        db.session.execute(text(statement), values)
    diag = refusal.value.orig.diag
    return diag.constraint_name or refusal.value.orig.sqlstate


def test_instalments_stay_within_the_award(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast)
    copy = (
        "INSERT INTO disbursements (award_id, number, form_key, amount_yen, purpose, state, "
        "payee_account_id, payee, prepared_by_id, prepared_at, fee_yen) SELECT award_id, 2, 'x', "
        ":yen, purpose, 'prepared', payee_account_id, payee, prepared_by_id, now(), 0 "
        "FROM disbursements WHERE id = :id"
    )
    assert refused(copy, id=made.id, yen=1) == "CF301"
    assert refused(copy, id=made.id, yen=0) in {"CF301", "ck_disbursements_amount"}
    assert refused("UPDATE disbursements SET amount_yen = 1 WHERE id = :id", id=made.id) == "CF302"
    payee = "UPDATE disbursements SET payee = '{}' WHERE id = :id"
    assert refused(payee, id=made.id) == "CF302"
    assert refused("UPDATE awards SET reduced_yen = 1 WHERE id = :id", id=award.id) == "CF301"
    assert refused("UPDATE awards SET amount_yen = 1 WHERE id = :id", id=award.id) == "CF303"


def test_a_withdrawn_instalment_does_not_come_back_over_another(cast: Cast) -> None:
    award = make_award(cast)
    first = make_disbursement(award, cast)
    db.session.execute(text("UPDATE disbursements SET state = 'withdrawn'"))
    db.session.expire_all()
    make_disbursement(award, cast)
    back = "UPDATE disbursements SET state = 'prepared' WHERE id = :id"
    assert refused(back, id=first.id) == "CF301"


def test_an_award_that_nobody_accepted_pays_nothing(cast: Cast) -> None:
    award = make_award(cast, gift=100_000, target=10_000, state=AwardState.PROPOSED)
    account = make_account(cast, number="7654321")
    insert = (
        "INSERT INTO disbursements (award_id, number, form_key, amount_yen, purpose, state, "
        "payee_account_id, payee, prepared_by_id, prepared_at, fee_yen) VALUES (:award, 1, 'x', 1, "
        "'', 'prepared', :account, '{}', :staff, now(), 0)"
    )
    assert refused(insert, award=award.id, account=account.id, staff=cast.staff.id) == "CF301"
    offered = "UPDATE awards SET state = 'offered' WHERE id = :id"
    assert refused(offered, id=award.id).startswith("ck_awards_")


def test_nobody_signs_twice(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast)
    sign = "UPDATE disbursements SET approved_by_id = prepared_by_id, state = 'approved'"
    assert refused(sign) == "ck_disbursements_approved_by_another"
    assert refused("UPDATE disbursements SET state = 'approved'") == "ck_disbursements_approved"
    assert refused("UPDATE disbursements SET state = 'paid'").startswith("ck_disbursements_")
    same = "UPDATE payee_accounts SET confirmed_by_id = checked_by_id WHERE id = :id"
    found = refused(same, id=made.payee_account_id)
    assert found == "ck_payee_accounts_confirmed_by_another"


def test_an_organisation_has_one_account_in_use(cast: Cast) -> None:
    account = make_account(cast)
    twin = (
        "INSERT INTO payee_accounts (organisation_id, state, bank_code, bank_name, branch_code, "
        "branch_name, kind, number, holder_kana, proposed_by_id, proposed_at, checked_by_id, "
        "confirmed_by_id) SELECT organisation_id, state, bank_code, bank_name, branch_code, "
        "branch_name, kind, number, holder_kana, proposed_by_id, proposed_at, checked_by_id, "
        "confirmed_by_id FROM payee_accounts WHERE id = :id"
    )
    assert refused(twin, id=account.id) == "uq_payee_accounts_in_use"
    wrong = "UPDATE payee_accounts SET number = '123' WHERE id = :id"
    assert refused(wrong, id=account.id) == "ck_payee_accounts_number"


def test_an_accepted_report_is_frozen(cast: Cast) -> None:
    award = make_award(cast)
    make_disbursement(award, cast, state=DisbursementState.PAID)
    report = accept_report(award, cast)
    assert refused("UPDATE reports SET narrative = '' WHERE id = :id", id=report.id) == "CF304"
    assert refused("UPDATE report_lines SET spent_yen = 1") == "CF304"
    assert refused("UPDATE report_evidence SET amount_yen = 1") == "CF304"
    assert refused("DELETE FROM report_evidence") == "CF304"


def test_what_happened_cannot_be_deleted(cast: Cast) -> None:
    award = make_award(cast)
    make_disbursement(award, cast)
    for table in ("disbursements", "report_lines", "reports", "awards", "payee_accounts"):
        assert refused(f"DELETE FROM {table}") == "42501", table
    make_receipt(reports.report_of(award.id).lines[0], cast)
    assert db.session.execute(text("DELETE FROM report_evidence")).rowcount == 1
