"""Holding the book to its promises, and handing it out."""

from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import Progress

from civicfund import jobs
from civicfund.audit import documents as system_documents
from civicfund.core.db import db
from civicfund.core.errors import DomainError
from civicfund.donors import checks as donor_checks
from civicfund.endorsements import checks as endorsement_checks
from civicfund.grants import checks as grant_checks
from civicfund.ledger import checks as ledger_checks
from civicfund.ledger import log_checks
from civicfund.ledger.exports import NAMES, verify_book
from civicfund.ledger.exports import export as export_book
from civicfund.payments import checks as payment_checks

DAY = click.DateTime(formats=["%Y-%m-%d"])
CHECKS = (ledger_checks, log_checks, payment_checks, endorsement_checks, donor_checks, grant_checks)


@click.command("check")
@with_appcontext
def check() -> None:
    """Recompute every invariant of the book, and hold the domain against the book."""
    console = Console()
    failed = 0
    # One moment for all of them: gifts that arrive meanwhile must not look like faults.
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    for package in CHECKS:
        for finding in package.run():
            failed += not finding.holds
            mark = "[green]holds[/]" if finding.holds else "[red]FAILS[/]"
            console.print(f"{mark}  {finding.title}", highlight=False)
            if not finding.holds:
                console.print(f"       {finding.name}: {finding.detail}", markup=False)
    console.print("Everything holds." if not failed else f"{failed} do not hold.")
    if failed:
        raise SystemExit(1)


@click.command("export")
@click.option("--format", "format_name", type=click.Choice(NAMES), required=True)
@click.option("--from", "date_from", type=DAY, help="First day, YYYY-MM-DD.")
@click.option("--to", "date_to", type=DAY, help="Last day, YYYY-MM-DD.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option(
    "--earlier",
    type=click.Path(exists=True, path_type=Path),
    help="Book: verify it against this export or checkpoint.",
)
@click.option("--public", "is_public", is_flag=True, help="Book: without the private part.")
@with_appcontext
def export(
    *,
    format_name: str,
    date_from: datetime | None,
    date_to: datetime | None,
    out: Path,
    earlier: Path | None,
    is_public: bool,
) -> None:
    """Write the sealed entries into files for a spreadsheet, an accounting program or an auditor.

    What is settled is sealed first. `book` writes everything that proves them, for `verify`.
    """
    jobs.seal_entries()
    try:
        with Progress(console=Console(stderr=True)) as bar:
            row = bar.add_task("lines", total=None)
            files = export_book(
                format_name,
                out=out,
                date_from=date_from.date() if date_from else None,
                date_to=date_to.date() if date_to else None,
                is_public=is_public,
                progress=lambda done, total: bar.update(row, completed=done, total=total),
            )
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    for file in files:
        click.echo(file)
    if earlier is not None:
        raise SystemExit(verify_book.main([str(out), "--earlier", str(earlier)]))


@click.command("verify")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--earlier",
    type=click.Path(exists=True, path_type=Path),
    help="An earlier export, or a checkpoint that you kept.",
)
@click.option("--key", help="The key of the log, as you know it from elsewhere.")
@click.option("--lang", type=click.Choice(["ja", "en"]))
def verify(*, folder: Path, earlier: Path | None, key: str | None, lang: str | None) -> None:
    """Check an exported book with what it holds alone: the same as its verify_book.py."""
    asked = {"--earlier": earlier, "--key": key, "--lang": lang}
    given = [str(part) for name, value in asked.items() if value for part in (name, value)]
    raise SystemExit(verify_book.main([str(folder), *given], write=_say))


def _say(text: str) -> None:
    click.echo(text, nl=False)


@click.command("documents")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--fund", default="", help="Name of the body, for the office procedure.")
@with_appcontext
def documents(*, out: Path, fund: str) -> None:
    """Write the documents that the law on electronic books wants at hand."""
    out.mkdir(parents=True, exist_ok=True)
    with current_app.test_request_context():
        made = system_documents.pages(fund=fund)
    for name, text in made.items():
        (out / name).write_text(text, encoding="utf-8")
        click.echo(out / name)


commands = (check, export, verify, documents)
