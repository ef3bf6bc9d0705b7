"""One guard per route: `@public`, `@signed_in` or `@requires`; a test refuses a route without."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.core.errors import Forbidden, NotFound

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anyone may come here."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anyone with an account; privileged people only with their second factor set up."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return _turn_away() or view(*args, **kwargs)

    guarded.guard = "signed_in"  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def requires(
    policy: Callable[..., bool], *, load: Callable[..., Any] | None = None
) -> Callable[[View], View]:
    """Only those whom `policy(user, loaded)` allows; `load(**url_arguments)` finds the object.

    The view gets the loaded object instead of the URL's arguments, after the policy said yes.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**kwargs: Any) -> Any:
            turned_away = _turn_away()
            if turned_away is not None:
                return turned_away
            if load is None:
                if not policy(current_user):
                    raise Forbidden
                return view(**kwargs)
            loaded = load(**kwargs)
            if loaded is None:
                raise NotFound
            if not policy(current_user, loaded):
                raise Forbidden
            return view(loaded)

        guarded.guard = "requires"  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


def found(thing: Any) -> Any:
    """`thing`, or the page that says there is none."""
    if thing is None:
        raise NotFound
    return thing


def _turn_away() -> Any:
    if not current_user.is_authenticated:
        if request.is_json or request.path.startswith("/api/"):
            abort(401)
        flash(_("Please sign in to go on."), "info")
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    if current_user.must_set_up_second_factor:
        if request.method == "GET":
            session["wanted"] = request.full_path.rstrip("?")
        flash(_("Your role needs a second factor. Please set it up now."), "info")
        return redirect(url_for("security.two_factor_setup"))
    return None
