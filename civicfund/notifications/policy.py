"""Who may look into the outbox."""

from typing import Any


def can_see_outbox(user: Any) -> bool:
    """The administrator and the office, to answer "I got no mail"."""
    return bool(user.has_role("admin") or user.has_role("staff"))
