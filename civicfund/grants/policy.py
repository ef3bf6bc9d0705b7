"""Who may do what with awards, payments and reports."""

from typing import Any

from civicfund.donors.models import Donation, DonationState
from civicfund.grants.models import (
    Award,
    Disbursement,
    PayeeAccount,
    ReportEvidence,
    ReportLine,
    ReportState,
)
from civicfund.identity.models import Organisation
from civicfund.identity.policy import acts_for, is_approver, is_auditor, is_staff


def can_open_desk(user: Any) -> bool:
    """The payments desk: the office works there, the auditor reads."""
    return is_staff(user) or is_auditor(user)


def can_open_approvals(user: Any) -> bool:
    """The desk of second signatures."""
    return is_approver(user)


def can_open_npo_awards(user: Any) -> bool:
    """Everyone who acts for an organisation."""
    return bool(user.organisation_ids)


def can_see_award(user: Any, _award: Award) -> bool:
    """The office, approvers and auditors: any award."""
    return can_open_desk(user) or is_approver(user)


def can_see_disbursement(user: Any, disbursement: Disbursement) -> bool:
    """Whoever sees its award."""
    return can_see_award(user, disbursement.award)


def can_see_account(user: Any, _account: PayeeAccount) -> bool:
    """The office, approvers and auditors; the organisation sees its own on its own page."""
    return can_open_desk(user) or is_approver(user)


def can_work_on_award(user: Any, _award: Award) -> bool:
    """The office; that nobody pays an organisation of their own is for the service to refuse."""
    return is_staff(user)


def can_work_on_disbursement(user: Any, _disbursement: Disbursement) -> bool:
    """The office prepares, hands over and confirms."""
    return is_staff(user)


def can_withdraw(user: Any, _disbursement: Disbursement) -> bool:
    """Whoever may prepare or sign may also stop it."""
    return is_staff(user) or is_approver(user)


def can_sign_disbursement(user: Any, _disbursement: Disbursement) -> bool:
    """Approvers; that it is another person than the preparer is for the service to refuse."""
    return is_approver(user)


def can_sign_award(user: Any, _award: Award) -> bool:
    """Approvers accept what went far over target."""
    return is_approver(user)


def can_check_account(user: Any, _account: PayeeAccount) -> bool:
    """The office compares the account with the bank book."""
    return is_staff(user)


def can_sign_account(user: Any, _account: PayeeAccount) -> bool:
    """Approvers confirm an account."""
    return is_approver(user)


def can_decline_account(user: Any, _account: PayeeAccount) -> bool:
    """Whoever may check or confirm may also decline."""
    return is_staff(user) or is_approver(user)


def can_propose_account(user: Any, organisation: Organisation) -> bool:
    """Members of the organisation."""
    return acts_for(user, organisation.id)


def can_write_for(user: Any, award: Award) -> bool:
    """Members of the organisation that was granted it."""
    return acts_for(user, award.organisation_id)


def can_write_line(user: Any, line: ReportLine) -> bool:
    """Members of the organisation whose report it is."""
    return acts_for(user, line.report.award.organisation_id)


def can_remove_evidence(user: Any, evidence: ReportEvidence) -> bool:
    """Members of the organisation whose report it is."""
    return acts_for(user, evidence.line.report.award.organisation_id)


def can_see_evidence(user: Any, evidence: ReportEvidence) -> bool:
    """Its organisation, and those who check it. Donors come by the link of their gift."""
    return (
        acts_for(user, evidence.line.report.award.organisation_id)
        or can_open_desk(user)
        or is_approver(user)
    )


# A gift that is in the project's money.
GIVEN = frozenset({DonationState.PAID, DonationState.PARTIALLY_REFUNDED, DonationState.DISPUTED})


def is_in_project(donation: Donation) -> bool:
    """Given, and not gone back, nor left to the fund for other projects."""
    return donation.state in GIVEN and not donation.left_to_fund


def is_shown_to_donor(evidence: ReportEvidence, donation: Donation) -> bool:
    """Receipts of accepted reports, to those whose money is in that campaign (decision 0006)."""
    report = evidence.line.report
    return (
        report.state is ReportState.ACCEPTED
        and is_in_project(donation)
        and donation.campaign_id == report.award.campaign_id
    )
