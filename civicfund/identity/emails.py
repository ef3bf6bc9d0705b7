"""What people are told about their account. The templates are wiped from the outbox once sent."""

import secrets
from typing import Any

from civicfund.identity.models import User
from civicfund.notifications import services as outbox


def invite(user: User, *, token: str) -> None:
    """Somebody made an account for this person: choose a password."""
    _write(user, "identity/invitation", {"name": user.name, "token": token})


def tell_of_second_factor(user: User, *, what: str) -> None:
    """A second factor was added, removed or reset: did you do this?"""
    _write(user, "identity/second_factor_changed", {"name": user.name, "what": what})


def tell_of_new_address(user: User, *, old_address: str) -> None:
    """The account moved to another address: written to the old one."""
    context = {"name": user.name, "new_address": user.email}
    _write(user, "identity/address_changed", context, to=old_address)


def _write(user: User, template: str, context: dict[str, Any], *, to: str | None = None) -> None:
    outbox.enqueue(
        to=to or user.email,
        template=template,
        context=context,
        locale=user.locale,
        key=f"{template}/{user.id}/{secrets.token_hex(8)}",
        source=user,
    )
