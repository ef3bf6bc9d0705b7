"""Secrets at rest: encrypted with keys that are derived from a setting and kept nowhere."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from civicfund.core.errors import N_, DomainError
from civicfund.core.settings import setting


class CannotOpen(DomainError):
    """None of the secrets in the settings opens this."""

    message = N_(
        "The key cannot be opened with KEY_SECRET or any of its fallbacks. "
        "Set the secret with which it was encrypted."
    )
    status = 500


def close(purpose: str, secret: bytes) -> bytes:
    """`secret` encrypted with the present key, for `purpose` only."""
    return _box(purpose).encrypt(secret)


def open_closed(purpose: str, closed: bytes) -> bytes:
    """What `close` encrypted, with the present key or an earlier one. Raises `CannotOpen`."""
    try:
        return _box(purpose).decrypt(closed)
    except InvalidToken as wrong:
        raise CannotOpen from wrong


def renew(purpose: str, closed: bytes) -> bytes:
    """The same secret encrypted with the present key. Raises `CannotOpen`."""
    try:
        return _box(purpose).rotate(closed)
    except InvalidToken as wrong:
        raise CannotOpen from wrong


def is_current(purpose: str, closed: bytes) -> bool:
    """Whether the present key alone opens it: the fallbacks may go when all are current."""
    try:
        _fernet(purpose, _secrets()[0]).decrypt(closed)
    except InvalidToken:
        return False
    return True


def _secrets() -> list[str]:
    """The present secret and what may have been one before, in that order."""
    present = [setting("KEY_SECRET"), setting("SECRET_KEY")]
    earlier = [*setting("KEY_SECRET_FALLBACKS"), *setting("SECRET_KEY_FALLBACKS")]
    return [secret for secret in present + earlier if secret]


def _box(purpose: str) -> MultiFernet:
    return MultiFernet([_fernet(purpose, secret) for secret in _secrets()])


def _fernet(purpose: str, secret: str) -> Fernet:
    derived = HKDF(
        algorithm=SHA256(), length=32, salt=None, info=f"civicfund/vault/{purpose}".encode()
    ).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
