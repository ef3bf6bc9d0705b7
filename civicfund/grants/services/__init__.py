"""The verbs of grants, a file per noun."""

from civicfund.grants.services.awards import (
    accept_over_target,
    agree_to_award,
    award_campaign,
    record_returned_money,
)
from civicfund.grants.services.disbursements import (
    approve_disbursement,
    mark_exported,
    mark_paid,
    mark_returned,
    prepare_disbursement,
    withdraw_disbursement,
)
from civicfund.grants.services.evidence import add_evidence, remove_evidence
from civicfund.grants.services.payees import (
    check_account,
    confirm_account,
    decline_account,
    propose_account,
)
from civicfund.grants.services.reminders import remind_of_reports
from civicfund.grants.services.reports import (
    accept_report,
    ask_for_changes,
    file_report,
    save_report,
)

__all__ = [
    "accept_over_target",
    "accept_report",
    "add_evidence",
    "agree_to_award",
    "approve_disbursement",
    "ask_for_changes",
    "award_campaign",
    "check_account",
    "confirm_account",
    "decline_account",
    "file_report",
    "mark_exported",
    "mark_paid",
    "mark_returned",
    "prepare_disbursement",
    "propose_account",
    "record_returned_money",
    "remind_of_reports",
    "remove_evidence",
    "save_report",
    "withdraw_disbursement",
]
