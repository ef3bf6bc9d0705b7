"""What the book may refer to: gifts, and the payments that belong to them."""

from flask import url_for
from flask_babel import gettext as _

from civicfund.donors.queries import donation_by_id
from civicfund.ledger.sources import SourcePage


def source_pages(kind: str, number: int) -> list[SourcePage]:
    """The page of a gift and of its campaign."""
    donation = donation_by_id(number) if kind == "donations" else None
    if donation is None:
        return []
    return [
        SourcePage(
            title=_("Gift %(number)s", number=donation.reference),
            url=url_for("donors.show", reference=donation.reference),
            is_own=True,
        )
    ]
