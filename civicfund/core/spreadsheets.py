"""Rows of CSV files that people open in a spreadsheet: no text of another runs as a formula.

The sealed book alone is written without: its cells are compared byte for byte with what was sealed.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date, time

# Without it, spreadsheets take UTF-8 for something else and garble every Japanese name.
MARK = "\ufeff"
# Where a spreadsheet sees a formula begin: wide signs too, as a Japanese Excel does; before a
# formula it passes over tabs and ends of lines.
FORMULA_STARTS = "=+-@＝＋－＠\t\r\n"
# What we count or date ourselves is no text: -1234 stays a number.
PLAIN = (int, float, date, time)


def csv_row(cells: Iterable[object]) -> str:
    """One row with its end of line (CRLF, as RFC 4180 says)."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return written.getvalue()


def safe_cell(value: object) -> str:
    """What stands in a cell: numbers and days as they are, texts never as a formula."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if text[:1] in _STARTS and not isinstance(value, PLAIN) else text


def safe_cell_sql(text: str) -> str:
    """The same of an SQL expression, for files that the database writes."""
    starts = ", ".join(f"chr({ord(start)})" for start in FORMULA_STARTS)
    return f"CASE WHEN left({text}, 1) IN ({starts}) THEN '''' || {text} ELSE {text} END"


_STARTS = frozenset(FORMULA_STARTS)
