"""Moving in: opening balances from a file, prepared here and signed at the desk."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from civicfund.closing import services
from civicfund.core.db import transaction
from civicfund.core.errors import DomainError
from civicfund.identity.queries import user_by_email


@click.command("import-opening")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", "opens_on", type=click.DateTime(formats=["%Y-%m-%d"]), required=True)
@click.option("--by", "email", help="Whose first signature it is: the address of a staff member.")
@click.option("--dry-run", is_flag=True, help="Say what is wrong and what would be booked.")
@with_appcontext
def import_opening(*, file: Path, opens_on: datetime, email: str | None, dry_run: bool) -> None:
    """Prepare opening balances from a CSV file; another person books them at the desk."""
    day = opens_on.date()
    opening = services.read_opening(file.read_bytes(), opens_on=day)
    for problem in opening.problems:
        place = f"line {problem.number}" if problem.number is not None else "file"
        text = problem.text % problem.places if problem.places else problem.text
        click.echo(f"{place}: {text}", err=True)
    if opening.problems:
        raise click.ClickException(f"{len(opening.problems)} faults. Nothing was prepared.")
    click.echo(f"{len(opening.lines)} lines, {opening.debits:,} yen on each side, as of {day}.")
    if dry_run:
        click.echo("Nothing was prepared (--dry-run).")
        return
    by = user_by_email(email) if email else None
    if by is None:
        raise click.ClickException("Say whose signature it is: --by ADDRESS of a staff member.")
    if not by.active:
        raise click.ClickException(f"The account {by.email} is disabled and signs nothing.")
    try:
        with transaction():
            prepared = services.prepare_opening(opening, opens_on=day, file_name=file.name, by=by)
            number = prepared.id
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"Prepared as import {number}. Another person books it at /desk/closing/opening.")


commands = (import_opening,)
