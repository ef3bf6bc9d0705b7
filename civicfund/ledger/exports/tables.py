"""CSV that a spreadsheet opens: UTF-8 with a mark, headings in both languages."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from civicfund.core.spreadsheets import MARK, csv_row
from civicfund.ledger import queries
from civicfund.ledger.exports.columns import BALANCES, JOURNAL, LEDGER, Column
from civicfund.ledger.exports.scope import BATCH, Scope, Select

# How many rows a piece of a file holds, and its bytes.
Piece = tuple[int, bytes]


def journal_csv(scope: Scope) -> Iterator[Piece]:
    """仕訳帳: one row for each line of each entry."""
    return _copied(scope, JOURNAL, queries.journal_select)


def ledger_csv(scope: Scope) -> Iterator[Piece]:
    """総勘定元帳: the lines of each account with the balance after each, below its opening."""
    # Each line stands under both of its accounts.
    return _copied(replace(scope, total=2 * scope.total), LEDGER, queries.ledger_select)


def _copied(scope: Scope, columns: Sequence[Column], select: Select) -> Iterator[Piece]:
    """By COPY: as fast as the server sends."""
    yield 0, _heading(columns)
    statement = scope.select(select, columns=", ".join(column.sql for column in columns))
    waiting, rows, done = bytearray(), 0, 0
    for row in queries.copied(statement):
        waiting += row
        rows += 1
        if len(waiting) >= BATCH:
            yield rows, bytes(waiting)
            done += rows
            waiting, rows = bytearray(), 0
            scope.progress(min(done, scope.total), scope.total)
    yield rows, bytes(waiting)
    scope.progress(scope.total, scope.total)


def balances_csv(scope: Scope) -> Iterator[Piece]:
    """One row for each account: what stood there before, what moved, what stands there after."""
    yield 0, _heading(BALANCES)
    for account in scope.accounts():
        yield 1, _row([getattr(account, column.sql) for column in BALANCES]).encode()


def columns_text(scope: Scope, tables: dict[str, Sequence[Column]]) -> Iterator[Piece]:
    """What each column means, for whoever opens the folder in ten years."""
    yield (
        0,
        (
            f"帳簿の書き出し / Export of the book: {scope.span}\n"
            f"{scope.covers}\n"
            f"作成 / made: {scope.made_at.isoformat(timespec='seconds')}\n"
            "金額はすべて円です。/ All amounts are whole yen.\n"
        ).encode(),
    )
    for file, columns in tables.items():
        said = [f"  {c.heading}: {c.meaning_ja} / {c.meaning_en}\n" for c in columns]
        yield 0, f"\n{file}\n{''.join(said)}".encode()


def _heading(columns: Sequence[Column]) -> bytes:
    return (MARK + _row([column.heading for column in columns])).encode()


def _row(cells: Sequence[object]) -> str:
    # COPY ends its rows with LF.
    return csv_row(cells).removesuffix("\r\n") + "\n"
