"""News that the sandbox has for the fund: kept first, then delivered by a job."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from civicfund.core import clock, queue
from civicfund.core.db import db
from civicfund.payments.gateways.sandbox.models import SandboxEvent

_held: ContextVar[list[SandboxEvent] | None] = ContextVar("held_news", default=None)


def new_ref(prefix: str) -> str:
    """A name of the sandbox's own: `cs_4f...`."""
    return f"{prefix}_{secrets.token_hex(12)}"


def tell(kind: str, **thing: Any) -> None:
    """Keep news of `kind` about `thing`, for delivery once this transaction commits.

    `net`, where given, is by how much the balance grew.
    """
    ref, now = new_ref("evt"), clock.now()
    about = {name: value for name, value in thing.items() if value is not None}
    payload = {"id": ref, "kind": kind, "created_at": now.isoformat(), "object": about}
    event = SandboxEvent(ref=ref, kind=kind, payload=payload, created_at=now, attempts=0)
    db.session.add(event)
    held = _held.get()
    if held is not None:
        held.append(event)
        return
    db.session.flush()
    queue.defer("sandbox.deliver", event_id=event.id)


@contextmanager
def held() -> Iterator[list[SandboxEvent]]:
    """Give no news to the job: hand them to the caller, who delivers them itself."""
    told: list[SandboxEvent] = []
    token = _held.set(told)
    try:
        yield told
    finally:
        _held.reset(token)


def body_of(event: SandboxEvent) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(event.payload, ensure_ascii=False, separators=(",", ":")).encode()
