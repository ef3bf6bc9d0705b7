"""The inbox: verified, stored once, answered only then; kept events are handled once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sa_event
from sqlalchemy import func, select

from civicfund.core import clock, events
from civicfund.core.db import db, transaction
from civicfund.payments import queries, services
from civicfund.payments.errors import EventAlreadyHandled
from civicfund.payments.gateways.sandbox import signing
from civicfund.payments.models import EventState, GatewayEvent, Payment, PaymentState
from tests.factories.payments import (
    carry_to_app,
    make_payment,
    post_news,
    signed,
    withheld_news,
)
from tests.jobs import run_jobs, waiting_jobs

NEWS = {"id": "evt_1", "kind": "weather.changed", "object": {}}


def stored() -> int:
    """How many events are on disk."""
    return int(db.session.scalar(select(func.count()).select_from(GatewayEvent)) or 0)


def resigned(body: bytes, header: str) -> dict[str, str]:
    """Headers with a signature of our choice."""
    return {signing.HEADER: header, "Content-Type": "application/json"}


def test_a_signed_event_is_stored_with_its_job_before_the_answer(house: Flask) -> None:
    answer = post_news(*signed(NEWS))
    assert answer.status_code == 200
    assert stored() == 1
    assert waiting_jobs() == ["payments.handle_event"]


def test_an_event_is_stored_once_however_often_it_comes(house: Flask) -> None:
    for _ in range(3):
        assert post_news(*signed(NEWS)).status_code == 200
    assert stored() == 1
    assert waiting_jobs() == ["payments.handle_event"]


def test_the_same_id_of_another_gateway_would_be_another_event(house: Flask) -> None:
    with transaction():
        db.session.add(
            GatewayEvent(
                gateway="other", event_id="evt_1", kind="x", payload={}, received_at=clock.now(),
                state=EventState.IGNORED,
            )
        )  # fmt: skip
    assert post_news(*signed(NEWS)).status_code == 200
    assert stored() == 2


BODY = json.dumps(NEWS).encode()


@pytest.mark.parametrize(
    "header",
    [
        "", "nonsense", "t=1", "v1=00", "t=now,v1=00", "t=１２３,v1=00", "t=1,t=2,v1=00",
        "t=99999999999999999999,v1=00",
    ],
)  # fmt: skip
def test_a_bad_signature_is_refused_and_stored_nowhere(house: Flask, header: str) -> None:
    answer = post_news(BODY, resigned(BODY, header.encode("utf-8").decode("latin-1")))
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"].endswith("bad-signature")
    assert stored() == 0
    assert waiting_jobs() == []


def test_a_signature_over_other_bytes_or_with_another_secret_is_refused(house: Flask) -> None:
    body, headers = signed(NEWS)
    assert post_news(body + b" ", headers).status_code == 400
    forged = signing.sign(body, at=clock.now(), secrets=["somebody else's"])
    assert post_news(body, resigned(body, forged)).status_code == 400
    unsigned = {"Content-Type": "application/json"}
    assert post_news(body, unsigned).status_code == 400
    assert stored() == 0


@pytest.mark.parametrize("shift", [timedelta(seconds=-301), timedelta(seconds=302)])
def test_an_old_or_future_signature_is_refused(house: Flask, shift: timedelta) -> None:
    body = json.dumps(NEWS).encode()
    answer = post_news(body, resigned(body, signing.sign(body, at=clock.now() + shift)))
    assert answer.status_code == 400
    assert answer.json["type"].endswith("stale-signature")
    assert stored() == 0


def test_within_the_tolerance_it_is_taken(house: Flask) -> None:
    body = json.dumps(NEWS).encode()
    almost = clock.now() - timedelta(seconds=295)
    assert post_news(body, resigned(body, signing.sign(body, at=almost))).status_code == 200


def test_while_a_secret_is_replaced_both_are_good(house: Flask) -> None:
    body = json.dumps(NEWS).encode()
    both = signing.sign(body, at=clock.now(), secrets=["retired", *signing.secrets_in_force()])
    assert both.count("v1=") == 2
    assert post_news(body, resigned(body, both)).status_code == 200
    old = signing.sign(body, at=clock.now())
    house.config["SANDBOX_WEBHOOK_SECRET"] = "brand-new," + house.config["SANDBOX_WEBHOOK_SECRET"]
    try:
        assert signing.sign(body, at=clock.now()).count("v1=") == 2
        assert post_news(body, resigned(body, old)).status_code == 200
    finally:
        house.config["SANDBOX_WEBHOOK_SECRET"] = signing.secrets_in_force()[-1]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b'"text"', b"{", b'{"id": "a"}', b'{"id": "", "kind": "b"}',
        b'{"id": 1, "kind": "b"}', b'{"id": "a", "kind": "b", "x": "\\u0000"}',
        b'{"id": "a", "kind": "b", "x": "\\ud800"}', b'{"id": "a", "kind": "b", "x": NaN}',
        b'{"id": "' + b"a" * 201 + b'", "kind": "b"}',
        b'{"id": "a", "kind": "' + b"b" * 101 + b'"}',
        b"\xff\xfe", b"[" * 100_000,
    ],
)  # fmt: skip
def test_signed_nonsense_is_refused_and_stored_nowhere(house: Flask, body: bytes) -> None:
    answer = post_news(body, resigned(body, signing.sign(body, at=clock.now())))
    assert answer.status_code == 400
    assert answer.json["type"].endswith("unreadable-event")
    assert stored() == 0


def test_a_body_too_long_is_refused_before_it_is_read(house: Flask) -> None:
    body, headers = signed(NEWS | {"x": "y" * 300_000})
    answer = post_news(body, headers)
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    assert stored() == 0


@pytest.mark.parametrize("name", ["stripe", "nobody", "SANDBOX", "../sandbox"])
def test_an_unknown_gateway_is_not_found(house: Flask, name: str) -> None:
    assert post_news(*signed(NEWS), gateway=name).status_code == 404
    assert stored() == 0


def test_only_post_is_answered(house: Flask) -> None:
    answer = house.test_client().get("/webhooks/sandbox")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_in_production_the_sandbox_brings_nothing(house: Flask) -> None:
    house.config["PRODUCTION"] = True
    try:
        assert post_news(*signed(NEWS)).status_code == 404
    finally:
        house.config["PRODUCTION"] = False
    assert stored() == 0


def test_keeping_an_event_takes_one_statement_and_its_job(house: Flask) -> None:
    statements: list[str] = []

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "SAVEPOINT" not in statement:
            statements.append(statement)

    sa_event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert post_news(*signed(NEWS)).status_code == 200
    finally:
        sa_event.remove(db.engine, "before_cursor_execute", count)
    assert len(statements) == 1, statements


def test_an_event_is_handled_once(house: Flask) -> None:
    with transaction():
        payment = make_payment()
        news = withheld_news(payment)
    assert post_news(*news[0]).status_code == 200
    run_jobs()
    kept = queries.events_of_payment(payment.id)[0]
    assert kept.state is EventState.HANDLED
    handled_at = kept.handled_at
    with transaction():
        services.handle_event(kept.id)
    assert kept.handled_at == handled_at
    with pytest.raises(EventAlreadyHandled), transaction():
        services.handle_again(kept, by=None)  # type: ignore[arg-type]


def test_an_event_that_is_gone_is_no_failure(house: Flask) -> None:
    services.handle_event(999_999)


def test_eight_deliveries_at_once_are_one_event_and_one_effect(
    open_house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def hear(payment: Payment) -> None:
        told.append(payment.id)

    monkeypatch.setitem(events._listeners, "payment_succeeded", [hear])
    with transaction():
        payment = make_payment()
        body, headers = withheld_news(payment)[0]
        payment_id = payment.id

    def bring(_number: int) -> int:
        with open_house.app_context():
            return carry_to_app("/webhooks/sandbox", body, headers)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(bring, range(8))) == {200}
    assert stored() == 1
    event_id = db.session.scalar(select(GatewayEvent.id))
    assert event_id is not None
    assert waiting_jobs() == ["payments.handle_event"]
    db.session.remove()

    def handle(_number: int) -> None:
        with open_house.app_context(), transaction():
            services.handle_event(event_id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(handle, range(8)))
    assert told == [payment_id]
    settled = db.session.get(Payment, payment_id)
    assert settled is not None
    assert settled.state is PaymentState.SUCCEEDED


def test_eight_events_that_tell_the_same_have_one_effect(
    open_house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def hear(payment: Payment) -> None:
        told.append(payment.id)

    monkeypatch.setitem(events._listeners, "payment_succeeded", [hear])
    with transaction():
        payment = make_payment()
        payload = json.loads(withheld_news(payment)[0][0])
    with transaction():
        ids = []
        for number in range(8):
            kept = services.keep_event("sandbox", *signed(payload | {"id": f"evt_{number}"}))
            assert kept is not None
            ids.append(kept.id)
    db.session.remove()

    def handle(event_id: int) -> None:
        with open_house.app_context(), transaction():
            services.handle_event(event_id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(handle, ids))
    assert len(told) == 1
    counts = queries.event_counts()
    assert (counts[EventState.HANDLED], counts[EventState.IGNORED]) == (1, 7)
