"""What must hold in the book, looked up anew from the rows: each check can find its fault."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.errors import N_
from civicfund.core.storage import intact_content
from civicfund.ledger.chart import CHART
from civicfund.ledger.drafts import CONTENT_VERSION
from civicfund.ledger.models import Fund, LedgerAccount
from civicfund.ledger.queries.evidence import drawn_evidence

SHOWN = 10
# So many files are read again at each run; every day others are drawn.
PAPERS = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and what it found: `detail` names the rows, for whoever looks into it."""

    name: str
    title: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    """A name, a title for people, and a search for what must not be there."""

    name: str
    title: str
    faults: Callable[[], Iterator[str]]

    def run(self) -> Finding:
        """Search, and tell."""
        found = list(self.faults())
        more = ", …" if len(found) > SHOWN else ""
        detail = f"{len(found)}: {', '.join(found[:SHOWN])}{more}" if found else ""
        return Finding(self.name, self.title, not found, detail)


def _rows(statement: str, **values: object) -> Iterator[str]:
    for row in db.session.execute(text(statement), values):
        yield " ".join(str(value) for value in row)


def _sql(name: str, title: str, statement: str, **values: object) -> Check:
    return Check(name, title, lambda: _rows(statement, **values))


# The checks of the log, in a file of their own, ask in the same way.
sql_check = _sql


def triggers_check(name: str, title: str, wanted: Mapping[str, Sequence[str]]) -> Check:
    """These triggers of these tables are there and fire."""
    tables = [table for table, triggers in wanted.items() for _trigger in triggers]
    return _sql(
        name,
        title,
        """
        SELECT wanted.table_name, wanted.trigger_name
        FROM unnest(CAST(:tables AS text[]), CAST(:triggers AS text[]))
          AS wanted (table_name, trigger_name)
        WHERE NOT EXISTS (SELECT FROM pg_trigger t
          WHERE t.tgrelid = wanted.table_name::regclass AND t.tgname = wanted.trigger_name
            AND t.tgenabled IN ('O', 'A'))
        ORDER BY 1, 2
        """,
        tables=tables,
        triggers=[trigger for triggers in wanted.values() for trigger in triggers],
    )


def _misclassified() -> Iterator[str]:
    """Accounts that say something else than the chart and their fund's designation."""
    for account, fund in db.session.execute(
        select(LedgerAccount, Fund)
        .join(Fund, Fund.id == LedgerAccount.fund_id)
        .order_by(LedgerAccount.id)
    ):
        line = CHART.get(account.chart_code)
        expected = line and (
            f"{line.code}/{fund.code}",
            line.kind,
            line.fund_class(fund.designation),
            line.guard(fund.designation),
        )
        if expected != (account.code, account.kind, account.fund_class, account.guard):
            yield account.code


def _damaged_papers() -> Iterator[str]:
    """Papers whose stored file is gone, or has another hash than when it was attached."""
    for paper in drawn_evidence(seed=clock.today().isoformat(), size=PAPERS):
        if intact_content(paper.stored_file, sha256=paper.sha256) is None:
            yield str(paper.id)


# Every balance added up from its lines: no snapshot is trusted.
FULL_SUMS = """
  SELECT a.id, a.code, coalesce(sum(every.amount), 0) AS balance
  FROM ledger_accounts a LEFT JOIN (
    SELECT debit_account_id AS account, amount_minor AS amount FROM transfers
    UNION ALL SELECT credit_account_id, -amount_minor FROM transfers) AS every
  ON every.account = a.id GROUP BY a.id
"""
# What was held (`balance`) after each entry, in the order of entries. `spends`: it took from it by
# a line that is guarded; the fee of a gift is not, whoever takes it has taken it.
PREFIXES = """
  SELECT holder, entry_id, amount < 0 AND spends AS spends,
    sum(amount) OVER (PARTITION BY holder ORDER BY entry_id) AS balance,
    entry_id = max(entry_id) OVER (PARTITION BY holder) AS is_last
  FROM (
    SELECT holder, entry_id, sum(amount) AS amount, bool_or(spends) AS spends FROM (
      SELECT {holder} AS holder, t.entry_id, {debit} * t.amount_minor AS amount,
        t.debit_guard IN ('account', 'fund') AS spends
      FROM transfers t JOIN ledger_accounts a ON a.id = t.debit_account_id WHERE {held}
      UNION ALL
      SELECT {holder}, t.entry_id, -({debit}) * t.amount_minor, t.credit_guard = 'bank'
      FROM transfers t JOIN ledger_accounts a ON a.id = t.credit_account_id WHERE {held}
    ) AS lines GROUP BY holder, entry_id) AS entries
"""
GUARDED = PREFIXES.format(
    holder="a.code",
    held="a.guard IN ('account', 'bank')",
    debit="CASE a.guard WHEN 'bank' THEN 1 ELSE -1 END",
)
DESIGNATED = PREFIXES.format(holder="a.fund_id", held="a.fund_class = 'designated'", debit="-1")

CHECKS = (
    _sql(
        "trial_balance",
        N_("The trial balance is zero: every yen debited is credited"),
        """
        SELECT sum(ledger_debit_balance(id)) FROM ledger_accounts
        HAVING sum(ledger_debit_balance(id)) <> 0
        """,
    ),
    _sql(
        "snapshots",
        N_("Snapshot and tail give the same balance as adding up every line"),
        f"""
        SELECT code FROM ({FULL_SUMS}) AS whole
        WHERE ledger_debit_balance(id) <> balance ORDER BY code
        """,  # noqa: S608
    ),
    _sql(
        "month_sums",
        N_("The sums of the months are those of their lines"),
        """
        SELECT a.code, coalesce(kept.month, whole.month)
        FROM month_sums kept FULL JOIN (
          SELECT account_id, date_trunc('month', e.effective_on)::date AS month,
            sum(debit) AS debits, sum(credit) AS credits
          FROM (
            SELECT entry_id, debit_account_id AS account_id, amount_minor AS debit, 0 AS credit
              FROM transfers
            UNION ALL SELECT entry_id, credit_account_id, 0, amount_minor FROM transfers) AS every
          JOIN journal_entries e ON e.id = every.entry_id
          WHERE entry_id <= (SELECT max(upto_entry_id) FROM month_sums)
          GROUP BY 1, 2) AS whole
        ON whole.account_id = kept.account_id AND whole.month = kept.month
        JOIN ledger_accounts a ON a.id = coalesce(kept.account_id, whole.account_id)
        WHERE (kept.debits, kept.credits) IS DISTINCT FROM (whole.debits, whole.credits)
        ORDER BY 1, 2
        """,
    ),
    _sql(
        "fund_move_sums",
        N_("The sums of what funds passed on are those of their lines"),
        """
        SELECT giver.code, receiver.code, month
        FROM fund_move_sums kept FULL JOIN (
          SELECT date_trunc('month', e.effective_on)::date AS month,
            t.debit_account_id AS giver_account_id, t.credit_account_id AS receiver_account_id,
            sum(t.amount_minor) AS amount
          FROM transfers t JOIN journal_entries e ON e.id = t.entry_id
          JOIN ledger_accounts d ON d.id = t.debit_account_id AND d.chart_code = '3190'
          JOIN ledger_accounts c ON c.id = t.credit_account_id AND c.chart_code = '3190'
          WHERE entry_id <= (SELECT max(upto_entry_id) FROM month_sums)
          GROUP BY 1, 2, 3) AS whole USING (month, giver_account_id, receiver_account_id)
        JOIN ledger_accounts giver ON giver.id = giver_account_id
        JOIN ledger_accounts receiver ON receiver.id = receiver_account_id
        WHERE kept.amount_minor IS DISTINCT FROM whole.amount
        ORDER BY 1, 2, 3
        """,
    ),
    _sql(
        "transfers",
        N_("Each entry has lines, numbered from 1 without a gap"),
        """
        SELECT e.id FROM journal_entries e LEFT JOIN transfers t ON t.entry_id = e.id
        GROUP BY e.id HAVING count(t.entry_id) = 0 OR max(t.line) <> count(*) OR min(t.line) <> 1
        ORDER BY e.id
        """,
    ),
    _sql(
        "orphans",
        N_("Each line belongs to an entry and to two different accounts that exist"),
        """
        SELECT t.entry_id, t.line FROM transfers t
        LEFT JOIN journal_entries e ON e.id = t.entry_id
        LEFT JOIN ledger_accounts d ON d.id = t.debit_account_id AND d.guard = t.debit_guard
        LEFT JOIN ledger_accounts c ON c.id = t.credit_account_id AND c.guard = t.credit_guard
        WHERE e.id IS NULL OR d.id IS NULL OR c.id IS NULL OR d.id = c.id OR t.amount_minor <= 0
          OR d.currency <> c.currency
        ORDER BY 1, 2
        """,
    ),
    _sql(
        "content",
        N_("Each entry still says what it said when it was booked (its hash is recomputed)"),
        """
        SELECT e.id FROM journal_entries e LEFT JOIN (
          SELECT t.entry_id, string_agg(concat_ws(' ', d.chart_code, d.fund_id, c.chart_code,
              c.fund_id, t.amount_minor, d.currency), E'\\n' ORDER BY t.line) AS body
          FROM transfers t JOIN ledger_accounts d ON d.id = t.debit_account_id
          JOIN ledger_accounts c ON c.id = t.credit_account_id
          GROUP BY t.entry_id) AS lines ON lines.entry_id = e.id
        WHERE e.content_hash <> sha256(convert_to(concat_ws(E'\\n', CAST(:version AS text), e.kind,
          to_char(e.effective_on, 'YYYY-MM-DD'),
          coalesce(e.source_kind, '-') || ' ' || coalesce(e.source_id::text, '-'),
          coalesce(e.party_id::text, '-'), coalesce(e.reverses_id::text, '-'), e.memo,
          lines.body), 'UTF8')) ORDER BY e.id
        """,
        version=CONTENT_VERSION,
    ),
    _sql(
        "amounts",
        N_("Each entry's amount and late mark are what its lines and days say"),
        """
        SELECT e.id FROM journal_entries e LEFT JOIN (
          SELECT entry_id, max(total) AS amount FROM (
            SELECT entry_id, sum(amount_minor) AS total FROM transfers
              GROUP BY entry_id, debit_account_id
            UNION ALL SELECT entry_id, sum(amount_minor) FROM transfers
              GROUP BY entry_id, credit_account_id) AS sums
          GROUP BY entry_id) AS largest ON largest.entry_id = e.id
        WHERE e.amount_minor IS DISTINCT FROM largest.amount
          OR e.is_late <> ((e.recorded_at AT TIME ZONE 'Asia/Tokyo')::date
            >= date_trunc('month', e.effective_on::timestamp) + interval '2 months')
        ORDER BY e.id
        """,
    ),
    _sql(
        "keys",
        N_("No deed was booked twice: each key stands once"),
        "SELECT key FROM journal_entries GROUP BY key HAVING count(*) > 1 ORDER BY key",
    ),
    _sql(
        "reversals",
        N_("Each reversal is the mirror of its original, once"),
        """
        SELECT r.id FROM journal_entries r
        LEFT JOIN journal_entries o ON o.id = r.reverses_id
        WHERE (r.kind = 'reversal') <> (r.reverses_id IS NOT NULL)
          OR r.reverses_id IS NOT NULL AND (o.id IS NULL OR o.id >= r.id
            OR o.reverses_id IS NOT NULL
            OR ARRAY(SELECT row(line, debit_account_id, credit_account_id, amount_minor)::text
                     FROM transfers WHERE entry_id = r.id ORDER BY line)
            <> ARRAY(SELECT row(line, credit_account_id, debit_account_id, amount_minor)::text
                     FROM transfers WHERE entry_id = o.id ORDER BY line)
            OR (SELECT count(*) FROM journal_entries twin
                WHERE twin.reverses_id = r.reverses_id) <> 1)
        ORDER BY r.id
        """,
    ),
    _sql(
        "guarded",
        N_("No bank account is overdrawn, and nothing owed was paid twice"),
        f"""
        SELECT DISTINCT ON (holder) holder, entry_id, balance FROM ({GUARDED}) AS prefixes
        WHERE balance < 0 AND (spends OR is_last) ORDER BY holder, entry_id
        """,  # noqa: S608
    ),
    _sql(
        "designated",
        N_("No designated fund has spent more than was given for its purpose"),
        f"""
        SELECT DISTINCT ON (funds.code) funds.code, entry_id, balance
        FROM ({DESIGNATED}) AS prefixes JOIN funds ON funds.id = holder
        WHERE balance < 0 AND (spends OR is_last) ORDER BY funds.code, entry_id
        """,  # noqa: S608
    ),
    Check(
        "fund_class",
        N_("Each account's kind, class and guard follow from the chart and its fund"),
        _misclassified,
    ),
    _sql(
        "periods",
        N_("Nothing was booked into a period after it was closed"),
        """
        SELECT e.id FROM journal_entries e WHERE e.recorded_at > (SELECT min(p.closed_at)
          FROM fiscal_periods p WHERE p.ends_on >= e.effective_on) ORDER BY e.id
        """,
    ),
    _sql(
        "closings",
        N_("Each closed period was closed by two people, after those before it"),
        """
        SELECT p.starts_on FROM fiscal_periods p WHERE p.closed_at IS NOT NULL AND (
          p.closed_by_id IS NULL OR p.closing_prepared_by_id IS NULL
          OR p.closed_by_id = p.closing_prepared_by_id
          OR EXISTS (SELECT FROM fiscal_periods b
            WHERE b.ends_on < p.starts_on AND b.closed_at IS NULL)) ORDER BY 1
        """,
    ),
    Check(
        "evidence",
        N_("The files behind the entries are there and unchanged (up to 500, drawn anew each day)"),
        _damaged_papers,
    ),
    triggers_check(
        "protection",
        N_("The triggers that protect the book are switched on"),
        {
            "journal_entries": ("append_only", "closed_period"),
            "transfers": ("append_only", "guard"),
            "ledger_accounts": ("classify",),
            "fiscal_periods": ("course",),
            "entry_evidence": ("append_only", "attach_once"),
            "evidence_withdrawals": ("append_only",),
        },
    ),
)


def run() -> list[Finding]:
    """Every check of the book, in order."""
    return [check.run() for check in CHECKS]
