"""Signed links: what they name can be read, but not made up."""

from itsdangerous import BadSignature, URLSafeSerializer

from civicfund.core.settings import setting


def sign(purpose: str, subject: str) -> str:
    """A token for `subject`, good for `purpose` only, for ever (revoke by changing the subject)."""
    return _signer(purpose).dumps(subject)


def read(purpose: str, token: str) -> str | None:
    """The subject of a token of ours, or None."""
    try:
        subject = _signer(purpose).loads(token)
    except BadSignature:
        return None
    return subject if isinstance(subject, str) else None


def _signer(purpose: str) -> URLSafeSerializer:
    keys = [*reversed(setting("SECRET_KEY_FALLBACKS")), setting("SECRET_KEY")]
    return URLSafeSerializer(keys, salt=f"civicfund/{purpose}")
