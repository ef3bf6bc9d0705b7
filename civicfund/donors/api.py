"""The JSON twin: begin a gift, follow it. No cookie speaks here; the signed link does."""

import hashlib
import secrets
from typing import Any

from flask import url_for
from flask.views import MethodView
from flask_babel import gettext as _
from flask_smorest import Blueprint

from civicfund.campaigns import queries as campaigns
from civicfund.campaigns.models import Campaign
from civicfund.campaigns.subjects import KIND as SUBJECT
from civicfund.core.db import transaction
from civicfund.core.errors import NotAllowedNow, NotFound
from civicfund.core.money import yen
from civicfund.core.settings import setting
from civicfund.donors import queries, services
from civicfund.donors.accounts import read_account
from civicfund.donors.links import gift_by_token, keep_private, token_of
from civicfund.donors.models import Donation, Method, OnFailure, Publicity
from civicfund.donors.schemas import (
    CURRENCY,
    DonationSchema,
    IdempotencyHeaderSchema,
    NewDonationAnswerSchema,
    NewDonationSchema,
)
from civicfund.donors.trace import TraceStep, way_of
from civicfund.endorsements import queries as register
from civicfund.web.guards import found, public
from civicfund.web.limits import limiter

bp = Blueprint(
    "donors_api",
    __name__,
    url_prefix="/api/v1",
    description="Gifts: begin one, follow one.",
)
bp.after_request(keep_private)


@bp.route("/campaigns/<slug>/donations")
class NewDonations(MethodView):
    """Gifts to one campaign."""

    decorators = [limiter.limit("60 per minute")]

    @bp.arguments(IdempotencyHeaderSchema, location="headers")
    @bp.arguments(NewDonationSchema)
    @bp.response(201, NewDonationAnswerSchema)
    @bp.alt_response(404, "NOT_FOUND")
    @bp.alt_response(409, "CONFLICT")
    @bp.alt_response(429, "TOO_MANY_REQUESTS")
    @public
    def post(self, headers: dict[str, Any], asked: dict[str, Any], slug: str) -> dict[str, Any]:
        """Begin a gift and answer where to pay it; nothing is charged by this call."""
        campaign = campaigns.campaign_by_slug(slug)
        if campaign is None or not campaign.is_public:
            raise NotFound
        key = headers.get("idempotency_key") or asked.get("form_key") or secrets.token_urlsafe(16)
        with transaction():
            started = services.start_donation(
                campaign=campaign,
                form_key=_form_key(key, asked["email"]),
                amount=yen(asked["amount"]),
                method=Method(asked["method"]),  # type: ignore[call-arg]
                **_wishes(campaign, asked),
            )
        return _answer(found(queries.donation_by_id(started.id)))


@bp.route("/donations/<token>")
class OneDonation(MethodView):
    """One gift."""

    @bp.response(200, DonationSchema)
    @bp.alt_response(404, "NOT_FOUND")
    @public
    def get(self, token: str) -> dict[str, Any]:
        """Follow a gift: entries, award, instalments, report lines with their receipts."""
        donation = gift_by_token(token)
        entries = (
            donation.held_entry_id,
            donation.gift_entry_id,
            donation.returned_entry_id,
        )
        return {
            "reference": donation.reference,
            "state": donation.state.value,
            "amount": donation.amount_yen,
            "operating_share": donation.operating_yen,
            "currency": CURRENCY,
            "method": donation.method.value,
            "campaign": found(campaigns.campaign_by_id(donation.campaign_id)).slug,
            "started_at": donation.started_at,
            "paid_at": donation.paid_at,
            "entries": sorted(entry for entry in entries if entry is not None),
            "refunds": [
                {
                    "amount": refund.amount_yen,
                    "state": refund.state.value,
                    "requested_at": refund.requested_at,
                }
                for refund in queries.refunds_of(donation)
            ],
            "steps": [_step(step) for step in way_of(donation)],
        }


def _form_key(key: str, email: str) -> str:
    """A caller's key is good for its own donor only: nobody meets another one's gift by chance."""
    digest = hashlib.sha256(f"{email.strip().lower()}\n{key}".encode(errors="replace"))
    return f"api/{digest.hexdigest()}"


def _wishes(campaign: Campaign, asked: dict[str, Any]) -> Any:
    account, on_failure = asked["refund_account"], OnFailure.of(asked.get("on_failure"))
    live = register.live_for(SUBJECT, [campaign.id]).get(campaign.id, [])
    return {
        "email": asked["email"],
        "publicity": Publicity(asked["publicity"]),  # type: ignore[call-arg]
        "accepted_terms": asked["accept_terms"],
        "donor_name": asked["name"],
        "refund_account": read_account(account) if account else None,
        "endorsements_shown": [endorsement.register_no for endorsement in live],
        **{
            name: asked[name]
            for name in (
                "pen_name", "message", "wants_receipt", "postal_code", "address", "locale"
            )
        },
        **({"on_failure": on_failure} if on_failure is not None else {}),
    }  # fmt: skip


def _answer(donation: Donation) -> dict[str, Any]:
    token, site = token_of(donation), setting("SITE_URL")
    page = f"{site}{url_for('donors.thanks', token=token)}"
    title = donation.terms["title"]
    try:
        with transaction():
            address = services.open_checkout(
                donation,
                description=_(
                    "Gift to “%(title)s” (%(number)s)", title=title, number=donation.reference
                ),
                return_url=page,
                cancel_url=f"{page}?left=1",
            )
    except NotAllowedNow:
        # Sent again after it was paid: there is nothing more to pay.
        address = page
    return {
        "reference": donation.reference,
        "redirect_url": address,
        "status_url": f"{site}{url_for('donors_api.OneDonation', token=token)}",
    }


def _step(step: TraceStep) -> dict[str, Any]:
    return {
        "at": step.at.isoformat() if step.at is not None else None,
        "kind": step.kind,
        "title": step.title,
        "amount": step.amount_yen,
        "state": step.state,
        "body": step.body,
        "url": step.url,
        "evidence": [{"label": thing.label, "url": thing.url} for thing in step.evidence],
    }
