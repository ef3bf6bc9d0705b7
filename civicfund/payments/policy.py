"""Who may look into payments and who may act there."""

from typing import Any

from civicfund.identity.policy import is_approver, is_auditor, is_staff


def can_see_payments(user: Any) -> bool:
    """The office, the second signature, and whoever audits both."""
    return can_act_on_payments(user) or is_auditor(user)


def can_act_on_payments(user: Any) -> bool:
    """Enter bank lines, handle events again."""
    return is_staff(user) or is_approver(user)


def can_see(user: Any, _subject: Any) -> bool:
    """One payment or event on the desk."""
    return can_see_payments(user)


def can_act_on(user: Any, _subject: Any) -> bool:
    """A deed on one event."""
    return can_act_on_payments(user)
