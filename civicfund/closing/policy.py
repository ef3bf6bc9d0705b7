"""Who prepares a close, who signs it, who may look."""

from typing import Any

from civicfund.identity.policy import is_approver, is_auditor, is_staff


def can_look(user: Any, _subject: Any = None) -> bool:
    """The office, those who sign, and auditors."""
    return is_staff(user) or is_approver(user) or is_auditor(user)


def can_prepare(user: Any, _subject: Any = None) -> bool:
    """Enter certificates, explain, prepare: the office."""
    return is_staff(user)


def can_sign(user: Any, _subject: Any = None) -> bool:
    """The second signature; that it is another person is held at the deed."""
    return is_approver(user)


def can_withdraw(user: Any, _subject: Any = None) -> bool:
    """A preparation is taken back by either side."""
    return is_staff(user) or is_approver(user)
