"""Carrying out a deed of the person who is signed in."""

from collections.abc import Callable

from flask_security import current_user

from civicfund.identity import queries
from civicfund.identity.models import User
from civicfund.web.forms import BaseForm


def me() -> User:
    """Who is signed in, as a row."""
    user = queries.user_by_id(current_user.id)
    assert user is not None
    return user


def done(form: BaseForm, deed: Callable[[], object]) -> bool:
    """Do it in a transaction; a refusal shows in the form."""

    def carried_out() -> bool:
        deed()
        return True

    return form.attempt(carried_out) is not None
