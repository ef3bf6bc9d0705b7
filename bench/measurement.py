"""One figure with its goal, how a median is taken, and who tells how far it is."""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TypeVar

from rich.console import Console
from rich.progress import track

CONSOLE = Console()
Step = TypeVar("Step")


@dataclass(frozen=True)
class Measurement:
    """`value` in `unit`, what it should be, and whether it is.

    Without a value it was not measured, and `note` says why; without a goal it is a figure to read.
    """

    name: str
    value: float | None
    unit: str
    goal: str
    holds: bool | None
    note: str = ""

    @property
    def is_missed(self) -> bool:
        """A goal that does not hold, or that nobody could measure."""
        return bool(self.goal) and not self.holds

    def row(self) -> dict[str, object]:
        """For the file of results."""
        return asdict(self)


def at_least(
    name: str, value: float, goal: float, unit: str = "ratio", *, note: str = ""
) -> Measurement:
    """More is better."""
    return Measurement(name, _short(value), unit, f">= {goal:g}", value >= goal, note)


def at_most(
    name: str, value: float, goal: float, unit: str = "ratio", *, note: str = ""
) -> Measurement:
    """Less is better."""
    return Measurement(name, _short(value), unit, f"<= {goal:g}", value <= goal, note)


def figure(name: str, value: float, unit: str, *, note: str = "") -> Measurement:
    """Something to read, without a goal."""
    return Measurement(name, _short(value), unit, "", None, note)


def not_measured(name: str, goal: str, reason: str) -> Measurement:
    """A goal that could not be looked at; it counts as missed."""
    return Measurement(name, None, "", goal, None, f"not measured: {reason}")


def _short(value: float) -> float:
    return round(value, 3) if value < 100 else round(value)


def seconds(deed: Callable[[], object]) -> float:
    """How long `deed` takes."""
    start = time.perf_counter()
    deed()
    return time.perf_counter() - start


def median_seconds(deed: Callable[[], object], *, times: int = 5) -> float:
    """The median duration of `deed` over `times` runs, after one to warm up."""
    deed()
    return statistics.median(seconds(deed) for _ in range(times))


def shown(steps: Iterable[Step], name: str) -> Iterator[Step]:
    """The steps, with a bar that tells how far they are."""
    yield from track(list(steps), description=name, console=CONSOLE, transient=True)
