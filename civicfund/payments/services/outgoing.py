"""What we ask of a gateway: a checkout, a charge, a refund, to forget; each under its own key."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.dialects.postgresql import insert

from civicfund.core import clock, events, queue
from civicfund.core.db import db, lock
from civicfund.core.errors import NotAllowedNow
from civicfund.core.money import Money
from civicfund.core.states import advance
from civicfund.payments import queries
from civicfund.payments.errors import (
    GatewayRefused,
    KeyReusedForOtherPayment,
    NoSavedCard,
    NotRefundable,
    RefundTooLarge,
)
from civicfund.payments.gateways import gateway_for_new_payments, gateway_named
from civicfund.payments.gateways.base import ChargeOrder, CheckoutOrder, RefundOrder
from civicfund.payments.models import (
    NEWS_GRACE,
    Payment,
    PaymentMethod,
    PaymentPurpose,
    PaymentState,
    Refund,
    RefundState,
)

CARD_TERM = timedelta(hours=24)
KONBINI_DAYS = 3


class Source(Protocol):
    """Whoever wants the money moved: a row with a number."""

    __tablename__: Any
    id: Any


def start_payment(
    *,
    source: Source,
    purpose: PaymentPurpose,
    method: PaymentMethod,
    amount: Money,
    key: str,
    gateway: str | None = None,
    expires_at: datetime | None = None,
) -> Payment:
    """Write down one attempt to move `amount`, before anyone outside is asked.

    The same key with the same content answers the same payment; with other content it raises
    `KeyReusedForOtherPayment`. For `SAVE_CARD` the amount is what will be charged later.
    """
    if source.id is None:
        db.session.flush()
    content = {
        "key": key,
        "gateway": gateway or gateway_for_new_payments(),
        "source_kind": source.__tablename__,
        "source_id": source.id,
        "purpose": purpose,
        "method": method,
        "amount_yen": amount.minor,
    }
    now = clock.now()
    if expires_at is None and purpose is not PaymentPurpose.CHARGE:
        expires_at = _usual_end(method, now)
    statement = insert(Payment).values(
        **content, state=PaymentState.STARTED, started_at=now, expires_at=expires_at
    )
    kept: Payment | None = db.session.scalar(
        statement.on_conflict_do_nothing(index_elements=["key"]).returning(Payment)
    )
    if kept is not None:
        return kept
    known = queries.payment_by_key(key)
    if known is None or any(getattr(known, name) != value for name, value in content.items()):
        raise KeyReusedForOtherPayment
    return known


def open_checkout(
    payment: Payment,
    *,
    description: str,
    return_url: str,
    cancel_url: str,
    locale: str,
    email: str | None,
) -> str:
    """The address of the gateway's page, opened once for each payment.

    Raises `GatewayRefused`, or `NotAllowedNow` when the payment is already decided.
    """
    if payment.state not in {PaymentState.STARTED, PaymentState.FAILED}:
        raise NotAllowedNow(state=payment.state.label)
    if payment.checkout_url is None:
        assert payment.expires_at is not None, "a charge has no checkout"
        order = CheckoutOrder(
            key=payment.key, purpose=payment.purpose, method=payment.method,
            amount=payment.amount, description=description, return_url=return_url,
            cancel_url=cancel_url, locale=locale, email=email, expires_at=payment.expires_at,
        )  # fmt: skip
        checkout = gateway_named(payment.gateway).open_checkout(order)
        payment.gateway_ref, payment.checkout_url = checkout.gateway_ref, checkout.url
        db.session.flush()
    assert payment.checkout_url is not None, "just opened"
    return payment.checkout_url


def charge_saved_card(payment: Payment, *, saved: Payment, description: str = "") -> None:
    """Charge the card that `saved` kept, while its holder is away; the outcome comes as news.

    Asking again for the same payment asks for the same charge. Raises `NoSavedCard`.
    """
    assert payment.purpose is PaymentPurpose.CHARGE, payment.purpose
    if saved.saved_card_ref is None or saved.state is not PaymentState.CARD_SAVED:
        raise NoSavedCard
    order = ChargeOrder(
        key=payment.key, saved_card_ref=saved.saved_card_ref, amount=payment.amount,
        description=description,
    )  # fmt: skip
    payment.gateway_ref = gateway_named(saved.gateway).charge_saved_card(order)
    db.session.flush()


def cancel_payment(payment: Payment) -> None:
    """Close an open checkout or voucher, or forget a saved card; nothing can be charged any more.

    Twice is once. Raises `NotAllowedNow` when money has moved, perhaps just now.
    """
    lock(payment)
    if payment.state in {PaymentState.CANCELLED, PaymentState.EXPIRED}:
        return
    was_saved = payment.state is PaymentState.CARD_SAVED
    advance(payment, to=PaymentState.CANCELLED)
    gateway = gateway_named(payment.gateway)
    try:
        if was_saved and payment.saved_card_ref is not None:
            gateway.release_card(payment.saved_card_ref)
            payment.saved_card_ref = None
        elif payment.gateway_ref is not None:
            gateway.cancel_checkout(payment.gateway_ref)
    except GatewayRefused as refusal:
        raise NotAllowedNow(state=PaymentState.SUCCEEDED.label) from refusal
    db.session.flush()


def overdue_payments(*, at_most: int = 1000) -> Sequence[int]:
    """Payments whose term and grace are over, for `expire_payment`, one transaction each."""
    return queries.overdue_payment_ids(clock.now() - NEWS_GRACE, at_most=at_most)


def expire_payment(payment_id: int) -> None:
    """Mark a payment of which nothing was heard; money that comes later still counts."""
    payment = queries.payment_by_id(payment_id)
    assert payment is not None, payment_id
    try:
        advance(payment, to=PaymentState.EXPIRED)
    except NotAllowedNow:
        return
    events.publish("payment_expired", payment)


def refund_payment(payment: Payment, *, amount: Money, key: str, reason: str) -> Refund:
    """Send money back the way it came; the call is a job's, the outcome comes as news.

    The same key answers the same refund. Raises `NotRefundable` (konbini, or not paid) and
    `RefundTooLarge`.
    """
    lock(payment)
    known = queries.refund_by_key(key)
    if known is not None:
        if (known.payment_id, known.amount_yen) != (payment.id, amount.minor):
            raise KeyReusedForOtherPayment
        return known
    if not payment.can_be_sent_back:
        raise NotRefundable
    left = payment.amount_yen - queries.refunded_yen(payment.id)
    if not 0 < amount.minor <= left:
        raise RefundTooLarge(left=f"{left:,}")
    refund = Refund(
        key=key, payment_id=payment.id, amount_yen=amount.minor, state=RefundState.REQUESTED,
        reason=reason, requested_at=clock.now(),
    )  # fmt: skip
    db.session.add(refund)
    db.session.flush()
    queue.defer("payments.send_refund", refund_id=refund.id)
    return refund


def send_refund(refund_id: int) -> None:
    """Ask the gateway to send a requested refund; asking again asks for the same one."""
    refund = queries.refund_by_id(refund_id)
    if (
        refund is None
        or refund.gateway_ref is not None
        or refund.state is not RefundState.REQUESTED
    ):
        return
    payment = queries.payment_by_id(refund.payment_id)
    assert payment is not None, "a foreign key holds it"
    assert payment.gateway_ref is not None, "the database holds it for a paid one"
    order = RefundOrder(key=refund.key, payment_ref=payment.gateway_ref, amount=refund.amount)
    try:
        with db.session.begin_nested():
            refund.gateway_ref = gateway_named(payment.gateway).refund(order)
    except GatewayRefused:
        advance(refund, to=RefundState.FAILED)
        refund.failure_code, refund.closed_at = "refused_by_gateway", clock.now()
        db.session.flush()
        events.publish("refund_failed", refund)


def _usual_end(method: PaymentMethod, now: datetime) -> datetime:
    if method is PaymentMethod.KONBINI:
        return clock.end_of(clock.day_of(now) + timedelta(days=KONBINI_DAYS))
    return now + CARD_TERM
