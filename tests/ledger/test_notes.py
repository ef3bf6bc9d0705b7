"""Signed notes against the example of the specification, and against whoever forges one."""

import hashlib
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from civicfund.ledger.notes import (
    CheckpointText,
    NotSigned,
    Signer,
    VerifierKey,
    checkpoint,
    open_note,
    sign,
)

# C2SP signed-note, "Example".
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""  # noqa: E501


def make_signer(name: str = "fund.example/ledger", seed: int = 1) -> Signer:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    key = VerifierKey(name, private.public_key().public_bytes_raw())
    return Signer(key, private.private_bytes_raw())


def test_the_example_of_the_specification() -> None:
    name, _, material = EXAMPLE_KEY.split("+")
    key = VerifierKey(name, b64decode(material)[1:])
    assert key.vkey == EXAMPLE_KEY
    assert open_note(EXAMPLE_NOTE, [key]) == ("This is an example message.\n", [key])


def test_a_key_id_computed_by_hand() -> None:
    # The public key of RFC 8032, 7.1, test 1; the digest is that of sha256sum over the bytes.
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    told = b"fund.example/ledger" + b"\x0a" + b"\x01" + public
    assert hashlib.sha256(told).hexdigest()[:8] == "144b9a3f"
    key = VerifierKey("fund.example/ledger", public)
    assert key.key_id.hex() == "144b9a3f"
    assert key.vkey == ("fund.example/ledger+144b9a3f+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea")


def test_two_signatures() -> None:
    old, new, other = make_signer(seed=1), make_signer(seed=2), make_signer(seed=3)
    note = sign("fund.example/ledger\n1\nAA==\n", [old, new])
    assert open_note(note, [old.key, new.key])[1] == [old.key, new.key]
    assert open_note(note, [new.key, other.key])[1] == [new.key]
    with pytest.raises(NotSigned):
        open_note(note, [other.key])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("message", "massage"),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.removesuffix("\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("yaQM=", "yaQI="),
        lambda note: note.replace("yaQM=", "yaQM"),
        lambda note: note.replace("foo Uw2", "foo  Uw2"),
    ],
)
def test_a_note_that_was_spoilt(spoil: object) -> None:
    name, _, material = EXAMPLE_KEY.split("+")
    with pytest.raises(NotSigned):
        open_note(spoil(EXAMPLE_NOTE), [VerifierKey(name, b64decode(material)[1:])])  # type: ignore[operator]


def test_a_checkpoint_is_three_lines() -> None:
    said = CheckpointText("fund.example/ledger", 20_852_163, hashlib.sha256(b"").digest())
    assert str(said) == (
        "fund.example/ledger\n20852163\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    )
    assert checkpoint(str(said)) == said
    assert checkpoint(str(said) + "more\n") == said
    for wrong in (
        "",
        "a\n1\n",
        "a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "a\nb\nc\n",
    ):
        with pytest.raises(NotSigned):
            checkpoint(wrong)
