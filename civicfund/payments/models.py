"""Tables of payments: payments, the gateways' events, refunds, payouts, bank lines."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.core.money import Money, yen

# News of the end of a term may be late; after this we go by our own clock.
NEWS_GRACE = timedelta(hours=24)


class PaymentPurpose(Labelled):
    """What one attempt to move money is for."""

    PAY = "pay", N_("Pay now")
    SAVE_CARD = "save_card", N_("Save a card for later")
    CHARGE = "charge", N_("Charge a saved card")


class PaymentMethod(Labelled):
    """How a person pays."""

    CARD = "card", N_("Card")
    KONBINI = "konbini", N_("Convenience store")


class PaymentState(Labelled):
    """How far a payment has come, as its gateway tells."""

    STARTED = "started", N_("Not finished yet")
    PENDING = "pending", N_("Waiting for payment at the shop")
    CARD_SAVED = "card_saved", N_("Card saved")
    SUCCEEDED = "succeeded", N_("Paid")
    FAILED = "failed", N_("Card declined")
    EXPIRED = "expired", N_("Expired")
    CANCELLED = "cancelled", N_("Cancelled")


class EventState(Labelled):
    """What became of a gateway's event."""

    RECEIVED = "received", N_("Waiting to be handled")
    HANDLED = "handled", N_("Handled")
    IGNORED = "ignored", N_("Changed nothing")
    FAILED = "failed", N_("Needs a look")


class RefundState(Labelled):
    """How far money has come on its way back."""

    REQUESTED = "requested", N_("On its way back")
    SUCCEEDED = "succeeded", N_("Sent back")
    FAILED = "failed", N_("Could not be sent back")


class BankAccount(Labelled):
    """Our accounts at banks, by their line of the chart."""

    OPERATING = "1112", N_("Ordinary deposit (operating)")
    DESIGNATED = "1115", N_("Ordinary deposit (designated funds)")
    POSTAL = "1116", N_("Postal transfer account")


S = PaymentState


class Payment(Numbered):
    """One attempt to move money through a gateway; `source_*` is whoever wanted it."""

    __tablename__ = "payments"
    __table_args__ = (
        Index("ix_payments_source", "source_kind", "source_id"),
        UniqueConstraint("gateway", "gateway_ref"),
        CheckConstraint("amount_yen > 0", name="amount_positive"),
        CheckConstraint("fee_yen >= 0", name="fee_not_negative"),
        CheckConstraint(
            "state <> 'succeeded' OR (gateway_ref IS NOT NULL AND succeeded_at IS NOT NULL "
            "AND fee_yen IS NOT NULL)",
            name="succeeded_is_proven",
        ),
        Index(
            "ix_payments_open_expires_at",
            "expires_at",
            postgresql_where=text("state IN ('started', 'pending', 'failed')"),
        ),
        Index("ix_payments_state", "state", "id"),
    )
    # Each state outranks those that lead to it, so events in any order end in the same one; money
    # that arrived outranks everything.
    MOVES: ClassVar[dict[PaymentState, frozenset[PaymentState]]] = {
        S.STARTED: frozenset(
            {S.PENDING, S.CARD_SAVED, S.SUCCEEDED, S.FAILED, S.EXPIRED, S.CANCELLED}
        ),
        S.PENDING: frozenset({S.SUCCEEDED, S.FAILED, S.EXPIRED, S.CANCELLED}),
        S.FAILED: frozenset({S.CARD_SAVED, S.SUCCEEDED, S.EXPIRED, S.CANCELLED}),
        S.EXPIRED: frozenset({S.CARD_SAVED, S.SUCCEEDED}),
        S.CANCELLED: frozenset({S.SUCCEEDED}),
        S.CARD_SAVED: frozenset({S.CANCELLED}),
        S.SUCCEEDED: frozenset(),
    }

    key: Mapped[str] = mapped_column(String(200), unique=True)
    gateway: Mapped[str] = mapped_column(String(40))
    source_kind: Mapped[str] = mapped_column(String(60))
    source_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[PaymentPurpose] = mapped_column(enum_type(PaymentPurpose))
    method: Mapped[PaymentMethod] = mapped_column(enum_type(PaymentMethod))
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    fee_yen: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[PaymentState] = mapped_column(enum_type(PaymentState))
    gateway_ref: Mapped[str | None] = mapped_column(String(200))
    checkout_url: Mapped[str | None] = mapped_column(Text)
    saved_card_ref: Mapped[str | None] = mapped_column(String(200))
    card_brand: Mapped[str | None] = mapped_column(String(40))
    failure_code: Mapped[str | None] = mapped_column(String(100))
    voucher: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]

    @property
    def amount(self) -> Money:
        """What the payer gives, fee included."""
        return yen(self.amount_yen)

    @property
    def fee(self) -> Money:
        """What the gateway keeps; known once the payment has succeeded."""
        return yen(self.fee_yen or 0)

    @property
    def can_be_sent_back(self) -> bool:
        """Cards take money back; a shop's counter does not."""
        return self.state is S.SUCCEEDED and self.method is PaymentMethod.CARD


class GatewayEvent(Numbered):
    """What a gateway told us, kept word for word before anyone acts on it."""

    __tablename__ = "gateway_events"
    __table_args__ = (
        UniqueConstraint("gateway", "event_id"),
        Index("ix_gateway_events_state", "state", "id"),
    )

    gateway: Mapped[str] = mapped_column(String(40))
    event_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(100))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime]
    state: Mapped[EventState] = mapped_column(enum_type(EventState))
    handled_at: Mapped[datetime | None]
    # Why, as an `N_` text and what stands in its places: staff read it in their language.
    note: Mapped[str | None] = mapped_column(Text)
    note_places: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    payment_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("payments.id"), index=True
    )


class Refund(Numbered):
    """Money of a payment on its way back; all of them together never exceed the payment."""

    __tablename__ = "refunds"
    __table_args__ = (CheckConstraint("amount_yen > 0", name="amount_positive"),)
    MOVES: ClassVar[dict[RefundState, frozenset[RefundState]]] = {
        RefundState.REQUESTED: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
        RefundState.SUCCEEDED: frozenset(),
        RefundState.FAILED: frozenset(),
    }

    key: Mapped[str] = mapped_column(String(200), unique=True)
    payment_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("payments.id"), index=True)
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[RefundState] = mapped_column(enum_type(RefundState))
    reason: Mapped[str] = mapped_column(Text)
    gateway_ref: Mapped[str | None] = mapped_column(String(200))
    failure_code: Mapped[str | None] = mapped_column(String(100))
    requested_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def amount(self) -> Money:
        """What goes back."""
        return yen(self.amount_yen)


class Payout(Numbered):
    """What a gateway sent to our bank account."""

    __tablename__ = "payouts"
    __table_args__ = (
        UniqueConstraint("gateway", "gateway_ref"),
        CheckConstraint("amount_yen > 0", name="amount_positive"),
    )

    gateway: Mapped[str] = mapped_column(String(40))
    gateway_ref: Mapped[str] = mapped_column(String(200))
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    recorded_at: Mapped[datetime]
    entry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("journal_entries.id"))


class BankLine(Numbered):
    """A line of the bank's statement: in is positive, out is negative. Written once."""

    __tablename__ = "bank_lines"
    __table_args__ = (
        CheckConstraint("amount_yen <> 0", name="amount_not_zero"),
        CheckConstraint(
            "(matched_kind IS NULL) = (matched_id IS NULL)", name="matched_kind_with_id"
        ),
        Index(
            "uq_bank_lines_matched",
            "matched_kind",
            "matched_id",
            unique=True,
            postgresql_where=text("matched_id IS NOT NULL"),
        ),
        Index("ix_bank_lines_booked_on", "booked_on", "id"),
    )

    account_code: Mapped[str] = mapped_column(String(10))
    booked_on: Mapped[date]
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    counterparty: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str] = mapped_column(String(100), unique=True)
    recorded_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    recorded_at: Mapped[datetime]
    matched_kind: Mapped[str | None] = mapped_column(String(60))
    matched_id: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def money_out(self) -> Money:
        """What left the account, without its sign."""
        return yen(max(0, -self.amount_yen))
