"""Reading a statement as an accountant does: by the names of its items and columns."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from flask import Flask

from civicfund.books.asking import PUBLIC_ROOM, Asked
from civicfund.books.documents import Document, Row
from civicfund.core import clock
from civicfund.ledger.models import Fund
from civicfund.ledger.rows import PUBLIC

Build = Callable[[Asked], Document]


def asked(year: int, *, figure: str = "", fund: Fund | None = None, is_whole: bool = True) -> Asked:
    """What a reader of the public room asks."""
    first, last = clock.fiscal_days(year)
    return Asked(
        room=PUBLIC_ROOM,
        reader=PUBLIC,
        first=first,
        last=last,
        day=last,
        year=year,
        figure=figure,
        fund=fund,
        is_whole=is_whole,
    )


def rows_of(document: Document) -> list[Row]:
    """Every row of every section."""
    return [row for section in document.sections for row in section.rows]


def read(
    house: Flask, build: Build, year: int = 2026, *, lang: str = "ja", **more: Any
) -> list[Row]:
    """The rows of a statement, in a language."""
    with house.test_request_context(f"/?lang={lang}"):
        return rows_of(build(asked(year, **more)))


def amounts(rows: list[Row], column: str = "this") -> dict[str, Any]:
    """The figures of a column by the name of their item; the last of a name wins."""
    return {str(row.cells.get("item")): row.cells[column] for row in rows if column in row.cells}


def linked(rows: list[Row]) -> Iterator[tuple[Row, str, int, str]]:
    """Each figure with its row, its column and the address that it leads to."""
    for row in rows:
        for column, url in row.links.items():
            cell = row.cells[column]
            if isinstance(cell, int):
                yield row, column, cell, url


LAST_DAY = date(2027, 3, 31)
