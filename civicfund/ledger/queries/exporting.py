"""The book for export: lines streamed in the order of their days, accounts with their balances."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from civicfund.core.db import db
from civicfund.ledger.models import AccountKind

PATIENCE = timedelta(seconds=5)
KINDS = {kind.value: kind for kind in AccountKind}

_WITHIN = """
  e.id <= :upto
  AND (CAST(:date_from AS date) IS NULL OR e.effective_on >= :date_from)
  AND (CAST(:date_to AS date) IS NULL OR e.effective_on <= :date_to)
"""
_LINES = text(
    f"""
    SELECT e.id, t.line, e.effective_on, e.recorded_at, e.kind, e.key, e.memo, e.reverses_id,
      e.is_late, p.full_name, d.code, c.code, t.amount_minor
    FROM journal_entries e JOIN transfers t ON t.entry_id = e.id
    JOIN ledger_accounts d ON d.id = t.debit_account_id
    JOIN ledger_accounts c ON c.id = t.credit_account_id
    LEFT JOIN ledger_parties p ON p.id = e.party_id
    WHERE {_WITHIN} ORDER BY e.effective_on, e.id, t.line
    """  # noqa: S608
)
_COUNT = text(
    f"""
    SELECT count(*) FROM journal_entries e JOIN transfers t ON t.entry_id = e.id WHERE {_WITHIN}
    """  # noqa: S608
)
_ACCOUNTS = text(
    """
    SELECT a.code, a.chart_code, a.kind, a.fund_class, a.name_ja, a.name_en,
      f.code, f.name_ja, f.name_en,
      coalesce(sum(moved.debit - moved.credit) FILTER (WHERE moved.day < :date_from), 0),
      coalesce(sum(moved.debit)
        FILTER (WHERE CAST(:date_from AS date) IS NULL OR moved.day >= :date_from), 0),
      coalesce(sum(moved.credit)
        FILTER (WHERE CAST(:date_from AS date) IS NULL OR moved.day >= :date_from), 0),
      min(moved.day)
    FROM ledger_accounts a JOIN funds f ON f.id = a.fund_id
    JOIN (
      SELECT t.debit_account_id AS account, e.effective_on AS day, sum(t.amount_minor) AS debit,
        0 AS credit
      FROM transfers t JOIN journal_entries e ON e.id = t.entry_id
      WHERE e.id <= :upto AND (CAST(:date_to AS date) IS NULL OR e.effective_on <= :date_to)
      GROUP BY 1, 2
      UNION ALL
      SELECT t.credit_account_id, e.effective_on, 0, sum(t.amount_minor)
      FROM transfers t JOIN journal_entries e ON e.id = t.entry_id
      WHERE e.id <= :upto AND (CAST(:date_to AS date) IS NULL OR e.effective_on <= :date_to)
      GROUP BY 1, 2) AS moved ON moved.account = a.id
    GROUP BY a.id, f.id ORDER BY a.chart_code, a.id
    """
)


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """A transfer with all that its entry says."""

    entry_id: int
    line: int
    effective_on: date
    recorded_at: datetime
    kind: str
    key: str
    memo: str
    reverses_id: int | None
    is_late: bool
    party: str | None
    debit: str
    credit: str
    amount: int


@dataclass(frozen=True, slots=True)
class ExportedAccount:
    """An account with its balances before and after; debits positive."""

    code: str
    chart_code: str
    kind: AccountKind
    fund_class: str | None
    name_ja: str
    name_en: str
    fund_code: str
    fund_name_ja: str
    fund_name_en: str
    opening: int
    debits: int
    credits: int
    first_day: date

    @property
    def closing(self) -> int:
        """The balance at the end of the last day; debits positive."""
        return self.opening + self.debits - self.credits


def settled_upto_now() -> int:
    """The number up to which no entry can still come: what an export can rely on."""
    settled = db.session.execute(text("SELECT ledger_settled(:p)"), {"p": PATIENCE}).scalar()
    if settled is not None:
        return int(settled)
    folded = db.session.execute(text("SELECT max(upto_entry_id) FROM balance_snapshots")).scalar()
    return int(folded or 0)


def exported_lines(
    *, upto: int, date_from: date | None, date_to: date | None
) -> Iterator[ExportedLine]:
    """Through a cursor of the server: the book never stands in memory."""
    result = db.session.execute(
        _LINES,
        {"upto": upto, "date_from": date_from, "date_to": date_to},
        execution_options={"stream_results": True, "yield_per": 2_000},
    )
    for row in result:
        yield ExportedLine(*row)


def exported_line_count(*, upto: int, date_from: date | None, date_to: date | None) -> int:
    """How many lines that will be."""
    return int(
        db.session.execute(
            _COUNT, {"upto": upto, "date_from": date_from, "date_to": date_to}
        ).scalar_one()
    )


def exported_accounts(
    *, upto: int, date_from: date | None, date_to: date | None
) -> list[ExportedAccount]:
    """Every account that moved until the last day, by its code."""
    values: dict[str, Any] = {"upto": upto, "date_from": date_from, "date_to": date_to}
    names = [field.name for field in fields(ExportedAccount)]
    accounts = []
    for row in db.session.execute(_ACCOUNTS, values):
        account = dict(zip(names, row, strict=True))
        account["kind"] = KINDS[account["kind"]]
        for sum_ in ("opening", "debits", "credits"):
            account[sum_] = int(account[sum_])
        accounts.append(ExportedAccount(**account))
    return accounts


def copy_lines(
    *, columns: str, upto: int, date_from: date | None, date_to: date | None
) -> Iterator[bytes]:
    """COPY of every line with these columns as CSV, as the server sends it."""
    connection: Any = db.session.connection().connection.driver_connection
    statement = f"""
        COPY (SELECT {columns}
          FROM journal_entries e JOIN transfers t ON t.entry_id = e.id
          JOIN ledger_accounts d ON d.id = t.debit_account_id
          JOIN ledger_accounts c ON c.id = t.credit_account_id
          LEFT JOIN ledger_parties p ON p.id = e.party_id
          WHERE e.id <= %(upto)s
            AND (%(date_from)s::date IS NULL OR e.effective_on >= %(date_from)s::date)
            AND (%(date_to)s::date IS NULL OR e.effective_on <= %(date_to)s::date)
          ORDER BY e.effective_on, e.id, t.line) TO STDOUT WITH (FORMAT csv)
    """  # noqa: S608  # the columns are our own words
    values = {"upto": upto, "date_from": date_from, "date_to": date_to}
    with connection.cursor() as cursor, cursor.copy(statement, values) as copy:
        for piece in copy:
            yield bytes(piece)
