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


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which of the rows of a list stand on a page: from `start` to before `stop`."""

    start: int
    stop: int
    earlier: str = ""
    later: str = ""


def stretch(numbers: Sequence[int], asked: Asked) -> Stretch:
    """The asked page of rows with these numbers, in their order."""
    if asked.is_whole or len(numbers) <= PER_PAGE:
        return Stretch(0, len(numbers))
    if asked.before_row is not None:
        before = sum(number < asked.before_row for number in numbers)
        start = max(before - PER_PAGE, 0)
    else:
        start = sum(number <= (asked.after_row or 0) for number in numbers)
    stop = min(start + PER_PAGE, len(numbers))
    shown = numbers[start:stop]
    return Stretch(
        start,
        stop,
        str(shown[0]) if shown and start else "",
        "" if stop == len(numbers) else str(shown[-1]),
    )


def listed(rows: Sequence[tuple[int, Row]], asked: Asked, *, total: Row) -> ListPage:
    """The asked page of rows in the order of their numbers; `total` stands behind the last."""
    page = stretch([number for number, _row in rows], asked)
    shown = [row for _number, row in rows[page.start : page.stop]]
    is_last = page.stop == len(rows)
    return ListPage([*shown, *([total] if is_last else [])], page.earlier, page.later)
