"""The book as files that others can read without us: csv, beancount, hledger."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from civicfund.core.errors import N_, Invalid
from civicfund.ledger.exports.beancount import beancount
from civicfund.ledger.exports.hledger import hledger
from civicfund.ledger.exports.scope import Scope, scope_of
from civicfund.ledger.exports.tables import balances_csv, columns_text, journal_csv

Writer = Callable[[Scope], Iterator[bytes]]
Progress = Callable[[int, int], None]

FILES: dict[str, dict[str, Writer]] = {
    "csv": {
        "journal.csv": journal_csv,
        "balances.csv": balances_csv,
        "columns.txt": columns_text,
    },
    "beancount": {"book.beancount": beancount},
    "hledger": {"book.journal": hledger},
}
# What a browser downloads of each format: one file.
MAIN_FILE = {name: next(iter(files)) for name, files in FILES.items()}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "beancount": "text/plain; charset=utf-8",
    "hledger": "text/plain; charset=utf-8",
}


class UnknownFormat(Invalid):
    """A format that nobody writes."""

    message = N_("There is no export “%(format)s”. Choose csv, beancount or hledger.")
    field = "format"


class DaysReversed(Invalid):
    """The first day is after the last."""

    message = N_("The first day must not be after the last day.")
    field = "from"


def export(
    format: str,  # noqa: A002  # the word of the command line
    *,
    out: Path,
    date_from: date | None = None,
    date_to: date | None = None,
    progress: Progress = lambda _done, _total: None,
) -> list[Path]:
    """Write the book between two days (both included) into files of `out`; answers their paths.

    Every file tells of the same moment. Nothing is held in memory but the accounts. `progress` is
    told (lines done, lines in all).
    """
    writers = _writers(format)
    scope = _scope(date_from, date_to)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, writer in writers.items():
        counted = writer(scope.with_progress(progress))
        with (out / name).open("wb") as file:
            file.writelines(counted)
        written.append(out / name)
    return written


def stream(
    format: str,  # noqa: A002  # the word of the command line
    *,
    date_from: date | None = None,
    date_to: date | None = None,
) -> Iterator[bytes]:
    """The main file of a format, piece by piece, for a download."""
    writer = _writers(format)[MAIN_FILE[format]]
    return writer(_scope(date_from, date_to))


def _writers(name: str) -> dict[str, Writer]:
    if name not in FILES:
        raise UnknownFormat(format=name)
    return FILES[name]


def _scope(date_from: date | None, date_to: date | None) -> Scope:
    if date_from and date_to and date_from > date_to:
        raise DaysReversed
    return scope_of(date_from=date_from, date_to=date_to)
