"""A list of funds, grants or parties in pages: behind a row by its number, whatever is added."""

from collections.abc import Sequence
from dataclasses import dataclass

from civicfund.books.asking import Asked
from civicfund.books.documents import Row

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some rows of a list, and the numbers behind and before which the pages beside it begin."""

    rows: list[Row]
    earlier: str = ""
    later: str = ""


def listed(rows: Sequence[tuple[int, Row]], asked: Asked, *, total: Row) -> ListPage:
    """The asked page of rows in the order of their numbers; `total` stands behind the last."""
    if asked.is_whole or len(rows) <= PER_PAGE:
        return ListPage([*(row for _number, row in rows), total])
    if asked.before_row is not None:
        before = [place for place, (number, _) in enumerate(rows) if number < asked.before_row]
        start = max(len(before) - PER_PAGE, 0)
    else:
        start = sum(number <= (asked.after_row or 0) for number, _ in rows)
    shown = rows[start : start + PER_PAGE]
    is_last = start + PER_PAGE >= len(rows)
    return ListPage(
        [*(row for _number, row in shown), *([total] if is_last else [])],
        str(shown[0][0]) if shown and start else "",
        "" if is_last else str(shown[-1][0]),
    )
