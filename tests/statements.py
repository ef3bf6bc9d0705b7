"""Counting the statements that a page costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@dataclass
class Statements:
    """What was asked of the database, savepoints left out."""

    texts: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self.texts)


@contextmanager
def counted() -> Iterator[Statements]:
    """Count every statement inside, on whatever connection."""
    seen = Statements()

    def note(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        if "SAVEPOINT" not in text:
            seen.texts.append(text)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
