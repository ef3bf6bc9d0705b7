"""`make bench`: a table on the screen and `instance/bench/latest.json`.

`python -m bench posting reading` measures these parts only.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from bench import doors, exporting, posting, reading, sealing
from bench.house import House, fresh_house
from bench.measurement import CONSOLE, Measurement
from civicfund.core.embedded import EmbeddedServer

ROOT = Path(__file__).resolve().parent.parent

PARTS: dict[str, Callable[[House], list[Measurement]]] = {
    "doors": lambda house: doors.measure(house.app),
    "posting": posting.measure,
    "reading": reading.measure,
    "exporting": exporting.measure,
    "sealing": sealing.measure,
}


def main() -> int:
    """Measure on a durable server, each part in a house of its own; 1 when a goal is missed."""
    wanted = sys.argv[1:] or list(PARTS)
    results: list[Measurement] = []
    with tempfile.TemporaryDirectory(prefix="cfb") as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            for part in wanted:
                with fresh_house(server, Path(folder), database=f"bench_{part}") as house:
                    results += PARTS[part](house)
        finally:
            server.stop()
    _show(results)
    out = ROOT / "instance" / "bench" / "latest.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps([result.row() for result in results], indent=2) + "\n")
    return 1 if any(result.is_missed for result in results) else 0


def _show(results: list[Measurement]) -> None:
    table = Table(title="civicfund benchmarks")
    for heading in ("what", "value", "unit", "goal", "holds", "note"):
        table.add_column(heading, justify="right" if heading == "value" else "left")
    for result in results:
        value = "–" if result.value is None else f"{result.value:,g}"
        table.add_row(
            result.name, value, result.unit, result.goal, HOLDS[result.goal and result.holds],
            result.note,
        )  # fmt: skip
    CONSOLE.print(table)


# By whether a goal holds; a figure without a goal holds nothing.
HOLDS = {True: "[green]yes[/]", False: "[red]no[/]", None: "[yellow]not measured[/]", "": ""}


if __name__ == "__main__":
    sys.exit(main())
