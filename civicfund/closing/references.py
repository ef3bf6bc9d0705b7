"""What the book may refer to: imports of opening balances."""

from flask import url_for
from flask_babel import gettext as _

from civicfund.closing.queries.openings import opening_by_id
from civicfund.ledger.sources import SourcePage


def source_pages(kind: str, number: int) -> list[SourcePage]:
    """The page of an import."""
    prepared = opening_by_id(number) if kind == "opening_imports" else None
    if prepared is None:
        return []
    title = f"{_('Opening balances')} ({prepared.file_name})"
    url = url_for("closing.opening", opening_id=prepared.id)
    return [SourcePage(title=title, url=url, is_own=True)]
