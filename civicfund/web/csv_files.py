"""CSV files that spreadsheets open: UTF-8 with a mark, sent as they are read, no formula run."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from civicfund.core import clock

# A cell that begins like this would be run as a formula by the spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_response(name: str, lines: Iterable[Sequence[object]]) -> Response:
    """A download of these lines; the file is named after `name` and today."""
    response = Response(
        stream_with_context(csv_pieces(lines)), content_type="text/csv; charset=utf-8"
    )
    filename = f"{name}-{clock.today().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def csv_pieces(lines: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file in pieces, a line each."""
    mark = "\ufeff"
    for line in lines:
        yield mark + _written([csv_cell(cell) for cell in line])
        mark = ""


def csv_cell(value: object) -> str:
    """What stands in a cell: numbers as they are, texts never as a formula."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text


def _written(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
