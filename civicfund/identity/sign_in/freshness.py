"""Deeds that ask who you are once more when you signed in long ago."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask_security import auth_required

from civicfund.core.settings import setting

View = TypeVar("View", bound=Callable[..., Any])


def fresh(view: View) -> View:
    """Below a guard: the person proved who they are within the last hour, or does so now."""
    guarded: View = auth_required(
        "session",
        within=lambda: setting("SECURITY_FRESHNESS"),
        grace=lambda: setting("SECURITY_FRESHNESS_GRACE_PERIOD"),
    )(view)
    return guarded
