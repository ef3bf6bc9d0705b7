"""The book as files that others can read without us: csv, ledger, beancount, hledger, book."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from civicfund.core.errors import N_, Invalid
from civicfund.ledger import days
from civicfund.ledger.exports.beancount import beancount
from civicfund.ledger.exports.book import export_book, zipped_book
from civicfund.ledger.exports.columns import BALANCES, JOURNAL, LEDGER, heading
from civicfund.ledger.exports.hledger import hledger
from civicfund.ledger.exports.package import (
    MANIFEST,
    Piece,
    Resource,
    make_empty,
    package,
    table_schema,
    write,
)
from civicfund.ledger.exports.scope import Scope, in_batches, scope_of
from civicfund.ledger.exports.tables import balances_csv, columns_text, journal_csv, ledger_csv

Progress = Callable[[int, int], None]
CSV = "text/csv"
TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a format: who writes it, and what the package says about it."""

    name: str
    write: Callable[[Scope], Iterator[Piece]]
    description: str
    media_type: str = TEXT
    schema: dict[str, Any] | None = None

    def resource(self) -> Resource:
        """Fresh, to be counted and hashed while it is written."""
        return Resource(self.name, self.media_type, self.description, self.schema)


def _plain(writer: Callable[[Scope], Iterator[str]], scope: Scope) -> Iterator[Piece]:
    return ((0, piece) for piece in in_batches(writer(scope)))


def _columns(**tables: Any) -> Callable[[Scope], Iterator[Piece]]:
    return partial(columns_text, tables={f"{name}.csv": of for name, of in tables.items()})


_ACCOUNT = heading(BALANCES, "account")
_BALANCES = File(
    "balances.csv", balances_csv, "勘定ごとの残高 / Balances by account", CSV,
    table_schema([column.field for column in BALANCES], key=[_ACCOUNT]),
)  # fmt: skip
FORMATS: dict[str, tuple[File, ...]] = {
    "csv": (
        File(
            "journal.csv", journal_csv, "仕訳帳 / Journal", CSV,
            table_schema(
                [column.field for column in JOURNAL],
                key=[heading(JOURNAL, "number"), heading(JOURNAL, "line")],
                foreign=[
                    (heading(JOURNAL, side), "balances", _ACCOUNT) for side in ("debit", "credit")
                ],
            ),
        ),
        _BALANCES,
        File("columns.txt", _columns(journal=JOURNAL, balances=BALANCES), "列の説明 / Columns"),
    ),
    "ledger": (
        File(
            "ledger.csv", ledger_csv, "総勘定元帳 / General ledger with running balances", CSV,
            table_schema(
                [column.field for column in LEDGER],
                foreign=[(heading(LEDGER, "account"), "balances", _ACCOUNT)],
            ),
        ),
        _BALANCES,
        File("columns.txt", _columns(ledger=LEDGER, balances=BALANCES), "列の説明 / Columns"),
    ),
    "beancount": (File("book.beancount", partial(_plain, beancount), "beancount"),),
    "hledger": (File("book.journal", partial(_plain, hledger), "hledger"),),
}  # fmt: skip
BOOK = "book"
NAMES = (*FORMATS, BOOK)
# What a browser downloads of each format: one file.
MAIN_FILE = {name: files[0].name for name, files in FORMATS.items()} | {BOOK: "book.zip"}
MEDIA_TYPES = {name: f"{files[0].media_type}; charset=utf-8" for name, files in FORMATS.items()} | {
    BOOK: "application/zip"
}


class UnknownFormat(Invalid):
    """A format that nobody writes."""

    message = N_("There is no export “%(format)s”. Choose csv, ledger, beancount, hledger or book.")
    field = "format"


class DaysReversed(Invalid):
    """The first day is after the last."""

    message = N_("The first day must not be after the last day.")
    field = "from"


class DayOutsideBooks(Invalid):
    """A day that no book is of."""

    message = N_("No book speaks of %(day)s. Choose days from %(earliest)s to %(latest)s.")
    field = "from"


class BookIsWhole(Invalid):
    """Days were given for the sealed book."""

    message = N_("The sealed book is exported as a whole; leave the days empty.")
    field = "from"


def export(
    format: str,  # noqa: A002  # the word of the command line
    *,
    out: Path,
    date_from: date | None = None,
    date_to: date | None = None,
    is_public: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> list[Path]:
    """Write the book between two days (both included) into the empty folder `out`: its files.

    Every file tells of the same moment, and covers the sealed entries, those that have a number.
    Nothing is held in memory but the accounts. `progress` is told (lines done, lines in all).
    """
    scope = _scope(format, date_from, date_to).with_progress(progress)
    if format == BOOK:
        return export_book(out, scope=scope, is_public=is_public)
    make_empty(out)
    resources = [file.resource() for file in FORMATS[format]]
    written = [
        write(out, resource, file.write(scope))
        for file, resource in zip(FORMATS[format], resources, strict=True)
    ]
    manifest = out / MANIFEST
    manifest.write_bytes(
        package(
            resources,
            title="帳簿 / The book",
            description=f"{scope.span}; {scope.covers}",
            created=scope.made_at.isoformat(timespec="seconds"),
        )
    )
    return [*written, manifest]


def stream(
    format: str,  # noqa: A002  # the word of the command line
    *,
    date_from: date | None = None,
    date_to: date | None = None,
) -> Iterator[bytes]:
    """The main file of a format, piece by piece, for a download; the sealed book as a zip."""
    scope = _scope(format, date_from, date_to)
    if format == BOOK:
        return zipped_book(scope)
    return (piece for _rows, piece in FORMATS[format][0].write(scope))


def _scope(name: str, date_from: date | None, date_to: date | None) -> Scope:
    if name not in NAMES:
        raise UnknownFormat(format=name)
    for day in (date_from, date_to):
        if day and not days.is_of_a_book(day):
            raise DayOutsideBooks(day=day, earliest=days.EARLIEST, latest=days.LATEST)
    if date_from and date_to and date_from > date_to:
        raise DaysReversed
    if name == BOOK and (date_from or date_to):
        raise BookIsWhole
    return scope_of(date_from=date_from, date_to=date_to)
