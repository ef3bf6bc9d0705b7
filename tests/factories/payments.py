"""Payments and what gateways say about them, driven through the sandbox and the real inbox."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from flask import current_app

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.money import yen
from civicfund.payments import services
from civicfund.payments.gateways.sandbox import driver, signing
from civicfund.payments.gateways.sandbox.cards import TestCard
from civicfund.payments.gateways.sandbox.driver import Outcome
from civicfund.payments.models import BankLine, Payment, PaymentMethod, PaymentPurpose

__all__ = [
    "Outcome",
    "TestCard",
    "carry_to_app",
    "make_bank_line",
    "make_payment",
    "pay",
    "post_news",
    "save_card",
    "signed",
    "withheld_news",
]

_numbers = count(1)


@dataclass
class Thing:
    """Something that wants money moved, when no real one is at hand."""

    id: int
    __tablename__: str = "things"


def make_payment(
    *,
    source: Any = None,
    amount: int = 3_000,
    purpose: PaymentPurpose = PaymentPurpose.PAY,
    method: PaymentMethod = PaymentMethod.CARD,
    key: str | None = None,
    is_open: bool = True,
) -> Payment:
    """A payment, by default with its hosted page open."""
    number = next(_numbers)
    payment = services.start_payment(
        source=source or Thing(number),
        purpose=purpose,
        method=method,
        amount=yen(amount),
        key=key or f"things/{number}/{purpose.value}",
    )
    if is_open and purpose is not PaymentPurpose.CHARGE:
        open_page(payment)
    return payment


def open_page(payment: Payment) -> str:
    """The address of the hosted page."""
    return services.open_checkout(
        payment,
        description="こども食堂への寄附",
        return_url="http://localhost/thanks",
        cancel_url="http://localhost/again",
        locale="ja",
        email="donor@example.jp",
    )


def pay(
    payment: Payment, *, outcome: Outcome = Outcome.SUCCEED, card: TestCard = TestCard.VISA
) -> Payment:
    """Bring an open payment to `outcome` at the sandbox; its news are kept and handled."""
    driver.complete(payment, outcome=outcome, card=card)
    db.session.flush()
    return payment


def save_card(*, card: TestCard = TestCard.VISA, **more: Any) -> Payment:
    """A payment whose card is saved; `card` decides how it answers later."""
    return pay(make_payment(purpose=PaymentPurpose.SAVE_CARD, **more), card=card)


def withheld_news(
    payment: Payment, *, outcome: Outcome = Outcome.SUCCEED, card: TestCard = TestCard.VISA
) -> list[tuple[bytes, dict[str, str]]]:
    """The signed news of `outcome`, not delivered: for repeats, races and wrong orders."""
    return driver.complete(payment, outcome=outcome, card=card, withhold=True)


def signed(payload: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Any payload, as the sandbox would sign it."""
    body = json.dumps(payload).encode()
    signature = signing.sign(body, at=clock.now())
    return body, {signing.HEADER: signature, "Content-Type": "application/json"}


def post_news(body: bytes, headers: Mapping[str, str], *, gateway: str = "sandbox") -> Any:
    """POST news to the inbox of the app under test; returns the answer."""
    client = current_app.test_client()
    return client.post(f"/webhooks/{gateway}", data=body, headers=dict(headers))


def carry_to_app(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """A transport for the sandbox that needs no network: the test client of the app."""
    return int(current_app.test_client().post(url, data=body, headers=dict(headers)).status_code)


def make_bank_line(
    *,
    amount: int = 10_000,
    on: date | None = None,
    counterparty: str = "ミナトシミンファンド",
    reference: str | None = None,
    by: Any = None,
) -> BankLine:
    """A line of the operating account's statement."""
    return services.record_bank_line(
        account_code="1112",
        booked_on=on or clock.today(),
        amount=yen(amount),
        counterparty=counterparty,
        reference=reference or f"B-{next(_numbers)}",
        by=by,
    )
