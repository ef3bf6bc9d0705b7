"""The book for export: lines streamed in the order of their days, accounts with their balances.

It ends at the newest sealed entry: what lies below has its 仕訳番号 and can no longer change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from civicfund.core.db import db, streamed
from civicfund.ledger.models import SHOWS_LATE, AccountKind

KINDS = {kind.value: kind for kind in AccountKind}

_WITHIN = """
  e.id <= :upto
  AND (CAST(:date_from AS date) IS NULL OR e.effective_on >= :date_from)
  AND (CAST(:date_to AS date) IS NULL OR e.effective_on <= :date_to)
"""
_LINES = text(
    f"""
    SELECT s.number, t.line, e.effective_on, e.recorded_at, e.kind, e.key, e.memo,
      CASE WHEN e.reverses_id IS NOT NULL THEN (SELECT o.number FROM seals o
        WHERE o.kind = 'entry' AND o.row_id = e.reverses_id) END,
      {SHOWS_LATE}, p.full_name, d.code, c.code, t.amount_minor
    FROM journal_entries e JOIN transfers t ON t.entry_id = e.id
    JOIN seals s ON s.kind = 'entry' AND s.row_id = e.id
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
# Without days nothing but the lines themselves is read, by the indexes of their accounts.
_COUNT_ALL = text("SELECT count(*) FROM transfers WHERE entry_id <= :upto")
_MOVED_EVER = """
  SELECT debit_account_id AS account, NULL::date AS day, sum(amount_minor) AS debit, 0 AS credit
  FROM transfers WHERE entry_id <= :upto GROUP BY 1
  UNION ALL
  SELECT credit_account_id, NULL, 0, sum(amount_minor)
  FROM transfers WHERE entry_id <= :upto GROUP BY 1
"""
_MOVED_BY_DAY = """
  SELECT t.debit_account_id AS account, e.effective_on AS day, sum(t.amount_minor) AS debit,
    0 AS credit
  FROM transfers t JOIN journal_entries e ON e.id = t.entry_id
  WHERE e.id <= :upto AND (CAST(:date_to AS date) IS NULL OR e.effective_on <= :date_to)
  GROUP BY 1, 2
  UNION ALL
  SELECT t.credit_account_id, e.effective_on, 0, sum(t.amount_minor)
  FROM transfers t JOIN journal_entries e ON e.id = t.entry_id
  WHERE e.id <= :upto AND (CAST(:date_to AS date) IS NULL OR e.effective_on <= :date_to)
  GROUP BY 1, 2
"""
_ACCOUNTS = """
  SELECT a.code, a.chart_code, a.kind, a.fund_class, a.name_ja, a.name_en,
    f.code, f.name_ja, f.name_en,
    coalesce(sum(moved.debit - moved.credit) FILTER (WHERE moved.day < :date_from), 0),
    coalesce(sum(moved.debit)
      FILTER (WHERE CAST(:date_from AS date) IS NULL OR moved.day >= :date_from), 0),
    coalesce(sum(moved.credit)
      FILTER (WHERE CAST(:date_from AS date) IS NULL OR moved.day >= :date_from), 0)
  FROM ledger_accounts a JOIN funds f ON f.id = a.fund_id
  JOIN ({moved}) AS moved ON moved.account = a.id
  GROUP BY a.id, f.id ORDER BY a.chart_code, a.id
"""
_FIRST_DAY = text("SELECT min(effective_on) FROM journal_entries WHERE id <= :upto")


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """A transfer with all that its entry says."""

    number: int
    line: int
    effective_on: date
    recorded_at: datetime
    kind: str
    key: str
    memo: str
    reverses: int | None
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

    @property
    def closing(self) -> int:
        """The balance at the end of the last day; debits positive."""
        return self.opening + self.debits - self.credits


@dataclass(frozen=True, slots=True)
class SealedUpto:
    """The newest sealed entry: its id, its 仕訳番号, and the size of the signed tree above it."""

    entry_id: int
    number: int
    tree_size: int


def sealed_upto() -> SealedUpto:
    """What an export can rely on; all zero while nothing is sealed."""
    row = db.session.execute(
        text(
            """
            SELECT coalesce(max(row_id) FILTER (WHERE number IS NOT NULL), 0),
              coalesce(max(number), 0),
              (SELECT coalesce(max(tree_size), 0) FROM checkpoints)
            FROM seals WHERE number = (SELECT max(number) FROM seals)
            """
        )
    ).one()
    return SealedUpto(*row)


def exported_lines(
    *, upto: int, date_from: date | None, date_to: date | None
) -> Iterator[ExportedLine]:
    """Through a cursor of the server: the book never stands in memory."""
    values = {"upto": upto, "date_from": date_from, "date_to": date_to}
    for row in streamed(_LINES, values):
        yield ExportedLine(*row)


def exported_line_count(*, upto: int, date_from: date | None, date_to: date | None) -> int:
    """How many lines that will be."""
    if date_from is None and date_to is None:
        return int(db.session.execute(_COUNT_ALL, {"upto": upto}).scalar_one())
    values = {"upto": upto, "date_from": date_from, "date_to": date_to}
    return int(db.session.execute(_COUNT, values).scalar_one())


def first_exported_day(*, upto: int) -> date | None:
    """The day of the oldest entry; None in an empty book."""
    day: date | None = db.session.execute(_FIRST_DAY, {"upto": upto}).scalar_one()
    return day


def exported_accounts(
    *, upto: int, date_from: date | None, date_to: date | None
) -> list[ExportedAccount]:
    """Every account that moved until the last day, by its code."""
    has_days = date_from is not None or date_to is not None
    statement = text(_ACCOUNTS.format(moved=_MOVED_BY_DAY if has_days else _MOVED_EVER))
    values: dict[str, Any] = {"upto": upto, "date_from": date_from}
    if has_days:
        values["date_to"] = date_to
    names = [field.name for field in fields(ExportedAccount)]
    accounts = []
    for row in db.session.execute(statement, values):
        account = dict(zip(names, row, strict=True))
        account["kind"] = KINDS[account["kind"]]
        for sum_ in ("opening", "debits", "credits"):
            account[sum_] = int(account[sum_])
        accounts.append(ExportedAccount(**account))
    return accounts


_MOVED = """
  SELECT t.debit_account_id AS account, t.credit_account_id AS other, e.effective_on AS day,
    s.number, t.line, e.kind, e.party_id, e.memo, t.amount_minor AS debit, NULL::bigint AS credit
  FROM journal_entries e JOIN transfers t ON t.entry_id = e.id
  JOIN seals s ON s.kind = 'entry' AND s.row_id = e.id
  WHERE e.id <= {upto} AND ({date_to}::date IS NULL OR e.effective_on <= {date_to}::date)
  UNION ALL
  SELECT t.credit_account_id, t.debit_account_id, e.effective_on, s.number, t.line, e.kind,
    e.party_id, e.memo, NULL, t.amount_minor
  FROM journal_entries e JOIN transfers t ON t.entry_id = e.id
  JOIN seals s ON s.kind = 'entry' AND s.row_id = e.id
  WHERE e.id <= {upto} AND ({date_to}::date IS NULL OR e.effective_on <= {date_to}::date)
"""
# The opening balance of each account is its first row, with the balance that stood before.
_LEDGER = f"""
  SELECT {{columns}} FROM (
    SELECT account, NULL::bigint AS other, NULL::date AS day, NULL::bigint AS number,
      NULL::smallint AS line, 'opening' AS kind, NULL::bigint AS party_id, NULL AS memo,
      NULL::bigint AS debit, NULL::bigint AS credit,
      coalesce(sum(coalesce(debit, 0) - coalesce(credit, 0))
        FILTER (WHERE day < {{date_from}}::date), 0) AS opening
    FROM ({_MOVED}) AS before GROUP BY account
    UNION ALL
    SELECT moved.*, 0 FROM ({_MOVED}) AS moved
    WHERE {{date_from}}::date IS NULL OR day >= {{date_from}}::date) AS m
  JOIN ledger_accounts a ON a.id = m.account
  LEFT JOIN ledger_accounts o ON o.id = m.other
  LEFT JOIN ledger_parties p ON p.id = m.party_id
  ORDER BY a.chart_code, m.account, m.day NULLS FIRST, m.number NULLS FIRST, m.line
"""  # noqa: S608  # our own words, and the values below
_JOURNAL = """
  SELECT {columns}
  FROM journal_entries e JOIN transfers t ON t.entry_id = e.id
  JOIN seals s ON s.kind = 'entry' AND s.row_id = e.id
  JOIN ledger_accounts d ON d.id = t.debit_account_id
  JOIN ledger_accounts c ON c.id = t.credit_account_id
  LEFT JOIN ledger_parties p ON p.id = e.party_id
  WHERE e.id <= {upto}
    AND ({date_from}::date IS NULL OR e.effective_on >= {date_from}::date)
    AND ({date_to}::date IS NULL OR e.effective_on <= {date_to}::date)
  ORDER BY e.effective_on, s.number, t.line
"""


def journal_select(*, columns: str, upto: int, date_from: date | None, date_to: date | None) -> str:
    """One row for each line of each entry."""
    return _JOURNAL.format(columns=columns, **_literals(upto, date_from, date_to))


def ledger_select(*, columns: str, upto: int, date_from: date | None, date_to: date | None) -> str:
    """Two rows for each line, one under each of its accounts, below the opening balance."""
    return _LEDGER.format(columns=columns, **_literals(upto, date_from, date_to))


def _literals(upto: int, date_from: date | None, date_to: date | None) -> dict[str, str]:
    # COPY takes no parameters; a number and two days can be written out safely.
    days = {"date_from": date_from, "date_to": date_to}
    return {"upto": f"{upto:d}"} | {
        name: f"'{day:%Y-%m-%d}'" if day else "NULL" for name, day in days.items()
    }


def copied(select: str) -> Iterator[bytes]:
    """The rows of a SELECT as CSV, one by one, by COPY: as fast as the server sends them."""
    connection: Any = db.session.connection().connection.driver_connection
    statement = f"COPY ({select}) TO STDOUT WITH (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in copy:
            yield bytes(row)


def all_checkpoints(*, upto: int) -> Iterator[str]:
    """The signed notes of every checkpoint of at most `upto` leaves, by size."""
    for (note,) in _streamed(
        "SELECT signed_note FROM checkpoints WHERE tree_size <= :upto ORDER BY tree_size", upto=upto
    ):
        yield note


def exported_funds() -> Iterator[tuple[Any, ...]]:
    """code, kind, designation, program, name_ja, name_en of each fund, by its code."""
    return _streamed(
        "SELECT code, kind, designation, program, name_ja, name_en FROM funds ORDER BY code"
    )


def exported_parties() -> Iterator[tuple[Any, ...]]:
    """Number, kind, ref, public and full name of each party."""
    return _streamed("SELECT id, kind, ref, public_name, full_name FROM ledger_parties ORDER BY id")


def _streamed(statement: str, **values: object) -> Iterator[tuple[Any, ...]]:
    for row in streamed(text(statement), values):
        yield tuple(row)
