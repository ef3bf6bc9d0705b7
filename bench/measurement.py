"""One figure with its goal, and how a median is taken."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Measurement:
    """`value` in `unit`, what it should be, and whether it is."""

    name: str
    value: float
    unit: str
    goal: str
    holds: bool

    def row(self) -> dict[str, object]:
        """For the file of results."""
        return asdict(self)


def at_least(name: str, value: float, goal: float, unit: str = "ratio") -> Measurement:
    """More is better."""
    return Measurement(name, round(value, 3), unit, f">= {goal:g}", value >= goal)


def at_most(name: str, value: float, goal: float, unit: str = "ratio") -> Measurement:
    """Less is better."""
    return Measurement(name, round(value, 3), unit, f"<= {goal:g}", value <= goal)


def median_seconds(deed: Callable[[], object], *, times: int = 5) -> float:
    """The median duration of `deed` over `times` runs, after one to warm up."""
    deed()
    took = []
    for _ in range(times):
        start = time.perf_counter()
        deed()
        took.append(time.perf_counter() - start)
    return statistics.median(took)
