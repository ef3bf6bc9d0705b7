"""What an export covers: sealed entries between two days, and the accounts that they touch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from civicfund.core import clock
from civicfund.ledger import queries
from civicfund.ledger.models import AccountKind
from civicfund.ledger.queries.exporting import ExportedAccount, ExportedLine, SealedUpto

Select = Callable[..., str]
BATCH = 64 * 1024


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """An entry with its lines, as the plain-text formats write it."""

    lines: tuple[ExportedLine, ...]

    @property
    def head(self) -> ExportedLine:
        """Any line: each carries what the entry says as a whole."""
        return self.lines[0]

    def postings(self) -> Iterator[tuple[str, int]]:
        """(account code, yen; debits positive), two for each line."""
        for line in self.lines:
            yield line.debit, line.amount
            yield line.credit, -line.amount


@dataclass(frozen=True, slots=True)
class Scope:
    """One moment of the book: every sealed entry, and no other; none of them can change."""

    sealed: SealedUpto
    date_from: date | None
    date_to: date | None
    total: int
    made_at: datetime
    progress: Callable[[int, int], None]

    def with_progress(self, progress: Callable[[int, int], None]) -> "Scope":
        """The same, telling how far it is."""
        return replace(self, progress=progress)

    def accounts(self) -> list[ExportedAccount]:
        """Every account that moved until the last day, with its opening and closing balance."""
        return queries.exported_accounts(
            upto=self.sealed.entry_id, date_from=self.date_from, date_to=self.date_to
        )

    def entries(self) -> Iterator[ExportedEntry]:
        """The entries in the order of their days, one at a time."""
        lines: list[ExportedLine] = []
        for done, line in enumerate(self._lines(), 1):
            if lines and lines[0].number != line.number:
                yield ExportedEntry(tuple(lines))
                lines = []
            lines.append(line)
            if done % 10_000 == 0:
                self.progress(done, self.total)
        if lines:
            yield ExportedEntry(tuple(lines))
        self.progress(self.total, self.total)

    def _lines(self) -> Iterator[ExportedLine]:
        return queries.exported_lines(
            upto=self.sealed.entry_id, date_from=self.date_from, date_to=self.date_to
        )

    def select(self, which: Select, *, columns: str) -> str:
        """The statement whose rows a CSV file copies."""
        return which(
            columns=columns,
            upto=self.sealed.entry_id,
            date_from=self.date_from,
            date_to=self.date_to,
        )

    @property
    def first_day(self) -> date | None:
        """The day of the oldest entry of the book."""
        return queries.first_exported_day(upto=self.sealed.entry_id)

    @property
    def opening_day(self) -> date | None:
        """The day at whose end the opening balances stood."""
        return self.date_from - timedelta(days=1) if self.date_from else None

    @property
    def covers(self) -> str:
        """What is in it, for the head of a file."""
        return (
            f"封緘済みの仕訳、仕訳番号 {self.sealed.number} まで"
            f" / sealed entries up to number {self.sealed.number}"
        )

    @property
    def span(self) -> str:
        """`2026-04-01 – 2027-03-31`, for the head of a file."""
        return f"{self.date_from or '…'} – {self.date_to or '…'}"


def scope_of(*, date_from: date | None, date_to: date | None) -> Scope:
    """The book as it stands now, between two days."""
    sealed = queries.sealed_upto()
    total = queries.exported_line_count(upto=sealed.entry_id, date_from=date_from, date_to=date_to)
    return Scope(sealed, date_from, date_to, total, clock.now(), lambda _done, _total: None)


def in_batches(pieces: Iterator[str]) -> Iterator[bytes]:
    """Small pieces of text as larger ones of bytes."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= BATCH:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting).encode()


ROOTS = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.NET_ASSETS: "Equity",
    AccountKind.REVENUE: "Income",
    AccountKind.EXPENSE: "Expenses",
}
