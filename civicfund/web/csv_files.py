"""CSV files that spreadsheets open: UTF-8 with a mark, sent as they are read, no formula run."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from civicfund.core import clock
from civicfund.core.spreadsheets import MARK, csv_row
from civicfund.web.limits import count_file


def csv_response(name: str, lines: Iterable[Sequence[object]]) -> Response:
    """A download of these lines; the file is named after `name` and today."""
    count_file()
    response = Response(stream_with_context(_pieces(lines)), content_type="text/csv; charset=utf-8")
    filename = f"{name}-{clock.today().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _pieces(lines: Iterable[Sequence[object]]) -> Iterator[str]:
    mark = MARK
    for line in lines:
        yield mark + csv_row(line)
        mark = ""
