"""The sandbox as a provider: fees, keys, deliveries until they are heard, payouts, its own day."""

import ast
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event as sa_event

from civicfund.core import clock, queue
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.ledger import queries as book
from civicfund.payments import gateways, queries, services
from civicfund.payments.gateways.base import CheckoutOrder
from civicfund.payments.gateways.sandbox import delivery, driver, payouts, signing
from civicfund.payments.gateways.sandbox.client import SandboxGateway
from civicfund.payments.gateways.sandbox.errors import CheckoutClosed, KeyUsedForOtherQuestion
from civicfund.payments.gateways.sandbox.fees import fee_of
from civicfund.payments.gateways.sandbox.models import SandboxCheckout, SandboxEvent
from civicfund.payments.models import (
    EventState,
    PaymentMethod,
    PaymentPurpose,
    PaymentState,
    Payout,
)
from tests.factories.payments import Outcome, TestCard, make_payment, pay, withheld_news
from tests.jobs import run_jobs, waiting_jobs

S = PaymentState


@pytest.mark.parametrize(
    ("amount", "brand", "fee", "tax"),
    [
        (10_000, "jcb", 360, 36),
        (10_000, "visa", 360, 0),
        (10_000, "mastercard", 360, 0),
        (10_000, "amex", 360, 36),
        (2_000, None, 120, 12),
        (10_000, None, 360, 36),
        (100, None, 120, 12),
        (1, "visa", 0, 0),
    ],
)
def test_fees_are_those_of_the_rules(amount: int, brand: str | None, fee: int, tax: int) -> None:
    kept = fee_of(amount, brand=brand)
    assert (kept.before_tax, kept.tax, kept.total) == (fee, tax, fee + tax)


@given(st.integers(1, 10**10), st.sampled_from(["visa", "jcb", None]))
def test_a_fee_is_whole_and_never_negative(amount: int, brand: str | None) -> None:
    kept = fee_of(amount, brand=brand)
    assert type(kept.total) is int
    assert 0 <= kept.tax <= kept.before_tax


def test_it_knows_nothing_of_our_rows() -> None:
    """Only the client's side and the driver speak of payments; the provider never does."""
    folder = Path(gateways.__file__).parent / "sandbox"
    ours = {"client.py", "driver.py"}
    for file in sorted(folder.glob("*.py")):
        imports = {
            node.module
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module
        }
        if file.name not in ours:
            assert "civicfund.payments.models" not in imports, file.name
        assert not {name for name in imports if "ledger" in name or "donors" in name}, file.name


# -- keys ---------------------------------------------------------------------------------------


def order(**other: Any) -> CheckoutOrder:
    """A question for a page."""
    asked: dict[str, Any] = {
        "key": "k", "purpose": PaymentPurpose.PAY, "method": PaymentMethod.CARD,
        "amount": yen(3_000), "description": "d", "return_url": "http://localhost/thanks",
        "cancel_url": "http://localhost/again", "locale": "ja", "email": None,
        "expires_at": clock.start_of(clock.today()) + timedelta(days=3),
    }  # fmt: skip
    return CheckoutOrder(**asked | other)


def test_same_key_same_question_same_answer(house: Flask) -> None:
    sandbox = SandboxGateway()
    with transaction():
        first = sandbox.open_checkout(order())
        assert sandbox.open_checkout(order()) == first
        # The address of a donor never reaches it, so it makes no difference.
        assert sandbox.open_checkout(order(email="donor@example.jp")) == first
        assert sandbox.open_checkout(order(key="other")) != first
    assert db.session.query(SandboxCheckout).count() == 2


@pytest.mark.parametrize(
    "other",
    [
        {"amount": yen(3_001)}, {"method": PaymentMethod.KONBINI}, {"description": "e"},
        {"purpose": PaymentPurpose.SAVE_CARD}, {"return_url": "http://elsewhere.example/"},
    ],
)  # fmt: skip
def test_same_key_other_question_is_an_error(house: Flask, other: dict[str, Any]) -> None:
    sandbox = SandboxGateway()
    with transaction():
        sandbox.open_checkout(order())
    with pytest.raises(KeyUsedForOtherQuestion), transaction():
        sandbox.open_checkout(order(**other))
    assert db.session.query(SandboxCheckout).count() == 1


# -- delivery -----------------------------------------------------------------------------------


class Away:
    """A fund that answers as it is told, and counts how often it was asked."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.asked.append((url, body, dict(headers)))
        answer = self.answers.pop(0)
        if answer == 0:
            raise ConnectionRefusedError("nobody there")
        return answer


def one_event() -> SandboxEvent:
    """News that wait."""
    with transaction():
        payment = make_payment()
        withheld_news(payment)
        event = db.session.query(SandboxEvent).one()
        queue.defer("sandbox.deliver", event_id=event.id)
    return event


def test_news_are_told_again_until_they_are_heard(house: Flask) -> None:
    event = one_event()
    away = Away(500, 0, 302, 400, 200)
    now = clock.now()
    waits = []
    with delivery.delivering_through(away):
        for _ in range(40):
            with clock.at(now):
                ran = run_jobs()
            waits.append(len(ran))
            now += timedelta(seconds=1)
            if event.delivered_at is not None:
                break
            db.session.refresh(event)
    db.session.refresh(event)
    assert event.delivered_at is not None
    assert (event.attempts, event.last_answer) == (5, "200")
    # 2, 4, 8 and 16 seconds between them.
    assert [second for second, ran in enumerate(waits) if ran] == [0, 2, 6, 14, 30]
    assert waiting_jobs() == []
    signatures = {headers[signing.HEADER] for _, _, headers in away.asked}
    assert len(signatures) == 5, "each try is signed anew"
    assert {url for url, _, _ in away.asked} == {"http://localhost/webhooks/sandbox"}


def test_heard_news_are_not_told_again(house: Flask) -> None:
    event = one_event()
    away = Away(204)
    with delivery.delivering_through(away):
        run_jobs()
        queue.run("sandbox.deliver", event_id=event.id)
    assert len(away.asked) == 1


def test_news_go_through_the_real_inbox(house: Flask) -> None:
    event = one_event()
    assert run_jobs() == ["sandbox.deliver", "payments.handle_event"]
    db.session.refresh(event)
    assert event.last_answer == "200"
    assert queries.event_counts()[EventState.HANDLED] == 1


@pytest.fixture
def listener() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A real HTTP server on this machine: its address, and what it was sent."""
    heard: list[dict[str, Any]] = []

    class Listen(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append({"path": self.path, "body": body, "headers": dict(self.headers)})
            self.send_response(200 if len(heard) > 1 else 503)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Listen)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_over_http_it_posts_signed_json(
    house: Flask, listener: tuple[str, list[dict[str, Any]]]
) -> None:
    address, heard = listener
    event = one_event()
    site = house.config["SITE_URL"]
    house.config["SITE_URL"] = address
    try:
        with delivery.delivering_through(delivery.over_http):
            run_jobs()
            db.session.refresh(event)
            assert event.last_answer == "503"
            with clock.at(clock.now() + timedelta(seconds=3)):
                run_jobs()
                signing.verify(heard[1]["body"], heard[1]["headers"][signing.HEADER])
    finally:
        house.config["SITE_URL"] = site
    db.session.refresh(event)
    assert event.last_answer == "200"
    assert [one["path"] for one in heard] == ["/webhooks/sandbox"] * 2
    assert json.loads(heard[0]["body"])["kind"] == "checkout.paid"


def test_when_nobody_listens_it_waits(house: Flask) -> None:
    event = one_event()
    site = house.config["SITE_URL"]
    house.config["SITE_URL"] = "http://127.0.0.1:9"
    try:
        with delivery.delivering_through(delivery.over_http):
            run_jobs()
    finally:
        house.config["SITE_URL"] = site
    db.session.refresh(event)
    assert event.delivered_at is None
    assert event.last_answer is not None
    assert event.last_answer.startswith("no answer")
    assert waiting_jobs() == ["sandbox.deliver"]


# -- its own day --------------------------------------------------------------------------------


def test_what_is_over_expires(house: Flask) -> None:
    with transaction():
        card = make_payment()
        shop = pay(make_payment(method=PaymentMethod.KONBINI), outcome=Outcome.TAKE_VOUCHER)
        paid = pay(make_payment())
    now = clock.now()
    with clock.at(now + timedelta(hours=25)), transaction():
        assert payouts.expire_due() == 1
    with clock.at(now + timedelta(days=5)), transaction():
        assert payouts.expire_due() == 1
        assert payouts.expire_due() == 0
    run_jobs()
    db.session.expire_all()
    assert [card.state, shop.state, paid.state] == [S.EXPIRED, S.EXPIRED, S.SUCCEEDED]


def test_nothing_happens_at_a_page_whose_time_is_over(house: Flask) -> None:
    with transaction():
        payment = make_payment()
    with clock.at(clock.now() + timedelta(hours=24)), pytest.raises(CheckoutClosed), transaction():
        pay(payment)
    assert payment.state is S.STARTED


def test_the_days_balance_is_paid_out_and_booked(house: Flask) -> None:
    """The three gifts and the refund of the worked example, seen from the provider."""
    with transaction():
        pay(make_payment(amount=10_000), card=TestCard.JCB)
        pay(make_payment(amount=10_000), card=TestCard.VISA)
        pay(make_payment(amount=2_000, method=PaymentMethod.KONBINI))
    with transaction():
        sent = payouts.pay_out()
    assert sent is not None
    assert sent.amount_yen == 10_000 - 396 + 10_000 - 360 + 2_000 - 132
    with transaction():
        assert payouts.pay_out() is None
    run_jobs()
    payout = db.session.query(Payout).one()
    assert (payout.amount_yen, payout.gateway_ref) == (sent.amount_yen, sent.ref)
    assert payout.paid_on == clock.today()
    assert payout.entry_id is not None
    assert book.balance_of("1112") == yen(21_112)
    assert book.balance_of("1131") == yen(-21_112)
    assert SandboxGateway().balance() == yen(0)


def test_a_payout_is_booked_once(house: Flask) -> None:
    with transaction():
        pay(make_payment(amount=10_000))
        payouts.pay_out()
    event = db.session.query(SandboxEvent).filter_by(kind="payout.paid").one()
    for number in range(3):
        body = json.dumps(event.payload | {"id": f"evt_payout_{number}"}).encode()
        headers = {signing.HEADER: signing.sign(body, at=clock.now())}
        with transaction():
            services.keep_event("sandbox", body, headers)
    run_jobs()
    assert db.session.query(Payout).count() == 1
    assert book.balance_of("1112") == yen(9_640)


def test_a_balance_below_zero_waits_for_new_gifts(house: Flask) -> None:
    with transaction():
        payment = pay(make_payment(amount=10_000))
        payouts.pay_out()
        services.refund_payment(payment, amount=yen(10_000), key="r", reason="twice")
    run_jobs()
    with transaction():
        assert payouts.pay_out() is None
    assert SandboxGateway().balance() == yen(-10_000)


def test_the_driver_hands_over_what_jobs_would_have_carried(house: Flask) -> None:
    with transaction():
        payment = pay(make_payment(amount=10_000))
        with driver.news_at_once():
            refund = services.refund_payment(payment, amount=yen(10_000), key="r", reason="twice")
            services.send_refund(refund.id)
            payouts.pay_out()
    assert refund.state.value == "succeeded"
    assert waiting_jobs() == ["payments.send_refund"]


def test_driving_a_gift_takes_few_statements(house: Flask) -> None:
    with transaction():
        payments = [make_payment() for _ in range(3)]
        pay(payments[0])
    statements: list[str] = []

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "SAVEPOINT" not in statement:
            statements.append(statement)

    sa_event.listen(db.engine, "before_cursor_execute", count)
    try:
        with transaction():
            pay(payments[1])
            pay(payments[2])
    finally:
        sa_event.remove(db.engine, "before_cursor_execute", count)
    assert len(statements) <= 2 * 12, "\n".join(statements)


def test_in_production_the_house_does_not_open_with_play_money(house: Flask) -> None:
    house.config["PRODUCTION"] = True
    try:
        with pytest.raises(SystemExit, match="GATEWAYS"):
            gateways.refuse_play_money()
        house.config["GATEWAYS"] = []
        gateways.refuse_play_money()
    finally:
        house.config["PRODUCTION"] = False
        house.config["GATEWAYS"] = ["sandbox"]
