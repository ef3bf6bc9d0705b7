"""How the sandbox signs its news: HMAC-SHA256 over time and body, one signature per secret."""

import hashlib
import hmac
from datetime import datetime

from civicfund.core import clock
from civicfund.core.settings import setting
from civicfund.payments.errors import BadSignature, StaleSignature

HEADER = "Sandbox-Signature"


def secrets_in_force() -> list[str]:
    """The new secret and, while it is being replaced, the old one: `new,old`."""
    return [secret for secret in str(setting("SANDBOX_WEBHOOK_SECRET")).split(",") if secret]


def sign(body: bytes, *, at: datetime, secrets: list[str] | None = None) -> str:
    """The header: `t=1767225600,v1=...`, with one `v1` for each secret in force."""
    moment = str(int(at.timestamp()))
    keys = secrets if secrets is not None else secrets_in_force()
    return ",".join([f"t={moment}", *(f"v1={_digest(body, moment, key)}" for key in keys)])


def verify(body: bytes, header: str) -> None:
    """Raises `BadSignature`, or `StaleSignature` for one outside the tolerance."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    given = [value.encode() for name, _, value in parts if name == "v1"]
    if len(moments) != 1 or not _is_moment(moments[0]):
        raise BadSignature
    expected = [_digest(body, moments[0], key).encode() for key in secrets_in_force()]
    # Every pair is compared, in constant time, whichever fits.
    if not sum(hmac.compare_digest(one, other) for one in given for other in expected):
        raise BadSignature
    age = abs(clock.now().timestamp() - int(moments[0]))
    if age > setting("WEBHOOK_TOLERANCE_SECONDS"):
        raise StaleSignature


def _is_moment(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def _digest(body: bytes, moment: str, secret: str) -> str:
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
