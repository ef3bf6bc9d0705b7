"""Giving an office its register."""

from dataclasses import asdict, dataclass
from typing import Any

from civicfund.core import audit_log, clock
from civicfund.core.db import db
from civicfund.endorsements import queries
from civicfund.endorsements.errors import (
    DecisionIncomplete,
    NotAnIssuersOrganisation,
    RegisterPrefixTaken,
)
from civicfund.endorsements.kinds.meaning import OFFICES
from civicfund.endorsements.models import Issuer, IssuerKind
from civicfund.identity.models import Organisation, OrganisationKind


@dataclass(frozen=True)
class IssuerDetails:
    """The office as it stands under each endorsement."""

    body_ja: str
    section_ja: str
    officer_title_ja: str
    phone: str
    body_en: str = ""
    bureau_ja: str = ""
    bureau_en: str = ""
    section_en: str = ""
    officer_title_en: str = ""
    email: str = ""
    website: str = ""


def create_issuer(
    *,
    organisation: Organisation,
    register_prefix: str,
    details: IssuerDetails,
    by: Any,
    kind: IssuerKind = IssuerKind.CITY,
) -> Issuer:
    """Let an organisation's office vouch; its register begins with `register_prefix`."""
    if kind in OFFICES and organisation.kind is not OrganisationKind.CITY:
        raise NotAnIssuersOrganisation
    for field in ("body_ja", "section_ja", "officer_title_ja", "phone"):
        if not getattr(details, field).strip():
            raise DecisionIncomplete(field=field)
    if queries.issuer_by_prefix(register_prefix) is not None:
        raise RegisterPrefixTaken
    issuer = Issuer(
        organisation_id=organisation.id,
        kind=kind,
        register_prefix=register_prefix,
        created_at=clock.now(),
        **asdict(details),
    )
    db.session.add(issuer)
    db.session.flush()
    audit_log.record(by, "create_issuer", issuer, after={"register_prefix": register_prefix})
    return issuer
