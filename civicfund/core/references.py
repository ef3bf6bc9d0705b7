"""Numbers that people read out on the telephone: short, unguessable, checked."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random

# Crockford's base 32: no I, L, O or U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SLIPS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})

_unguessable = secrets.SystemRandom()
_repeatable: ContextVar[Random | None] = ContextVar("repeatable_references", default=None)


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Draw the same references each time: for demo data, never for real gifts."""
    token = _repeatable.set(Random(seed))  # noqa: S311  # not a secret: invented data
    try:
        yield
    finally:
        _repeatable.reset(token)


def new_reference(prefix: str) -> str:
    """A reference such as `D-7KQ2-M4XC-9`: 40 random bits and a check sign."""
    source = _repeatable.get() or _unguessable
    body = "".join(source.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{body[:4]}-{body[4:]}-{_check(body)}"


def normalise_reference(typed: str) -> str | None:
    """The reference a person meant, or None when its check sign is wrong."""
    prefix, _, rest = typed.strip().upper().partition("-")
    rest = rest.translate(_SLIPS)
    if len(rest) != 9 or any(sign not in ALPHABET for sign in rest):
        return None
    body, check = rest[:8], rest[8]
    return f"{prefix}-{body[:4]}-{body[4:]}-{check}" if _check(body) == check else None


def _check(body: str) -> str:
    # Luhn's method over 32 signs finds each single slip and nearly every swap of neighbours.
    total = 0
    for place, sign in enumerate(reversed(body)):
        value = ALPHABET.index(sign) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
