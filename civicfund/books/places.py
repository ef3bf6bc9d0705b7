"""Where a page of a long book begins: behind one line or row, or before it, come what may."""

from dataclasses import dataclass
from datetime import date
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of the book in the order of the days: its day, its entry, its number there."""

    on: date
    entry_id: int
    line: int

    def __str__(self) -> str:
        return f"{self.on}.{self.entry_id}.{self.line}"

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The place that `2026-05-01.123.2` names; None for anything else."""
        day, _, rest = text.partition(".")
        entry, _, line = rest.partition(".")
        if not (entry.isascii() and entry.isdigit() and line.isascii() and line.isdigit()):
            return None
        if len(entry) > 18 or len(line) > 4:
            return None
        try:
            return cls(date.fromisoformat(day), int(entry), int(line))
        except ValueError:
            return None


def row_of(text: str) -> int | None:
    """The number of the row that `123` names, in a list of funds or parties."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
