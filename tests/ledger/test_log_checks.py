"""Each check of the log finds the fault that it is there for, planted behind the triggers' back."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from civicfund.core.db import db
from civicfund.ledger import log_checks, queries, services
from tests.factories.ledger import make_fund, make_gift

# What is planted, and the checks that must tell.
FAULTS = {
    "an amount that was changed": (
        "UPDATE transfers SET amount_minor = amount_minor + 1 WHERE (entry_id, line) = (:gift, 1)",
        {"log_leaves"},
    ),
    "a memo that was changed": (
        "UPDATE journal_entries SET memo = 'another' WHERE id = :gift",
        {"log_leaves"},
    ),
    "an account that was renamed": (
        "UPDATE ledger_accounts SET name_ja = '雑費' WHERE code = '4111/C-1'",
        {"log_leaves"},
    ),
    "an entry that was dropped": (
        "DELETE FROM transfers WHERE entry_id = :gift; "
        "DELETE FROM journal_entries WHERE id = :gift",
        {"log_leaves"},
    ),
    "a leaf hash that was changed": (
        "UPDATE seals SET leaf_hash = sha256('x') WHERE number = 2",
        {"log_leaves", "log_tree"},
    ),
    "two entries that changed places": (
        "UPDATE seals SET row_id = row_id + 1000000 WHERE number IS NOT NULL; "
        "UPDATE seals SET row_id = CASE number WHEN 1 THEN :gift WHEN 2 THEN :first "
        "ELSE row_id - 1000000 END WHERE number IS NOT NULL",
        {"log_leaves", "log_numbers"},
    ),
    "a number that is missing": (
        "UPDATE seals SET number = 99 WHERE number = 3",
        {"log_leaves", "log_numbers"},
    ),
    "an entry that was slipped in": (
        "INSERT INTO journal_entries (id, key, kind, effective_on, recorded_at, memo, "
        "amount_minor, is_late, content_hash) OVERRIDING SYSTEM VALUE VALUES (:first - 1, 'x', "
        "'x', '2026-05-01', '2026-05-01', '', 1, false, sha256('x'))",
        {"log_numbers"},
    ),
    "a tile that was changed": (
        "UPDATE log_tiles SET hashes = sha256('x') || substr(hashes, 33) WHERE level = 0",
        {"log_tree"},
    ),
    "a tile that was removed": ("DELETE FROM log_tiles WHERE level = 0", {"log_tree"}),
    "a root that was changed": (
        "UPDATE checkpoints SET root_hash = sha256('x')",
        {"log_tree", "log_signatures"},
    ),
    "a checkpoint that was removed": (
        "DELETE FROM checkpoints WHERE tree_size = (SELECT max(tree_size) FROM checkpoints)",
        {"log_tree"},
    ),
    "a note that was changed": (
        "UPDATE checkpoints SET signed_note = replace(signed_note, 'localhost', 'elsewhere')",
        {"log_signatures"},
    ),
    "a key that was exchanged": (
        "UPDATE signing_keys SET public_key = sha256('x')",
        {"log_leaves", "log_signatures"},
    ),
    "a trigger that was switched off": (
        "ALTER TABLE seals DISABLE TRIGGER append_only",
        {"log_protection"},
    ),
}


def failing() -> set[str]:
    return {finding.name for finding in log_checks.run() if not finding.holds}


def make_log() -> dict[str, int]:
    fund = make_fund(code="C-1")
    first = make_gift(fund, amount=10_000, share=1_500, on=date(2026, 5, 1))
    services.seal_entries()
    gift = make_gift(fund, amount=3_000)
    make_gift(fund, amount=777)
    services.seal_entries()
    db.session.flush()
    return {"first": first.id, "gift": gift.id}


def test_a_sound_log_passes(house: Flask) -> None:
    assert failing() == set()
    make_log()
    assert failing() == set()
    services.rotate_log_key()
    services.seal_entries()
    assert failing() == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(unguarded_house: Connection, fault: str) -> None:
    ids = make_log()
    statement, names = FAULTS[fault]
    # Who may switch triggers off is outside of their reach; the checks are not.
    switched = "" if "TRIGGER" in statement else "SET LOCAL session_replication_role = replica; "
    for part in (switched + statement).split("; "):
        db.session.execute(text(part), {k: v for k, v in ids.items() if f":{k}" in part})
    assert failing() == names


def test_a_fault_is_named_by_its_number(unguarded_house: Connection) -> None:
    ids = make_log()
    db.session.execute(text("SET LOCAL session_replication_role = replica"))
    db.session.execute(
        text("UPDATE transfers SET amount_minor = 1 WHERE entry_id = :gift"), {"gift": ids["gift"]}
    )
    [found] = [finding for finding in log_checks.run() if not finding.holds]
    seal = queries.seal_by_number(2)
    assert seal is not None
    assert found.detail == f"1: 仕訳 2 (leaf {seal.leaf_index})"
