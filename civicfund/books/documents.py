"""What a book or a statement is before it becomes a page, a CSV file or a PDF: pure values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

ColumnKind = Literal["text", "code", "day", "yen"]
RowKind = Literal["heading", "line", "subtotal", "total"]
Cell = str | int | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: `label` is already in the reader's language; `name` is stable, for machines."""

    name: str
    label: str
    kind: ColumnKind = "text"
    is_wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line: cells by the name of their column (yen as whole numbers), and where each leads.

    `links` maps a column's name to the address of the rows that its figure is made of.
    """

    cells: Mapping[str, Cell]
    kind: RowKind = "line"
    indent: int = 0
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table with its title; `rows` may be an iterator that reads as it goes (a long book).

    `empty` stands in the place of rows where there are none.
    """

    columns: Sequence[Column]
    rows: Iterable[Row]
    title: str = ""
    notes: Sequence[str] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture (SVG) with the words that say the same; its table is a section of the document."""

    title: str
    description: str
    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A book or a statement, in the reader's language.

    `name` is its slug (`balance-sheet`), `span` says of which days it speaks. A long book is shown
    in pages: `earlier` and `later` are the places where the pages beside this one begin.
    `signatures` names who signs it on paper (監事), where somebody does.
    """

    name: str
    title: str
    span: str
    sections: Iterable[Section]
    notes: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    is_landscape: bool = False
    earlier: str = ""
    later: str = ""
    signatures: Sequence[str] = ()
