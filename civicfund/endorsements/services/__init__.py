"""The verbs of endorsements: ask, check, issue, decline, revoke, renew, expire."""

from civicfund.endorsements.services.decisions import (
    Decision,
    ask_for_changes,
    check_criteria,
    decline_endorsement,
    issue_endorsement,
    revoke_endorsement,
)
from civicfund.endorsements.services.issuers import IssuerDetails, create_issuer
from civicfund.endorsements.services.requests import (
    RequestTerms,
    attach_document,
    renew_endorsement,
    request_endorsement,
    resubmit,
)
from civicfund.endorsements.services.upkeep import (
    expire_due,
    mark_condition_met,
    receive_report,
    report_misuse,
    send_reminders,
    settle_misuse,
)

__all__ = [
    "Decision",
    "IssuerDetails",
    "RequestTerms",
    "ask_for_changes",
    "attach_document",
    "check_criteria",
    "create_issuer",
    "decline_endorsement",
    "expire_due",
    "issue_endorsement",
    "mark_condition_met",
    "receive_report",
    "renew_endorsement",
    "report_misuse",
    "request_endorsement",
    "resubmit",
    "revoke_endorsement",
    "send_reminders",
    "settle_misuse",
]
