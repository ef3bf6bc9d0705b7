"""How wide the columns of a book are on paper."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from civicfund.books.documents import Column, Row, Section
from civicfund.books.words import cell_words

POINTS_PER_MM = 72 / 25.4
MARGINS = 2 * 15 * POINTS_PER_MM
SHORT_EDGE, LONG_EDGE = 210 * POINTS_PER_MM - MARGINS, 297 * POINTS_PER_MM - MARGINS
# From comfortable to just legible; a portrait page lies down before it goes below 7.
SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)
LEAST_UPRIGHT = 7.0
PADDING = 6.5
# In ems: what a column of text asks for before its lines break, and what a sum never goes below.
TEXT, WIDE_TEXT, SUM = 8.0, 14.0, 6.5
# A word longer than this gets places to break, or it would run into the next column.
LONG_WORD = 12


@dataclass(frozen=True, slots=True)
class TypesetRow:
    """A line as it is printed."""

    kind: str
    indent: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class TypesetSection:
    """A table as it is printed; `natural`: how many ems each column would take unbroken."""

    title: str
    columns: Sequence[Column]
    rows: list[TypesetRow]
    notes: Sequence[str]
    natural: list[float]
    empty: str = ""


def typeset(section: Section, rows: Sequence[Row]) -> TypesetSection:
    """A section with its cells written out and its columns measured."""
    natural = [0.0] * len(section.columns)
    written = []
    for row in rows:
        if row.kind == "heading":
            # It opens a group, across all columns.
            texts = (cell_words(row.cells.get(one.name), one.kind) for one in section.columns)
            words = " ".join(text for text in texts if text)
            written.append(TypesetRow(row.kind, row.indent, [words]))
            continue
        cells = []
        for at, column in enumerate(section.columns):
            text = cell_words(row.cells.get(column.name), column.kind)
            indent = row.indent if at == 0 else 0
            natural[at] = max(natural[at], ems(text) + indent)
            cells.append(breakable(text) if column.kind == "text" else text)
        written.append(TypesetRow(row.kind, row.indent, cells))
    return TypesetSection(
        section.title, section.columns, written, section.notes, natural, section.empty
    )


def ems(text: str) -> float:
    """How wide `text` is, in ems of our font; a little generous."""
    return sum(_em(letter) for letter in text)


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in {"W", "F", "A"}:
        return 1.0
    return 0.68 if letter.isupper() else 0.58


def breakable(text: str) -> str:
    """`text` with invisible places to break in its longest words."""
    if len(text) <= LONG_WORD:
        return text
    return " ".join(
        "\u200b".join(word[at : at + LONG_WORD] for at in range(0, len(word), LONG_WORD))
        if len(word) > LONG_WORD and word.isascii()
        else word
        for word in text.split(" ")
    )


def fitting(sections: Sequence[TypesetSection], *, is_landscape: bool) -> tuple[bool, float]:
    """(lies down, size of the letters in points) with which every table fits its page."""
    if not is_landscape:
        for size in SIZES:
            if size >= LEAST_UPRIGHT and _fit(sections, SHORT_EDGE, size):
                return False, size
    for size in SIZES:
        if _fit(sections, LONG_EDGE, size):
            return True, size
    return True, SIZES[-1]


def _fit(sections: Sequence[TypesetSection], width: float, size: float) -> bool:
    return all(sum(_asked(section, size)) <= width for section in sections)


def _asked(section: TypesetSection, size: float) -> list[float]:
    """The least width of each column, in points."""
    return [
        _least_ems(column, natural) * size + PADDING
        for column, natural in zip(section.columns, section.natural, strict=True)
    ]


def _least_ems(column: Column, natural: float) -> float:
    heading = min(ems(column.label), 4.0)
    if column.kind == "text":
        return max(heading, min(natural, WIDE_TEXT if column.is_wide else TEXT))
    return max(heading, natural, SUM if column.kind == "yen" else 0)


def widths(section: TypesetSection, *, is_landscape: bool, size: float) -> list[float]:
    """The width of each column in points; together they fill the page."""
    width = LONG_EDGE if is_landscape else SHORT_EDGE
    asked = _asked(section, size)
    spare = width - sum(asked)
    if spare < 0:
        return [column * width / sum(asked) for column in asked]
    # First what keeps lines unbroken, then the rest to the columns of text (or to all).
    missing = [
        max(natural * size + PADDING - column, 0)
        for natural, column in zip(section.natural, asked, strict=True)
    ]
    given = min(spare, sum(missing))
    if given:
        asked = [
            column + given * lack / sum(missing)
            for column, lack in zip(asked, missing, strict=True)
        ]
    texts = [column.kind == "text" for column in section.columns]
    shares = [
        column if is_text or not any(texts) else 0
        for column, is_text in zip(asked, texts, strict=True)
    ]
    left = spare - given
    return [
        column + left * share / sum(shares) for column, share in zip(asked, shares, strict=True)
    ]
