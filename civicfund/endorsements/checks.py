"""What must hold in the register, looked up anew from the rows: each check can find its fault."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import text

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.errors import N_
from civicfund.ledger.checks import Check, Finding

# The nightly job may miss a night; more means that it does not run.
PATIENCE = timedelta(days=2)


def _sql(statement: str) -> Callable[[], Iterator[str]]:
    def faults() -> Iterator[str]:
        values = {"long_ago": clock.today() - PATIENCE}
        asked = {name: value for name, value in values.items() if f":{name}" in statement}
        for row in db.session.execute(text(statement), asked):
            yield " ".join(str(value) for value in row)

    return faults


CHECKS = (
    Check(
        "endorsement_texts",
        N_("Each endorsement says what is vouched for and what not, and every criterion is met"),
        _sql(
            """
            SELECT reference FROM endorsements WHERE state IN ('issued', 'expired', 'revoked')
            AND (jsonb_array_length(vouches_for) = 0 OR jsonb_array_length(does_not_vouch_for) = 0
              OR jsonb_array_length(criteria) = 0
              OR jsonb_path_exists(criteria, '$[*] ? (@.checked != true)')) ORDER BY id
            """
        ),
    ),
    Check(
        "endorsement_register",
        N_("The numbers of each register run from 1 without a gap, and none stands twice"),
        _sql(
            """
            SELECT issuer.register_prefix, entry.register_year, entry.register_number
            FROM (SELECT *, row_number() OVER (PARTITION BY issuer_id, register_year
                ORDER BY register_number, id) AS place
              FROM endorsements WHERE register_number IS NOT NULL) AS entry
            JOIN issuers issuer ON issuer.id = entry.issuer_id
            WHERE entry.register_number <> entry.place OR entry.register_no <> concat_ws('-',
              issuer.register_prefix, entry.register_year,
              lpad(entry.register_number::text, greatest(4, length(entry.register_number::text)),
                '0'))
            ORDER BY 1, 2, 3
            """
        ),
    ),
    Check(
        "endorsement_terms",
        N_("Each endorsement has a last day, but for designations by ordinance"),
        _sql(
            """
            SELECT reference FROM endorsements WHERE state IN ('issued', 'expired', 'revoked')
            AND (valid_from IS NULL OR valid_until < valid_from
              OR valid_until IS NULL AND kind <> 'ordinance_designation') ORDER BY id
            """
        ),
    ),
    Check(
        "endorsement_revocations",
        N_("Each revocation says when, by whom and why"),
        _sql(
            """
            SELECT reference FROM endorsements
            WHERE (state = 'revoked') <> (revoked_at IS NOT NULL) OR state = 'revoked'
              AND (revoked_by_id IS NULL OR btrim(coalesce(revocation_reason, '')) = '')
            ORDER BY id
            """
        ),
    ),
    Check(
        "endorsement_history",
        N_("The history of each endorsement tells how it came to its state"),
        _sql(
            """
            SELECT e.reference, e.state FROM endorsements e
            WHERE NOT EXISTS (SELECT FROM endorsement_events h WHERE h.endorsement_id = e.id
                AND (h.kind = e.state OR e.state = 'requested' AND h.kind = 'resubmitted'))
              OR e.issued_at IS NOT NULL AND NOT EXISTS (SELECT FROM endorsement_events h
                WHERE h.endorsement_id = e.id AND h.kind = 'issued')
            ORDER BY e.id
            """
        ),
    ),
    Check(
        "endorsement_expiry",
        N_("The nightly job notes the terms that have ended"),
        _sql(
            """
            SELECT reference, valid_until FROM endorsements
            WHERE state = 'issued' AND valid_until < :long_ago ORDER BY id
            """
        ),
    ),
    Check(
        "endorsement_protection",
        N_("The triggers that protect the register are switched on"),
        _sql(
            """
            SELECT wanted.table_name, wanted.trigger_name FROM (VALUES
              ('endorsements', 'keep_endorsement_register'),
              ('endorsement_conditions', 'keep_endorsement_condition'),
              ('endorsement_events', 'keep_endorsement_history')) AS wanted
              (table_name, trigger_name)
            WHERE NOT EXISTS (SELECT FROM pg_trigger t
              WHERE t.tgrelid = wanted.table_name::regclass AND t.tgname = wanted.trigger_name
                AND t.tgenabled IN ('O', 'A'))
            ORDER BY 1, 2
            """
        ),
    ),
)


def run() -> list[Finding]:
    """Every check of the register, in order."""
    return [check.run() for check in CHECKS]
