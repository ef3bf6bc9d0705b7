"""What must hold between grants and the book, looked up anew: each check can find its fault."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import text

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.errors import N_
from civicfund.ledger.checks import Check, Finding
from civicfund.payments.models import NEWS_GRACE

# Settlement runs every ten minutes; a day later something stands in its way.
PATIENCE = timedelta(days=1)


def _sql(statement: str) -> Callable[[], Iterator[str]]:
    def faults() -> Iterator[str]:
        values = {
            "now": clock.now(),
            "long_ago": clock.now() - PATIENCE,
            "long_ago_and_news": clock.now() - PATIENCE - NEWS_GRACE,
            "day_before": clock.today() - PATIENCE,
        }
        asked = {name: value for name, value in values.items() if f":{name}" in statement}
        for row in db.session.execute(text(statement), asked):
            yield " ".join(str(value) for value in row)

    return faults


CHECKS = (
    Check(
        "award_entries",
        N_("Each decided award is booked once, with its amount, in its campaign's fund"),
        _sql(
            """
            SELECT a.reference FROM awards a LEFT JOIN journal_entries e ON e.id = a.entry_id
            LEFT JOIN transfers t ON t.entry_id = e.id
            LEFT JOIN ledger_accounts d ON d.id = t.debit_account_id
            LEFT JOIN ledger_accounts c ON c.id = t.credit_account_id
            LEFT JOIN campaigns ON campaigns.id = a.campaign_id
            WHERE a.state <> 'proposed' AND (e.id IS NULL OR e.kind <> 'grant_awarded'
              OR (e.source_kind, e.source_id) IS DISTINCT FROM ('awards', a.id)
              OR t.amount_minor <> a.amount_yen OR a.fund_id <> campaigns.fund_id
              OR (d.chart_code, d.fund_id) <> ('5101', a.fund_id)
              OR (c.chart_code, c.fund_id) <> ('2121', a.fund_id))
            UNION SELECT 'entry ' || e.id FROM journal_entries e
            LEFT JOIN awards a ON a.entry_id = e.id
            WHERE e.kind = 'grant_awarded' AND a.id IS NULL
            ORDER BY 1
            """
        ),
    ),
    Check(
        "payable",
        N_("Award = paid + payable + cancelled: the grants payable of each fund say so"),
        _sql(
            """
            SELECT f.code, coalesce(owed.yen, 0), coalesce(booked.yen, 0) FROM funds f
            LEFT JOIN (
              SELECT a.fund_id, sum(a.amount_yen - a.reduced_yen - coalesce(
                (SELECT sum(d.amount_yen) FROM disbursements d
                 WHERE d.award_id = a.id AND d.state = 'paid'), 0)) AS yen
              FROM awards a WHERE a.entry_id IS NOT NULL GROUP BY a.fund_id) owed
              ON owed.fund_id = f.id
            LEFT JOIN (SELECT fund_id, -ledger_debit_balance(id) AS yen FROM ledger_accounts
              WHERE chart_code = '2121') booked ON booked.fund_id = f.id
            WHERE coalesce(owed.yen, 0) <> coalesce(booked.yen, 0) ORDER BY f.code
            """
        ),
    ),
    Check(
        "instalment_entries",
        N_("Each paid instalment has one entry and one bank line, both of its amount"),
        _sql(
            """
            SELECT a.reference, d.number FROM disbursements d JOIN awards a ON a.id = d.award_id
            LEFT JOIN journal_entries e ON e.id = d.entry_id
            LEFT JOIN bank_lines b ON b.id = d.bank_line_id
            WHERE d.state IN ('paid', 'returned') AND (e.id IS NULL OR b.id IS NULL
              OR e.kind <> 'grant_instalment_paid' OR e.amount_minor <> d.amount_yen
              OR (e.source_kind, e.source_id) IS DISTINCT FROM ('disbursements', d.id)
              OR b.amount_yen <> -d.amount_yen OR (e.effective_on <> b.booked_on
                AND e.memo NOT LIKE '発生日 ' || b.booked_on || '%')
              OR (b.matched_kind, b.matched_id) IS DISTINCT FROM ('disbursements', d.id))
            UNION SELECT 'entry', e.id FROM journal_entries e
            LEFT JOIN disbursements d ON d.entry_id = e.id
            WHERE e.kind = 'grant_instalment_paid' AND d.id IS NULL
            ORDER BY 1, 2
            """
        ),
    ),
    Check(
        "instalment_returns",
        N_("Each instalment that came back has its reversal, and the bank's line of its amount"),
        _sql(
            """
            SELECT a.reference, d.number FROM disbursements d JOIN awards a ON a.id = d.award_id
            LEFT JOIN journal_entries r ON r.reverses_id = d.entry_id
            LEFT JOIN bank_lines b ON b.id = d.return_line_id
            WHERE (d.state = 'returned') <> (r.id IS NOT NULL)
              OR r.id IS DISTINCT FROM d.return_entry_id
              OR d.state = 'returned' AND b.amount_yen IS DISTINCT FROM d.amount_yen
            ORDER BY a.reference, d.number
            """
        ),
    ),
    Check(
        "instalment_sums",
        N_("The instalments of an award never exceed it"),
        _sql(
            """
            SELECT a.reference FROM awards a JOIN disbursements d ON d.award_id = a.id
            WHERE d.state NOT IN ('returned', 'withdrawn')
            GROUP BY a.id HAVING sum(d.amount_yen) > a.amount_yen - a.reduced_yen
            ORDER BY a.reference
            """
        ),
    ),
    Check(
        "settled_sums",
        N_("What an award was reduced by, and what came back of it, is booked"),
        _sql(
            """
            SELECT a.reference FROM awards a
            LEFT JOIN journal_entries r ON r.id = a.reduction_entry_id
            LEFT JOIN journal_entries b ON b.id = a.return_entry_id
            LEFT JOIN bank_lines l ON l.id = a.return_line_id
            WHERE a.reduced_yen <> coalesce(r.amount_minor, 0)
              OR r.id IS NOT NULL AND r.kind <> 'award_reduced'
              OR (a.return_entry_id IS NULL) <> (a.return_line_id IS NULL)
              OR b.id IS NOT NULL AND (b.amount_minor <> a.to_return_yen
                OR l.amount_yen <> a.to_return_yen
                OR b.kind NOT IN ('grant_returned', 'earlier_grant_returned'))
            UNION SELECT 'entry ' || e.id FROM journal_entries e
            LEFT JOIN awards a ON e.id IN (a.reduction_entry_id, a.return_entry_id)
            WHERE e.kind IN ('award_reduced', 'grant_returned', 'earlier_grant_returned')
              AND a.id IS NULL
            ORDER BY 1
            """
        ),
    ),
    Check(
        "two_people",
        N_("Money left, accounts changed and reports were accepted by two different people"),
        _sql(
            """
            SELECT 'instalment', id FROM disbursements WHERE prepared_by_id = approved_by_id
              OR state IN ('approved', 'exported', 'paid', 'returned') AND approved_by_id IS NULL
            UNION SELECT 'account', id FROM payee_accounts WHERE proposed_by_id IN
              (checked_by_id, confirmed_by_id) OR checked_by_id = confirmed_by_id
              OR state = 'confirmed' AND (checked_by_id IS NULL OR confirmed_by_id IS NULL)
            UNION SELECT 'report', id FROM reports WHERE submitted_by_id = accepted_by_id
            UNION SELECT 'award', id FROM awards WHERE over_target AND state <> 'proposed'
              AND accepted_by_id IS NULL
            ORDER BY 1, 2
            """
        ),
    ),
    Check(
        "payees",
        N_("Each instalment was sent to an account that was confirmed for its organisation"),
        _sql(
            """
            SELECT a.reference, d.number FROM disbursements d JOIN awards a ON a.id = d.award_id
            LEFT JOIN payee_accounts p ON p.id = d.payee_account_id
            WHERE p.organisation_id IS DISTINCT FROM a.organisation_id OR p.confirmed_at IS NULL
              OR (d.payee ->> 'bank_code', d.payee ->> 'branch_code', d.payee ->> 'kind',
                  d.payee ->> 'number', d.payee ->> 'holder_kana')
                IS DISTINCT FROM (p.bank_code, p.branch_code, p.kind, p.number, p.holder_kana)
            ORDER BY a.reference, d.number
            """
        ),
    ),
    Check(
        "campaign_awards",
        N_("A campaign is awarded if and only if its award is decided"),
        _sql(
            """
            SELECT c.reference, c.state, a.state FROM campaigns c
            LEFT JOIN awards a ON a.campaign_id = c.id
            WHERE (c.state IN ('awarded', 'completed')) <>
                (a.id IS NOT NULL AND a.state <> 'proposed')
              OR a.organisation_id <> c.organisation_id
              OR (c.state = 'completed') <> EXISTS (SELECT FROM reports r
                WHERE r.award_id = a.id AND r.state = 'accepted')
            ORDER BY c.reference
            """
        ),
    ),
    Check(
        "settlement",
        N_("No campaign waits for its settlement longer than its payments allow"),
        _sql(
            """
            SELECT c.reference, c.state FROM campaigns c
            LEFT JOIN awards a ON a.campaign_id = c.id
            WHERE c.state = 'live' AND c.deadline_on < :day_before AND NOT EXISTS (
                SELECT FROM donations d LEFT JOIN payments p ON p.id = d.payment_id
                WHERE d.campaign_id = c.id AND d.state IN ('started', 'pending')
                  AND p.expires_at > :long_ago_and_news)
              OR c.state = 'succeeded' AND a.id IS NULL AND :long_ago > c.closed_at
                + make_interval(days => CAST(c.rules ->> 'charge_retry_days' AS integer))
            ORDER BY c.reference
            """
        ),
    ),
    Check(
        "nothing_left",
        N_("Money that came after an award is not left in its fund, where nobody can grant it"),
        _sql(
            """
            SELECT c.reference, ledger_designated_balance(c.fund_id) FROM campaigns c
            JOIN awards a ON a.campaign_id = c.id
            WHERE c.state IN ('awarded', 'completed')
              AND ledger_designated_balance(c.fund_id) > a.reduced_yen
                + CASE WHEN a.return_entry_id IS NULL THEN 0 ELSE a.to_return_yen END
            ORDER BY c.reference
            """
        ),
    ),
    Check(
        "reports",
        N_("Each award has its report, and filed reports have receipts for each yen spent"),
        _sql(
            """
            SELECT a.reference FROM awards a LEFT JOIN reports r ON r.award_id = a.id
            WHERE a.state <> 'proposed' AND (r.id IS NULL OR EXISTS (
                SELECT FROM budget_lines b WHERE b.campaign_id = a.campaign_id AND NOT EXISTS (
                  SELECT FROM report_lines l WHERE l.report_id = r.id
                    AND l.budget_line_id = b.id)))
            UNION SELECT a.reference FROM reports r JOIN awards a ON a.id = r.award_id
            JOIN report_lines l ON l.report_id = r.id
            WHERE r.state IN ('submitted', 'accepted') AND l.spent_yen > coalesce(
              (SELECT sum(v.amount_yen) FROM report_evidence v WHERE v.report_line_id = l.id), 0)
            ORDER BY 1
            """
        ),
    ),
    Check(
        "grants_protection",
        N_("The triggers that hold instalments, awards and reports are switched on"),
        _sql(
            """
            SELECT wanted.table_name, wanted.trigger_name FROM (VALUES
              ('disbursements', 'hold_disbursements_to_award'),
              ('awards', 'hold_award_to_decision'), ('reports', 'freeze_accepted_report'),
              ('report_lines', 'freeze_accepted_report'),
              ('report_evidence', 'freeze_accepted_report')) AS wanted (table_name, trigger_name)
            WHERE NOT EXISTS (SELECT FROM pg_trigger t
              WHERE t.tgrelid = wanted.table_name::regclass AND t.tgname = wanted.trigger_name
                AND t.tgenabled IN ('O', 'A'))
            ORDER BY 1, 2
            """
        ),
    ),
)


def run() -> list[Finding]:
    """Every check of grants, in order."""
    return [check.run() for check in CHECKS]
