"""Tables of endorsements."""

from civicfund.endorsements.models.endorsements import (
    ENDLESS,
    IN_REGISTER,
    OPEN,
    Endorsement,
    EndorsementCondition,
    EndorsementKind,
    EndorsementState,
    StateNow,
)
from civicfund.endorsements.models.files import (
    EndorsementDocument,
    EndorsementEvent,
    EventKind,
    MisuseReport,
    MisuseState,
)
from civicfund.endorsements.models.issuers import Issuer, IssuerKind

__all__ = [
    "ENDLESS",
    "IN_REGISTER",
    "OPEN",
    "Endorsement",
    "EndorsementCondition",
    "EndorsementDocument",
    "EndorsementEvent",
    "EndorsementKind",
    "EndorsementState",
    "EventKind",
    "Issuer",
    "IssuerKind",
    "MisuseReport",
    "MisuseState",
    "StateNow",
]
