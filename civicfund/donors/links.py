"""The signed link of a gift: whoever holds it may see that gift, and only that."""

from flask import Response, request

from civicfund.core import tokens
from civicfund.core.errors import NotFound
from civicfund.donors import queries
from civicfund.donors.emails import GIFT
from civicfund.donors.models import Donation


def gift_by_token(token: str) -> Donation:
    """The gift that this link names. Raises `NotFound` for a link that we did not sign."""
    reference = tokens.read(GIFT, token)
    donation = queries.donation_by_reference(reference) if reference is not None else None
    if donation is None:
        raise NotFound
    return donation


def token_of(donation: Donation) -> str:
    """The part of the address that names a gift."""
    return tokens.sign(GIFT, donation.reference)


def keep_private(response: Response) -> Response:
    """A gift's address is its key: no search engine, no other site and no shared cache gets it."""
    if request.path.startswith(("/gifts/", "/api/v1/donations/")):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
    elif "/give" in request.path:
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Referrer-Policy"] = "same-origin"
    return response
