"""What the sandbox does for the fund's program: each question carries an idempotency key."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.settings import setting
from civicfund.payments.errors import GatewayRefused
from civicfund.payments.gateways.sandbox import news, queries
from civicfund.payments.gateways.sandbox.errors import KeyUsedForOtherQuestion
from civicfund.payments.gateways.sandbox.fees import fee_of
from civicfund.payments.gateways.sandbox.models import (
    CardBehaviour,
    CheckoutMode,
    CheckoutState,
    SandboxAnswer,
    SandboxBalanceLine,
    SandboxCard,
    SandboxCharge,
    SandboxCheckout,
    SandboxRefund,
)

# A till of a shop takes no more in one go.
LARGEST_AT_A_SHOP = 300_000


@dataclass(frozen=True, kw_only=True)
class CheckoutQuestion:
    """A hosted page to open."""

    mode: CheckoutMode
    method: str
    amount_yen: int
    description: str
    reference: str
    return_url: str
    cancel_url: str
    locale: str
    expires_at: datetime


def create_checkout(key: str, question: CheckoutQuestion) -> dict[str, Any]:
    """Open a hosted page; answers its `ref` and `url`."""
    if question.method == "konbini" and question.amount_yen > LARGEST_AT_A_SHOP:
        raise GatewayRefused
    ref = news.new_ref("cs")

    def open_page() -> None:
        asked = vars(question) | {"ref": ref, "state": CheckoutState.OPEN}
        db.session.add(SandboxCheckout(**asked, created_at=clock.now()))

    url = f"{setting('SITE_URL')}/sandbox/checkouts/{ref}"
    return _once(key, vars(question), {"ref": ref, "url": url}, open_page)


def cancel_checkout(ref: str) -> None:
    """Close a page or voucher that nobody has paid; twice is once."""
    checkout = queries.checkout_for_update(ref)
    if checkout is None or checkout.state in {CheckoutState.PAID, CheckoutState.SAVED}:
        raise GatewayRefused
    if checkout.state in queries.STILL_OPEN:
        checkout.state, checkout.closed_at = CheckoutState.CANCELLED, clock.now()
        news.tell("checkout.cancelled", ref=ref, reference=checkout.reference)


def charge_card(
    key: str, *, card_ref: str, amount_yen: int, description: str, reference: str
) -> dict[str, Any]:
    """Charge a saved card without its holder; the answer is its `ref`, the outcome is news."""
    question = {"card": card_ref, "amount": amount_yen, "for": description, "ref": reference}
    ref = news.new_ref("ch")

    def charge() -> None:
        card = queries.card_for_update(card_ref)
        if card is None:
            raise GatewayRefused
        failure = _refusal_of(card)
        paid = SandboxCharge(
            ref=ref, reference=reference, method="card", brand=card.brand, card_id=card.id,
            amount_yen=amount_yen, fee_yen=0, fee_tax_yen=0, refunded_yen=0,
            failure_code=failure, created_at=clock.now(),
        )  # fmt: skip
        db.session.add(paid)
        if failure is None:
            take(paid)
            news.tell("charge.paid", **about(paid))
        else:
            card.declines += 1
            news.tell("charge.declined", ref=ref, reference=reference, failure_code=failure)

    return _once(key, question, {"ref": ref}, charge)


def release_card(card_ref: str) -> None:
    """Forget a card; twice is once."""
    card = queries.card_for_update(card_ref)
    if card is None:
        raise GatewayRefused
    card.released_at = card.released_at or clock.now()


def refund(key: str, *, payment_ref: str, amount_yen: int, reference: str) -> dict[str, Any]:
    """Send money of a card payment back; the fee is kept."""
    question = {"payment": payment_ref, "amount": amount_yen, "ref": reference}
    ref = news.new_ref("re")

    def send_back() -> None:
        charge = queries.charge_for_update(payment_ref)
        if charge is None or charge.method != "card":
            raise GatewayRefused
        if charge.refunded_yen + amount_yen > charge.amount_yen:
            raise GatewayRefused
        charge.refunded_yen += amount_yen
        now = clock.now()
        db.session.add_all(
            [
                SandboxRefund(
                    ref=ref, reference=reference, charge_id=charge.id, amount_yen=amount_yen,
                    created_at=now,
                ),
                SandboxBalanceLine(
                    kind="refund", source_ref=ref, gross_yen=-amount_yen, fee_yen=0, created_at=now
                ),
            ]
        )  # fmt: skip
        news.tell(
            "refund.paid", ref=ref, reference=reference, amount=amount_yen, currency="JPY",
            net=-amount_yen,
        )  # fmt: skip

    return _once(key, question, {"ref": ref}, send_back)


def take(charge: SandboxCharge) -> None:
    """Keep the fee of a charge that went through, and owe the fund the rest."""
    fee = fee_of(charge.amount_yen, brand=charge.brand)
    charge.fee_yen, charge.fee_tax_yen = fee.total, fee.tax
    db.session.add(
        SandboxBalanceLine(
            kind="charge", source_ref=charge.ref, gross_yen=charge.amount_yen, fee_yen=fee.total,
            created_at=charge.created_at,
        )
    )  # fmt: skip


def about(charge: SandboxCharge) -> dict[str, Any]:
    """A charge that went through, as it is told."""
    return {
        "ref": charge.ref,
        "reference": charge.reference,
        "amount": charge.amount_yen,
        "currency": "JPY",
        "fee": charge.fee_yen,
        "fee_tax": charge.fee_tax_yen,
        "net": charge.amount_yen - charge.fee_yen,
        "method": charge.method,
        "brand": charge.brand,
    }


def _refusal_of(card: SandboxCard) -> str | None:
    if card.released_at is not None:
        return "card_released"
    if card.behaviour is CardBehaviour.DECLINES:
        return "insufficient_funds"
    if card.behaviour is CardBehaviour.DECLINES_ONCE and card.declines == 0:
        return "insufficient_funds"
    return None


def _once(
    key: str, question: dict[str, Any], answer: dict[str, Any], deed: Callable[[], None]
) -> dict[str, Any]:
    """Do `deed` and give `answer`, unless the key has its answer already."""
    asked = json.dumps(question, sort_keys=True, default=str)
    digest = hashlib.sha256(asked.encode()).hexdigest()
    kept = db.session.execute(
        insert(SandboxAnswer)
        .values(key=key, question_hash=digest, answer=answer, created_at=clock.now())
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(SandboxAnswer.id)
    ).first()
    if kept is None:
        known = queries.answer_to(key)
        if known.question_hash != digest:
            raise KeyUsedForOtherQuestion
        return known.answer
    deed()
    return answer
