"""The sandbox as our program sees it: one more gateway."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from civicfund.core.money import Money, yen
from civicfund.core.settings import setting
from civicfund.payments.errors import BadSignature, UnreadableEvent
from civicfund.payments.gateways.base import (
    ChargeOrder,
    Checkout,
    CheckoutOrder,
    Envelope,
    GatewayNews,
    RefundOrder,
    Topic,
)
from civicfund.payments.gateways.sandbox import queries, requests, signing
from civicfund.payments.gateways.sandbox.models import CheckoutMode
from civicfund.payments.models import PaymentPurpose

TOPICS = {
    "checkout.pending": Topic.PENDING,
    "checkout.paid": Topic.SUCCEEDED,
    "checkout.card_saved": Topic.CARD_SAVED,
    "checkout.declined": Topic.FAILED,
    "checkout.expired": Topic.EXPIRED,
    "checkout.cancelled": Topic.CANCELLED,
    "charge.paid": Topic.SUCCEEDED,
    "charge.declined": Topic.FAILED,
    "refund.paid": Topic.REFUND_SUCCEEDED,
    "refund.failed": Topic.REFUND_FAILED,
    "payout.paid": Topic.PAYOUT_PAID,
}


class SandboxGateway:
    """See `civicfund.payments.gateways.base.Gateway`."""

    name = "sandbox"
    moves_real_money = False

    def open_checkout(self, order: CheckoutOrder) -> Checkout:
        """The e-mail address stays here: the sandbox has no use for it."""
        saving = order.purpose is PaymentPurpose.SAVE_CARD
        question = requests.CheckoutQuestion(
            mode=CheckoutMode.SETUP if saving else CheckoutMode.PAYMENT,
            method=order.method.value,
            amount_yen=order.amount.minor,
            description=order.description,
            reference=order.key,
            return_url=order.return_url,
            cancel_url=order.cancel_url,
            locale=order.locale,
            expires_at=order.expires_at,
        )
        answer = requests.create_checkout(f"checkout/{order.key}", question)
        return Checkout(answer["ref"], answer["url"])

    def cancel_checkout(self, gateway_ref: str) -> None:
        """Close the page or the voucher."""
        requests.cancel_checkout(gateway_ref)

    def charge_saved_card(self, order: ChargeOrder) -> str:
        """The outcome is news, as it is for every charge."""
        answer = requests.charge_card(
            f"charge/{order.key}",
            card_ref=order.saved_card_ref,
            amount_yen=order.amount.minor,
            description=order.description,
            reference=order.key,
        )
        return str(answer["ref"])

    def release_card(self, saved_card_ref: str) -> None:
        """The card can never be charged again."""
        requests.release_card(saved_card_ref)

    def refund(self, order: RefundOrder) -> str:
        """Cards only; the fee is not returned."""
        answer = requests.refund(
            f"refund/{order.key}",
            payment_ref=order.payment_ref,
            amount_yen=order.amount.minor,
            reference=order.key,
        )
        return str(answer["ref"])

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        """HMAC-SHA256 over `t.body`, any secret in force, within the tolerance."""
        header = headers.get(signing.HEADER)
        if not header:
            raise BadSignature
        signing.verify(body, header)

    def envelope(self, payload: Mapping[str, Any]) -> Envelope:
        """Every event has an id and a kind."""
        return Envelope(_text(payload, "id"), _text(payload, "kind"))

    def read(self, payload: Mapping[str, Any]) -> GatewayNews:
        """Kinds that we do not know are news of nothing."""
        topic = TOPICS.get(_text(payload, "kind"))
        if topic is None:
            return GatewayNews(topic=Topic.NOTHING)
        thing = payload.get("object")
        if not isinstance(thing, dict):
            raise UnreadableEvent
        return GatewayNews(
            topic=topic,
            gateway_ref=_text(thing, "ref"),
            reference=_text(thing, "reference") if topic is not Topic.PAYOUT_PAID else "",
            happened_at=_instant(payload, "created_at"),
            amount_minor=_whole(thing, "amount"),
            currency=str(thing.get("currency", "")),
            fee_minor=_whole(thing, "fee"),
            card_brand=thing.get("brand"),
            saved_card_ref=thing.get("card"),
            failure_code=thing.get("failure_code"),
            voucher=_voucher(thing),
            expires_at=_instant(thing, "expires_at"),
        )

    def balance(self) -> Money:
        """Charges less fees and refunds, since the last payout."""
        return yen(queries.unpaid_yen())

    def balance_at(self, instant: datetime) -> Money:
        """Every line until then, less what had been paid out."""
        return yen(queries.balance_yen_at(instant))

    def untold(self) -> Mapping[str, int]:
        """What its own job has still to deliver."""
        return queries.untold_yen()


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise UnreadableEvent
    return value


def _whole(thing: Mapping[str, Any], name: str) -> int | None:
    value = thing.get(name)
    if value is not None and type(value) is not int:
        raise UnreadableEvent
    return value


def _instant(payload: Mapping[str, Any], name: str) -> datetime | None:
    value = payload.get(name)
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError) as wrong:
        raise UnreadableEvent from wrong
    if instant.tzinfo is None:
        raise UnreadableEvent
    return instant


def _voucher(thing: Mapping[str, Any]) -> dict[str, Any] | None:
    number = thing.get("voucher_number")
    if number is None:
        return None
    return {
        "number": number,
        "expires_at": thing.get("expires_at"),
        "url": f"{setting('SITE_URL')}/sandbox/vouchers/{number}",
    }
