"""The keys that sign the log: made at first need, rotated in the log, encrypted at rest."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from civicfund.core import clock, vault
from civicfund.core.db import advisory_lock, db
from civicfund.core.settings import setting
from civicfund.ledger import queries
from civicfund.ledger.models import SigningKey
from civicfund.ledger.notes import Signer

PURPOSE = "log-key"


def ensure_log_key() -> None:
    """Make the log's first key; its name, the log's origin, stays with every later key."""
    if not queries.signing_keys():
        _make(f"{urlsplit(setting('SITE_URL')).netloc}/ledger")


def rotate_log_key(*, old_is_lost: bool = False) -> SigningKey:
    """A new key: its leaf is sealed next, and the checkpoint over it is signed by old and new.

    `old_is_lost`: the old key cannot be opened any more; the new one signs alone.
    """
    advisory_lock("ledger.seal")
    ensure_log_key()
    known = queries.signing_keys()
    new = _make(known[0].name)
    if old_is_lost:
        retire(known)
    return new


def retire(keys: Iterable[SigningKey]) -> None:
    """These keys sign no more; their private halves are destroyed."""
    for key in keys:
        if key.retired_at is None:
            key.retired_at, key.private_key_encrypted = clock.now(), None
    db.session.flush()


def signers(keys: Iterable[SigningKey]) -> list[Signer]:
    """Those of these keys that sign. Raises `vault.CannotOpen`."""
    return [
        Signer(key.verifier, vault.open_closed(PURPOSE, closed))
        for key in keys
        if (closed := key.private_key_encrypted) is not None
    ]


def reencrypt_keys() -> int:
    """Encrypt every private key with the present secret; answers how many were not yet.

    Raises `vault.CannotOpen`; then nothing is changed.
    """
    renewed = 0
    for key in queries.signing_keys():
        closed = key.private_key_encrypted
        if closed is not None and not vault.is_current(PURPOSE, closed):
            key.private_key_encrypted = vault.renew(PURPOSE, closed)
            renewed += 1
    db.session.flush()
    return renewed


def _make(name: str) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    key = SigningKey(
        name=name,
        public_key=private.public_key().public_bytes_raw(),
        private_key_encrypted=vault.close(PURPOSE, private.private_bytes_raw()),
        created_at=clock.now(),
    )
    db.session.add(key)
    db.session.flush()
    return key
