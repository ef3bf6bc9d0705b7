"""The blueprint that all pages of grants stand on."""

from typing import Any

from flask import Blueprint

from civicfund.donors.trace import entry_url

bp = Blueprint("grants", __name__)


@bp.context_processor
def links_to_the_book() -> dict[str, Any]:
    """Every amount that was booked leads to its entry."""
    return {"entry_url": entry_url}
