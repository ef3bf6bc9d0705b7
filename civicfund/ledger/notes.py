"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint) with Ed25519."""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
DASH = "\u2014"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signature is looked for: a name and the 32 bytes of an Ed25519 public key."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, type and key."""
        told = self.name.encode() + b"\n" + ED25519 + self.public_key
        return hashlib.sha256(told).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as one word, for whoever configures a verifier."""
        material = b64encode(ED25519 + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A verifier's key with its private half."""

    key: VerifierKey
    private_key: bytes

    def line(self, text: str) -> str:
        """The signature line under `text`."""
        signature = Ed25519PrivateKey.from_private_bytes(self.private_key).sign(text.encode())
        return f"{DASH} {self.key.name} {b64encode(self.key.key_id + signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class CheckpointText:
    """What a checkpoint says, without its signatures."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


class NotSigned(ValueError):
    """A note that no known key has signed, or that is none."""


def sign(text: str, signers: Sequence[Signer]) -> str:
    """`text` with one signature line for each signer."""
    assert text.endswith("\n")
    assert signers
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def open_note(note: str, keys: Sequence[VerifierKey]) -> tuple[str, list[VerifierKey]]:
    """The text of a note and which of `keys` have signed it; signatures of others are ignored.

    Raises `NotSigned`: no known key signed it, or a known key's signature is wrong.
    """
    head, separator, lines = note.rpartition("\n\n")
    text = head + "\n"
    if not separator or not lines.endswith("\n"):
        raise NotSigned
    found = []
    for line in lines.splitlines():
        name, signature = _signature(line)
        for key in keys:
            if key.name == name and key.key_id == signature[:4]:
                _verify(key, signature[4:], text)
                found.append(key)
    if not found:
        raise NotSigned
    return text, found


def checkpoint(text: str) -> CheckpointText:
    """The three lines of a checkpoint. Raises `NotSigned` when it is none."""
    try:
        origin, size, root, *_extensions = text.splitlines()
        read = CheckpointText(origin, int(size), b64decode(root, validate=True))
    except (ValueError, NotBase64) as wrong:
        raise NotSigned from wrong
    if not origin or not text.startswith(str(read)):
        raise NotSigned
    return read


def _signature(line: str) -> tuple[str, bytes]:
    try:
        dash, name, encoded = line.split(" ")
        signature = b64decode(encoded, validate=True)
    except (ValueError, NotBase64) as wrong:
        raise NotSigned from wrong
    if dash != DASH or not name:
        raise NotSigned
    return name, signature


def _verify(key: VerifierKey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, text.encode())
    except InvalidSignature as wrong:
        raise NotSigned from wrong
