"""Who may open the auditor's room."""

from typing import Any

from civicfund.identity.policy import is_approver, is_auditor


def can_open_room(user: Any) -> bool:
    """Auditors (監事), and those who sign for the fund. Not the office, not the administrator."""
    return is_auditor(user) or is_approver(user)


def can_read(user: Any, _subject: Any) -> bool:
    """One entry or account in the room."""
    return can_open_room(user)
