"""Letting the first people in from the command line."""

import click
from flask.cli import with_appcontext
from passlib.totp import TOTP  # type: ignore[import-untyped]

from civicfund.core.db import transaction
from civicfund.core.errors import DomainError
from civicfund.identity import services
from civicfund.identity.models import RoleName


@click.command("create-user")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, type=click.Choice([r.value for r in RoleName]))
@click.option("--locale", default="ja", type=click.Choice(["ja", "en"]), show_default=True)
@click.password_option("--password", envvar="CIVICFUND_NEW_PASSWORD")
@with_appcontext
def create_user(
    *, email: str, name: str, roles: tuple[str, ...], locale: str, password: str
) -> None:
    """Make an account. Its second factor is set up at the first sign-in."""
    try:
        with transaction():
            user = services.create_user(
                email=email, name=name, password=password, roles=roles, locale=locale
            )
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{user.email} may sign in now ({', '.join(roles) or 'no role'}).")


@click.command("totp")
@click.argument("secret")
def totp(secret: str) -> None:
    """The present code of a TOTP secret, for the demo's printed accounts."""
    click.echo(TOTP(key=secret).generate().token)


commands = (create_user, totp)
