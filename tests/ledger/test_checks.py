"""Each check finds the fault that it is there for, planted behind the triggers' back."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from civicfund.core.db import db
from civicfund.core.money import yen
from civicfund.ledger import checks, posting_rules, queries, services
from tests.factories.ledger import make_bank_balance, make_closed_period, make_fund, make_gift

# What is planted, and the checks that must tell.
FAULTS = {
    "a snapshot that was edited": (
        "UPDATE balance_snapshots SET debits = debits + 1 WHERE account_id = "
        "(SELECT id FROM ledger_accounts WHERE code = '1131/GENERAL')",
        {"trial_balance", "snapshots"},
    ),
    "a snapshot that was edited on both sides": (
        "UPDATE balance_snapshots SET debits = debits + 1 WHERE account_id IN "
        "(SELECT id FROM ledger_accounts WHERE code = '1131/GENERAL'); "
        "UPDATE balance_snapshots SET credits = credits + 1 WHERE account_id IN "
        "(SELECT id FROM ledger_accounts WHERE code = '4111/C-1')",
        {"snapshots"},
    ),
    "a month's sum that was edited": (
        "UPDATE month_sums SET debits = debits + 1 WHERE account_id = "
        "(SELECT id FROM ledger_accounts WHERE code = '1131/GENERAL')",
        {"month_sums"},
    ),
    "a month's sum that was removed": (
        "DELETE FROM month_sums WHERE account_id = "
        "(SELECT id FROM ledger_accounts WHERE code = '4191/C-1')",
        {"month_sums"},
    ),
    "a sum of what funds passed on that was edited": (
        "UPDATE fund_move_sums SET amount_minor = amount_minor + 1",
        {"fund_move_sums"},
    ),
    "a sum of what funds passed on that was removed": (
        "DELETE FROM fund_move_sums",
        {"fund_move_sums"},
    ),
    "an entry without lines": (
        "INSERT INTO journal_entries (key, kind, effective_on, recorded_at, memo, amount_minor, "
        "is_late, content_hash) VALUES ('x', 'x', '2026-05-01', '2026-05-01', '', 1, false, "
        "sha256('x'))",
        {"transfers", "content", "amounts"},
    ),
    "a line that was removed": (
        "DELETE FROM transfers WHERE (entry_id, line) = (:first, 2)",
        {"snapshots", "transfers", "content", "reversals"},
    ),
    "a line of no entry": (
        "INSERT INTO transfers SELECT 0, 1, debit_account_id, debit_guard, credit_account_id, "
        "credit_guard, 5 FROM transfers WHERE (entry_id, line) = (:first, 1)",
        {"orphans"},
    ),
    "a line whose copy of the guard lies": (
        "UPDATE transfers SET debit_guard = 'none' WHERE debit_guard = 'fund'",
        {"orphans"},
    ),
    "an amount that was edited": (
        "UPDATE transfers SET amount_minor = amount_minor + 1 WHERE (entry_id, line) = (:gift, 1)",
        {"snapshots", "content", "amounts"},
    ),
    "an account that was exchanged": (
        "UPDATE transfers SET credit_account_id = (SELECT id FROM ledger_accounts "
        "WHERE code = '4191/C-1'), credit_guard = 'none' WHERE (entry_id, line) = (:gift, 1)",
        {"snapshots", "content"},
    ),
    "a day that was moved": (
        "UPDATE journal_entries SET effective_on = '2026-06-02' WHERE id = :gift",
        {"content", "month_sums"},
    ),
    "a searched amount that lies": (
        "UPDATE journal_entries SET amount_minor = 1 WHERE id = :gift",
        {"amounts"},
    ),
    "a late entry made to look timely": (
        "UPDATE journal_entries SET is_late = NOT is_late WHERE id = :gift",
        {"amounts"},
    ),
    "a key that stands twice": (
        "ALTER TABLE journal_entries DROP CONSTRAINT uq_journal_entries_key; "
        "UPDATE journal_entries SET key = (SELECT key FROM journal_entries WHERE id = :first) "
        "WHERE id = :gift",
        {"keys"},
    ),
    "a reversal that is no mirror": (
        "UPDATE journal_entries SET reverses_id = :gift WHERE kind = 'reversal'",
        {"reversals", "content"},
    ),
    "a reversal that names nothing": (
        "UPDATE journal_entries SET reverses_id = NULL WHERE kind = 'reversal'",
        {"reversals", "content"},
    ),
    "a bank account overdrawn": (
        "INSERT INTO transfers SELECT :gift, 4, d.id, d.guard, c.id, c.guard, 10000000 "
        "FROM ledger_accounts d, ledger_accounts c "
        "WHERE d.code = '5233/GENERAL' AND c.code = '1112/GENERAL'",
        {"guarded"},
    ),
    "a grant paid twice": (
        "INSERT INTO transfers SELECT :gift, 4, d.id, d.guard, c.id, c.guard, 500 "
        "FROM ledger_accounts d, ledger_accounts c "
        "WHERE d.code = '2121/C-1' AND c.code = '1131/GENERAL'",
        {"guarded"},
    ),
    "a fund that spent what it did not have": (
        "INSERT INTO transfers SELECT :gift, 4, d.id, d.guard, c.id, c.guard, 1000000 "
        "FROM ledger_accounts d, ledger_accounts c "
        "WHERE d.code = '5101/C-1' AND c.code = '2121/C-1'",
        {"designated"},
    ),
    "an award booked before the gift that it spends": (
        "UPDATE transfers SET amount_minor = amount_minor + 1 WHERE (entry_id, line) = (:gift, 1); "
        "INSERT INTO transfers SELECT :opening, 4, d.id, d.guard, c.id, c.guard, 1 "
        "FROM ledger_accounts d, ledger_accounts c "
        "WHERE d.code = '5101/C-1' AND c.code = '2121/C-1'",
        {"designated"},
    ),
    "a grant paid before it was awarded": (
        "INSERT INTO transfers SELECT :opening, 4, d.id, d.guard, c.id, c.guard, 1 "
        "FROM ledger_accounts d, ledger_accounts c "
        "WHERE d.code = '2121/C-1' AND c.code = '1131/GENERAL'; "
        "UPDATE transfers SET amount_minor = amount_minor + 1 WHERE debit_account_id = "
        "(SELECT id FROM ledger_accounts WHERE code = '5101/C-1')",
        {"guarded"},
    ),
    "a designated account called general": (
        "UPDATE ledger_accounts SET fund_class = 'general' WHERE code = '4111/C-1'",
        {"fund_class"},
    ),
    "a fund whose designation was changed": (
        "UPDATE funds SET designation = 'general' WHERE code = 'C-1'",
        {"fund_class"},
    ),
    "an account freed of its guard": (
        "UPDATE ledger_accounts SET guard = 'none' WHERE code = '2121/C-1'",
        {"fund_class", "orphans"},
    ),
    "an entry in a period that was closed before": (
        "INSERT INTO fiscal_periods (starts_on, ends_on, closed_at) "
        "VALUES ('2026-01-01', '2026-12-31', '2026-01-02')",
        {"periods", "closings"},
    ),
    "a period that one person closed": (
        "UPDATE fiscal_periods SET closed_at = now(), closed_by_id = closing_prepared_by_id",
        {"closings"},
    ),
    "a period closed before an earlier one": (
        "UPDATE fiscal_periods SET closed_at = NULL, closed_by_id = NULL "
        "WHERE starts_on = '2025-04-01'",
        {"closings"},
    ),
    "a paper whose file is gone": (
        "INSERT INTO stored_files (key, sha256, media_type, size_bytes, original_name, stored_at) "
        "VALUES ('originals/gone.pdf', repeat('0', 64), 'application/pdf', 1, 'a.pdf', now()); "
        "INSERT INTO entry_evidence (entry_id, kind, stored_file_id, sha256, added_at) "
        "SELECT :gift, 'receipt', max(id), repeat('0', 64), now() FROM stored_files",
        {"evidence"},
    ),
    "a trigger switched off": (
        "ALTER TABLE transfers DISABLE TRIGGER guard",
        {"protection"},
    ),
    "a trigger removed": (
        "DROP TRIGGER append_only ON journal_entries",
        {"protection"},
    ),
}


def _live() -> dict[str, int]:
    """A balance, two gifts of three lines, a match, an award, a reversal; half of it folded."""
    general = queries.general_fund()
    make_closed_period(date(2025, 4, 1), date(2025, 4, 30))
    make_closed_period(date(2025, 5, 1), date(2025, 5, 31))
    first = make_bank_balance(100_000, on=date(2026, 5, 1))
    fund = make_fund(code="C-1")
    gift = make_gift(fund, amount=10_000, share=1_500, fee=360, on=date(2026, 5, 1))
    wrong = make_gift(fund, amount=7_000, share=1_050, fee=252, on=date(2026, 5, 1))
    services.reverse_entry(wrong.id, key="undo", reason="二重の記帳")
    matched = posting_rules.match_from_fund(yen(100), giver=fund, receiver=make_fund(code="C-2"))
    services.post_entry(matched, key="match")
    services.fold_balances()
    services.post_entry(posting_rules.grant_awarded(yen(5_000), fund=fund), key="award")
    services.post_entry(
        posting_rules.grant_instalment_paid(yen(5_000), fund=fund, general=general), key="paid"
    )
    services.post_entry(posting_rules.bank_transfer_fee(yen(330), general=general), key="fee")
    return {"first": wrong.id, "gift": gift.id, "opening": first.id}


def failing() -> set[str]:
    return {finding.name for finding in checks.run() if not finding.holds}


def test_a_sound_book_passes_every_check(house: Flask) -> None:
    assert failing() == set()
    _live()
    assert failing() == set()


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found(unguarded_house: Connection, fault: str) -> None:
    ids = _live()
    db.session.flush()
    statement, expected = FAULTS[fault]
    unguarded_house.execute(text("SET LOCAL session_replication_role = replica"))
    for part in statement.split("; "):
        wanted = {name: number for name, number in ids.items() if f":{name}" in part}
        assert unguarded_house.execute(text(part), wanted).rowcount != 0, part
    assert expected <= failing()


def test_every_check_has_a_fault_planted_for_it() -> None:
    assert {check.name for check in checks.CHECKS} == {
        name for _, names in FAULTS.values() for name in names
    }


def test_a_finding_names_the_rows(unguarded_house: Connection) -> None:
    ids = _live()
    unguarded_house.execute(text("SET LOCAL session_replication_role = replica"))
    unguarded_house.execute(text("UPDATE journal_entries SET memo = 'x'"))
    [content] = [finding for finding in checks.run() if finding.name == "content"]
    assert content.detail.startswith(f"8: {ids['opening']}, ")
