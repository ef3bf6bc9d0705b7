"""A sheet: figures side by side in the columns of a statement, each with its way back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import get_locale
from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Cell, Column, Document, Row, RowKind, Section
from civicfund.books.statements.figures import Figure, Figures, Measure, name_of
from civicfund.books.statements.lines import Codes, Item
from civicfund.books.statements.titles import FIGURE, Title
from civicfund.books.statements.years import FiscalYear
from civicfund.books.words import book_day, span_words
from civicfund.web.filters import local_name

THIS, PREVIOUS, DIFFERENCE, TOTAL = "this", "previous", "difference", "total"
# Which lines of the chart an item has in a column.
CodesOf = Codes | Callable[[str], Codes]


def in_japanese() -> bool:
    """Is the reader's language Japanese?"""
    locale = get_locale()
    return locale is None or locale.language == "ja"


def figure_url(asked: Asked, figure: Figure, *more: Figure) -> str:
    """The page of the lines that a figure (or several of a year together) is the sum of."""
    return asked.book_url(FIGURE.slug, year=figure.year, of=name_of((figure, *more)))


@dataclass(frozen=True, slots=True)
class Sheet:
    """`frames` say for each column what is common to its figures: year, 財源区分, 事業区分."""

    asked: Asked
    figures: Figures
    frames: Mapping[str, Figure]

    @classmethod
    def of_two_years(
        cls, asked: Asked, figures: Figures, measure: Measure = Measure.FLOW
    ) -> "Sheet":
        """当年度, 前年度, 増減."""
        this = Figure(year=asked.year, codes=(), measure=measure)
        return cls(asked, figures, {THIS: this, PREVIOUS: replace(this, year=asked.year - 1)})

    def amount(self, column: str, codes: Codes, *, is_debit: bool = False) -> int:
        """A figure as it would stand in a column, in the measure of its frame."""
        return self.figures.amount(replace(self.frames[column], codes=codes, is_debit=is_debit))

    def row(
        self,
        label: str,
        codes: CodesOf,
        *,
        is_debit: bool = False,
        kind: RowKind = "line",
        indent: int = 0,
        measure: Measure | None = None,
        programs: tuple[str, ...] = (),
    ) -> Row:
        """A figure in every column, and what it rose by where two years stand side by side."""
        cells: dict[str, Cell] = {"item": label}
        links: dict[str, str] = {}
        for column, frame in self.frames.items():
            chosen = codes(column) if callable(codes) else codes
            figure = replace(
                frame,
                codes=chosen,
                is_debit=is_debit,
                measure=measure or frame.measure,
                programs=programs or frame.programs,
            )
            amount = self.figures.amount(figure) if chosen else 0
            cells[column] = amount
            if amount:
                links[column] = figure_url(self.asked, figure)
        if PREVIOUS in self.frames:
            cells[DIFFERENCE] = int(cells[THIS] or 0) - int(cells[PREVIOUS] or 0)  # type: ignore[arg-type]
        return Row(cells=cells, kind=kind, indent=indent, links=links)

    def sum_row(
        self,
        label: str,
        parts: Mapping[str, Sequence[Figure]],
        *,
        kind: RowKind = "line",
        indent: int = 0,
    ) -> Row:
        """A figure in every column that is itself the sum of figures, with its way back to all."""
        cells: dict[str, Cell] = {"item": label}
        links = {}
        for column in self.frames:
            figures = parts.get(column, ())
            amount = sum(map(self.figures.amount, figures))
            cells[column] = amount
            if amount:
                links[column] = figure_url(self.asked, *figures)
        return Row(cells=cells, links=links, kind=kind, indent=indent)

    def items(self, items: Iterable[Item], *, is_debit: bool = False, indent: int = 2) -> list[Row]:
        """The items that have an amount in any column."""
        rows = [
            self.row(local_name(item), item.codes, is_debit=is_debit, indent=indent)
            for item in items
        ]
        return [row for row in rows if has_amount(row)]


def has_amount(row: Row) -> bool:
    """Does any column say something?"""
    return any(isinstance(cell, int) and cell for cell in row.cells.values())


def heading(label: str, *, indent: int = 0) -> Row:
    """A line that only names what follows."""
    return Row(cells={"item": label}, kind="heading", indent=indent)


def two_year_columns() -> list[Column]:
    """科目, 当年度, 前年度, 増減."""
    return [
        item_column(),
        Column(name=THIS, label=_("This year"), kind="yen"),
        Column(name=PREVIOUS, label=_("Previous year"), kind="yen"),
        Column(name=DIFFERENCE, label=_("Increase or decrease"), kind="yen"),
    ]


def item_column() -> Column:
    """科目."""
    return Column(name="item", label=_("Item"), is_wide=True)


def statement(
    title: Title,
    *,
    span: str,
    sections: Sequence[Section],
    notes: Sequence[str] = (),
    is_landscape: bool = False,
) -> Document:
    """A document under the name of its statement."""
    return Document(
        name=title.slug,
        title=local_name(title),
        span=span,
        sections=sections,
        notes=notes,
        is_landscape=is_landscape,
    )


def span_of(year: int) -> str:
    """The days that a statement of a year speaks of."""
    first = FiscalYear(year).starts_on
    return span_words(first, FiscalYear(year).until)


def moment_of(year: int) -> str:
    """The day at whose end the balances of a year stand."""
    return str(_("As of %(day)s", day=book_day(FiscalYear(year).until)))
