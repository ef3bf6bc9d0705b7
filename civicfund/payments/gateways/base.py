"""What every gateway can do, and the one shape in which its news are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from civicfund.core.money import Money
from civicfund.payments.models import PaymentMethod, PaymentPurpose


@dataclass(frozen=True, kw_only=True)
class CheckoutOrder:
    """A hosted page to open; `key` is our idempotency key and the reference in all its news."""

    key: str
    purpose: PaymentPurpose
    method: PaymentMethod
    amount: Money
    description: str
    return_url: str
    cancel_url: str
    locale: str
    email: str | None
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class ChargeOrder:
    """A saved card to charge while its holder is away."""

    key: str
    saved_card_ref: str
    amount: Money
    description: str


@dataclass(frozen=True, kw_only=True)
class RefundOrder:
    """Money of the payment `payment_ref` (the gateway's own name for it) to send back."""

    key: str
    payment_ref: str
    amount: Money


@dataclass(frozen=True)
class Checkout:
    """An open hosted page."""

    gateway_ref: str
    url: str


class Topic(StrEnum):
    """What a piece of news is about; NOTHING is news that we have no use for."""

    PENDING = "pending"
    CARD_SAVED = "card_saved"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    PAYOUT_PAID = "payout_paid"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class GatewayNews:
    """A verified event, read: `gateway_ref` names the gateway's object, `reference` is our key.

    `amount_minor` and `currency` are the gateway's words, not yet believed.
    """

    topic: Topic
    gateway_ref: str = ""
    reference: str = ""
    happened_at: datetime | None = None
    amount_minor: int | None = None
    currency: str = ""
    fee_minor: int | None = None
    card_brand: str | None = None
    saved_card_ref: str | None = None
    failure_code: str | None = None
    voucher: Mapping[str, Any] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Envelope:
    """The name and kind that a gateway gave to an event."""

    event_id: str
    kind: str


class Gateway(Protocol):
    """A payment service. Every call may be made twice: the order's key makes it one deed.

    What is asked is answered later by news; a call raises `GatewayRefused` if the service says no.
    """

    name: str
    moves_real_money: bool

    def open_checkout(self, order: CheckoutOrder) -> Checkout:
        """Open a hosted page where a person pays or saves a card."""

    def cancel_checkout(self, gateway_ref: str) -> None:
        """Close a page or a voucher that nobody has paid yet."""

    def charge_saved_card(self, order: ChargeOrder) -> str:
        """Charge a card without its holder; returns the charge's `gateway_ref`."""

    def release_card(self, saved_card_ref: str) -> None:
        """Forget a saved card: it can never be charged again."""

    def refund(self, order: RefundOrder) -> str:
        """Send money back; returns the refund's `gateway_ref`."""

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Raises `BadSignature` or `StaleSignature`."""

    def envelope(self, payload: Mapping[str, Any]) -> Envelope:
        """Raises `UnreadableEvent` if it is none of this gateway's events."""

    def read(self, payload: Mapping[str, Any]) -> GatewayNews:
        """Raises `UnreadableEvent` if a kind that we know lacks what it must have."""

    def balance(self) -> Money:
        """What the gateway owes us by its own account."""

    def balance_at(self, instant: datetime) -> Money:
        """The same by its report for a past instant: charges, fees, refunds, payouts until then."""

    def untold(self) -> Mapping[str, int]:
        """Events on their way to us, and by how many yen each of them changed the balance."""
