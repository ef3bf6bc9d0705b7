"""What we ask of passkeys: alone they stand for two factors, so the device checks its owner."""

from typing import Any

from flask_security import WebauthnUtil
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)


class Passkeys(WebauthnUtil):
    """A passkey used alone must verify the person (finger, face, PIN); a second one need not."""

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:
        """At registration; built-in and roaming authenticators are equally welcome."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED
            if usage == "first"
            else ResidentKeyRequirement.PREFERRED,
            user_verification=self.user_verification(user, [usage]),
        )

    def user_verification(
        self,
        user: Any,  # noqa: ARG002  # the library's own signature
        usage: list[str],
    ) -> UserVerificationRequirement:
        """At sign-in."""
        if "secondary" in usage:
            return UserVerificationRequirement.PREFERRED
        return UserVerificationRequirement.REQUIRED
