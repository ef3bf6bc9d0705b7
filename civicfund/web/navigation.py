"""What stands in the header, the footer and the desk menu; each package adds its own pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext
from flask_login import current_user


@dataclass(frozen=True)
class Place:
    """A page in a menu: its endpoint, its label (`N_`), and who sees it."""

    endpoint: str
    label: str
    order: int
    may_open: Callable[[Any], bool] | None = None


_header: dict[str, Place] = {}
_footer: dict[str, Place] = {}
_desks: dict[str, Place] = {}


def add_to_header(endpoint: str, label: str, *, order: int) -> None:
    """Show a public page in the header."""
    _header[endpoint] = Place(endpoint, label, order)


def add_to_footer(endpoint: str, label: str, *, order: int) -> None:
    """Show a public page in the footer."""
    _footer[endpoint] = Place(endpoint, label, order)


def add_desk(endpoint: str, label: str, *, order: int, may_open: Callable[[Any], bool]) -> None:
    """Show a desk to those who may open it."""
    _desks[endpoint] = Place(endpoint, label, order, may_open)


def _links(places: dict[str, Place]) -> list[tuple[str, str, bool]]:
    ordered = sorted(places.values(), key=lambda place: (place.order, place.endpoint))
    return [
        (url_for(p.endpoint), gettext(p.label), request.endpoint == p.endpoint)
        for p in ordered
        if p.may_open is None or p.may_open(current_user)
    ]


def desks() -> list[tuple[str, str, bool]]:
    """(url, label, is current) of every desk that the signed-in person may open."""
    if not current_user or not current_user.is_authenticated:
        return []
    return _links(_desks)


def init_app(app: Flask) -> None:
    """Give the menus to every template."""
    app.context_processor(
        lambda: {
            "nav_links": lambda: _links(_header),
            "footer_links": lambda: _links(_footer),
            "desks": desks,
        }
    )
