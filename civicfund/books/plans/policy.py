"""Who may see the plans with their history, and who may write them."""

from typing import Any

from civicfund.identity.policy import is_approver, is_auditor, is_staff


def can_see(user: Any, _lot: Any) -> bool:
    """The office, those who sign for the fund, and auditors."""
    return is_staff(user) or is_approver(user) or is_auditor(user)


def can_write(user: Any, _lot: Any) -> bool:
    """The office. An auditor never writes."""
    return is_staff(user)
