"""Who may read the books with every name."""

from typing import Any

from civicfund.identity.policy import is_approver, is_auditor, is_staff


def can_read_with_names(user: Any) -> bool:
    """The office, those who sign, and auditors."""
    return is_staff(user) or may_open_audit(user)


def may_open_audit(user: Any) -> bool:
    """Do an entry's links lead into the auditor's room? Else to the public book."""
    return is_auditor(user) or is_approver(user)
