"""The sealed log by hand: seal what waits, change its key, encrypt the keys anew."""

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import Progress

from civicfund.core.db import transaction
from civicfund.core.errors import DomainError
from civicfund.ledger import queries
from civicfund.ledger import services as ledger


@click.command("seal")
@with_appcontext
def seal() -> None:
    """Seal every settled entry now; the worker does the same each minute."""
    with transaction():
        waiting = queries.unsealed_entry_count()
    with Progress(console=Console(stderr=True)) as bar:
        row = bar.add_task("entries", total=waiting)
        before = queries.sealed_entry_count()
        is_full = True
        while is_full:
            with transaction():
                is_full = ledger.seal_entries().is_full
            bar.update(row, completed=queries.sealed_entry_count() - before)
    newest = queries.newest_checkpoint()
    click.echo(
        f"{queries.sealed_entry_count():,} entries are sealed; "
        f"the newest checkpoint is of {newest.tree_size if newest else 0:,} leaves."
    )


@click.command("rotate-log-key")
@click.option(
    "--old-is-lost",
    is_flag=True,
    help="The old key cannot be opened any more: the new one signs alone.",
)
@click.confirmation_option(
    prompt="The old key's private half is destroyed after the next checkpoint. Go on?"
)
@with_appcontext
def rotate_log_key(*, old_is_lost: bool) -> None:
    """Give the log a new key; the next checkpoint is signed by the old and the new one."""
    try:
        with transaction():
            key = ledger.rotate_log_key(old_is_lost=old_is_lost)
            told = key.vkey
            ledger.seal_entries()
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"The log's key is now {told}")


@click.command("reencrypt-keys")
@with_appcontext
def reencrypt_keys() -> None:
    """Encrypt every private key with the present KEY_SECRET; then the earlier ones may go."""
    try:
        with transaction():
            renewed = ledger.reencrypt_keys()
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{renewed} keys are encrypted anew.")


commands = (seal, rotate_log_key, reencrypt_keys)
