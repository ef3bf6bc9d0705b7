"""Which passwords we refuse beyond the short ones."""

from typing import Any

from flask_security import PasswordUtil
from flask_security.utils import get_message

FEWEST_SIGNS = 5


class Passwords(PasswordUtil):
    """Long and not made of the person's own name; no rules about capitals and digits (NIST)."""

    def validate(
        self,
        password: str,
        is_register: bool,  # noqa: FBT001  # the library's own signature
        **kwargs: Any,
    ) -> tuple[list[str] | None, str]:
        """The library's own check, then ours. Returns (errors or None, normalised password)."""
        errors, plain = super().validate(password, is_register, **kwargs)
        if errors:
            return errors, plain
        user = kwargs.get("user")
        email = str(kwargs.get("email") or getattr(user, "email", "") or "").lower()
        name = str(kwargs.get("name") or getattr(user, "name", "") or "").lower()
        rest = plain.lower()
        for known in filter(None, (email, email.partition("@")[0], name)):
            rest = rest.replace(known, "")
        if len(set(rest)) < FEWEST_SIGNS:
            return [get_message("PASSWORD_TOO_SIMPLE")[0]], plain
        return None, plain
