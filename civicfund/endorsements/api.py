"""The register for machines: what people see, word for word."""

from typing import Any

from flask_smorest import Blueprint

from civicfund.core.search import search_words
from civicfund.endorsements import cards, queries
from civicfund.endorsements.models import Endorsement, EndorsementKind, StateNow
from civicfund.endorsements.schemas import (
    EndorsementInFullSchema,
    EndorsementSchema,
    RegisterQuerySchema,
)
from civicfund.web.api import page_of, page_schema
from civicfund.web.filters import label
from civicfund.web.guards import found, public
from civicfund.web.pagination import paged

bp = Blueprint(
    "endorsements_api",
    __name__,
    url_prefix="/api/v1/endorsements",
    description="The public register of endorsements: granted, expired and revoked ones.",
)


@bp.get("")
@bp.arguments(RegisterQuerySchema, location="query")
@bp.response(200, page_schema(EndorsementSchema))
@public
def register(query: dict[str, Any]) -> dict[str, Any]:
    """List the register

    The newest first. An office that is not known finds nothing.
    """
    office = queries.issuer_by_prefix(query["issuer"]) if "issuer" in query else None
    wanted = queries.RegisterFilter(
        kind=EndorsementKind.of(query.get("kind")),
        state=StateNow.of(query.get("state")),
        issuer_id=(office.id if office else 0) if "issuer" in query else None,
        words=search_words(query.get("q")),
    )
    page = paged(queries.register(wanted), number=query["page"])
    return page_of(page, [_in_short(endorsement) for endorsement in page.items])


@bp.get("/<register_no>")
@bp.response(200, EndorsementInFullSchema)
@bp.alt_response(404, "NOT_FOUND")
@public
def endorsement(register_no: str) -> dict[str, Any]:
    """Show one entry of the register

    With its public history. `state_now` is computed at the moment of asking.
    """
    return _in_full(found(queries.endorsement_by_register_no(register_no.upper())))


def _in_short(endorsement: Endorsement) -> dict[str, Any]:
    issuer = endorsement.issuer
    return {
        "register_no": endorsement.register_no,
        "url": cards.address_of(cards.page_url(endorsement)),
        "kind": endorsement.kind.value,
        "kind_label": label(endorsement.kind),
        "name_as_displayed": endorsement.name_as_displayed,
        "state_now": endorsement.state_now,
        "valid_from": endorsement.valid_from,
        "valid_until": endorsement.valid_until,
        "issuer": {
            "name": {"ja": issuer.name_ja, "en": issuer.name_en},
            "officer_title": {"ja": issuer.officer_title_ja, "en": issuer.officer_title_en},
            "kind": issuer.kind.value,
            "phone": issuer.phone,
            "website": issuer.website,
            "did": issuer.did,
        },
        "subject": {
            "kind": endorsement.subject_kind,
            "name": endorsement.subject_name,
            "url": cards.address_of(endorsement.subject_url),
        },
    }


def _in_full(endorsement: Endorsement) -> dict[str, Any]:
    before = queries.predecessor_of(endorsement)
    after = queries.renewal_of(endorsement)
    plain = {
        name: getattr(endorsement, name)
        for name in (
            "scope_text", "criteria", "vouches_for", "does_not_vouch_for", "legal_basis",
            "decision_no", "decision_on", "issued_at", "ended_at", "revocation_reason",
            "conditions", "cost_borne", "liability", "logo_allowed",
        )
    }  # fmt: skip
    history = cards.public_history(endorsement, queries.history_of(endorsement))
    return (
        _in_short(endorsement)
        | plain
        | {
            "supersedes": before.register_no if before is not None else None,
            "superseded_by": after.register_no if after is not None else None,
            "history": history,
        }
    )
