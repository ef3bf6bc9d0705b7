"""`make bench`: a table on the screen and `instance/bench/latest.json`."""

import json
import sys
import tempfile
from pathlib import Path

from flask_migrate import upgrade
from rich.console import Console
from rich.table import Table

from bench import book, doors
from bench.measurement import Measurement
from civicfund.app import create_app
from civicfund.core.db import db
from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer
from config import TestConfig

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Measure on a fresh, durable server; 1 when a goal is missed."""
    with tempfile.TemporaryDirectory(prefix="cfb") as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            results = _measure(server, Path(folder))
        finally:
            server.stop()
    _show(results)
    out = ROOT / "instance" / "bench" / "latest.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps([result.row() for result in results], indent=2) + "\n")
    return 0 if all(result.holds for result in results) else 1


def _measure(server: EmbeddedServer, folder: Path) -> list[Measurement]:
    class Here(TestConfig):
        INSTANCE = folder / "instance"
        DATABASE_URL = server.url()
        MIGRATION_DATABASE_URL = server.url(role=OWNER_ROLE)

    app = create_app(Here)
    with app.app_context():
        upgrade()
    try:
        owner = server.url(role=OWNER_ROLE).replace("+psycopg", "")
        return [*doors.measure(app), *book.measure(app, owner_url=owner)]
    finally:
        with app.app_context():
            db.engine.dispose()


def _show(results: list[Measurement]) -> None:
    table = Table(title="civicfund benchmarks")
    for heading in ("what", "value", "unit", "goal", "holds"):
        table.add_column(heading)
    for result in results:
        held = "[green]yes[/]" if result.holds else "[red]no[/]"
        table.add_row(result.name, f"{result.value:g}", result.unit, result.goal, held)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
