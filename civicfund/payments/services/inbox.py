"""The inbox: verify, keep, then act. What was kept once is handled once, in any order."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError

from civicfund.core import clock, queue
from civicfund.core.audit_log import Actor, record
from civicfund.core.db import db
from civicfund.core.errors import DomainError
from civicfund.payments import queries
from civicfund.payments.errors import EventAlreadyHandled, UnreadableEvent
from civicfund.payments.gateways import gateway_named
from civicfund.payments.models import EventState, GatewayEvent
from civicfund.payments.services.news import Result, act_on

DONE = frozenset({EventState.HANDLED, EventState.IGNORED})


def keep_event(gateway_name: str, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
    """Verify and store an event once, with the job that will handle it; None if it is known.

    Raises `UnknownGateway`, `BadSignature`, `StaleSignature`, `UnreadableEvent`.
    """
    event = _keep(gateway_name, body, headers)
    if event is not None:
        queue.defer("payments.handle_event", event_id=event.id)
    return event


def handle_event(event_id: int) -> None:
    """Act on a kept event. A refusal is kept with it, for people; nothing else was changed then."""
    event = queries.event_for_update(event_id)
    if event is None or event.state in DONE:
        return
    try:
        with db.session.begin_nested():
            _act(event)
    except DomainError as refusal:
        _close(event, Result(EventState.FAILED, refusal.message, refusal.places))


def handle_again(event: GatewayEvent, *, by: Actor) -> GatewayEvent:
    """A person asks for another try, after whatever stood in the way was put right."""
    locked = queries.event_for_update(event.id)
    if locked is None or locked.state in DONE:
        raise EventAlreadyHandled
    before = {"state": locked.state.value, "note": locked.note}
    handle_event(locked.id)
    after = {"state": locked.state.value, "note": locked.note}
    record(by, "handle_event_again", locked, before=before, after=after)
    return locked


def take_at_once(gateway_name: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Keep an event and act on it here and now; a refusal is raised. For seeds and replays."""
    event = _keep(gateway_name, body, headers)
    if event is not None:
        _act(event)


def _keep(gateway_name: str, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
    gateway = gateway_named(gateway_name)
    gateway.verify(body, headers)
    payload = _payload(body)
    envelope = gateway.envelope(payload)
    if len(envelope.kind) > 100:
        raise UnreadableEvent
    statement = insert(GatewayEvent).values(
        gateway=gateway_name,
        event_id=envelope.event_id,
        kind=envelope.kind,
        payload=payload,
        received_at=clock.now(),
        state=EventState.RECEIVED,
    )
    try:
        return db.session.scalar(
            statement.on_conflict_do_nothing(index_elements=["gateway", "event_id"]).returning(
                GatewayEvent
            )
        )
    except DataError as wrong:
        # PostgreSQL's JSON knows no NUL and no half of a surrogate pair.
        raise UnreadableEvent from wrong


def _payload(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise UnreadableEvent from wrong
    if not isinstance(payload, dict):
        raise UnreadableEvent
    return payload


def _act(event: GatewayEvent) -> None:
    _close(event, act_on(event, gateway_named(event.gateway).read(event.payload)))


def _close(event: GatewayEvent, result: Result) -> None:
    event.state = result.state
    event.note, event.note_places = result.note, dict(result.places) or None
    event.handled_at = clock.now()
    db.session.flush()
