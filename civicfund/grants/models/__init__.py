"""Tables of payee accounts, awards, disbursements and reports, a file per noun."""

from civicfund.grants.models.awards import Award, AwardState
from civicfund.grants.models.disbursements import Disbursement, DisbursementState
from civicfund.grants.models.payees import PayeeAccount, PayeeKind, PayeeState
from civicfund.grants.models.reports import (
    EvidenceKind,
    Report,
    ReportEvidence,
    ReportLine,
    ReportState,
)

__all__ = [
    "Award",
    "AwardState",
    "Disbursement",
    "DisbursementState",
    "EvidenceKind",
    "PayeeAccount",
    "PayeeKind",
    "PayeeState",
    "Report",
    "ReportEvidence",
    "ReportLine",
    "ReportState",
]
