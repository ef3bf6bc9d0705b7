"""Who may see the papers behind the book, and who may add to them."""

from typing import Any

from civicfund.identity.policy import is_approver, is_auditor, is_staff


def can_read(user: Any) -> bool:
    """The office, those who sign for the fund, and auditors."""
    return is_staff(user) or is_approver(user) or is_auditor(user)


def can_see(user: Any, _subject: Any) -> bool:
    """One entry or paper."""
    return can_read(user)


def can_add(user: Any) -> bool:
    """The office. An auditor never writes; who signs payments does not keep their papers."""
    return is_staff(user)


def can_change(user: Any, _subject: Any) -> bool:
    """One piece: whoever may add may withdraw."""
    return can_add(user)
