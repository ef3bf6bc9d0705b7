"""Tables of the sandbox: its checkouts, cards, charges, refunds, payouts, events and answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from civicfund.core import clock
from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_


class CheckoutMode(Labelled):
    """What a hosted page is for."""

    PAYMENT = "payment", N_("Payment")
    SETUP = "setup", N_("Saving a card")


class CheckoutState(Labelled):
    """How far the person at the hosted page has come."""

    OPEN = "open", N_("Still open")
    AUTHENTICATING = "authenticating", N_("Waiting for the bank's question")
    PENDING = "pending", N_("Waiting for payment at the shop")
    PAID = "paid", N_("Paid")
    SAVED = "saved", N_("Card saved")
    EXPIRED = "expired", N_("Expired")
    CANCELLED = "cancelled", N_("Cancelled")


class CardBehaviour(Labelled):
    """How a saved test card answers when it is charged later."""

    WORKS = "works", N_("Works when charged later")
    DECLINES = "declines", N_("Declines every later charge")
    DECLINES_ONCE = "declines_once", N_("Declines the first later charge, then works")


class SandboxCheckout(Numbered):
    """A hosted page for one payment or one card to save."""

    __tablename__ = "sandbox_checkouts"
    __table_args__ = (
        CheckConstraint("amount_yen > 0", name="amount_positive"),
        Index(
            "ix_sandbox_checkouts_open",
            "expires_at",
            postgresql_where=text("state IN ('open', 'authenticating', 'pending')"),
        ),
    )

    ref: Mapped[str] = mapped_column(String(60), unique=True)
    reference: Mapped[str] = mapped_column(String(200))
    mode: Mapped[CheckoutMode] = mapped_column(enum_type(CheckoutMode))
    method: Mapped[str] = mapped_column(String(20))
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    description: Mapped[str] = mapped_column(Text)
    return_url: Mapped[str] = mapped_column(Text)
    cancel_url: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(10))
    state: Mapped[CheckoutState] = mapped_column(enum_type(CheckoutState))
    brand: Mapped[str | None] = mapped_column(String(20))
    voucher_number: Mapped[str | None] = mapped_column(String(20), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def is_over(self) -> bool:
        """Its term has ended, whether or not the clock's job has come by."""
        return self.expires_at <= clock.now()


class SandboxCard(Numbered):
    """A test card kept for charges without its holder."""

    __tablename__ = "sandbox_cards"

    ref: Mapped[str] = mapped_column(String(60), unique=True)
    checkout_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("sandbox_checkouts.id"), unique=True
    )
    brand: Mapped[str] = mapped_column(String(20))
    behaviour: Mapped[CardBehaviour] = mapped_column(enum_type(CardBehaviour))
    declines: Mapped[int] = mapped_column(BigInteger)
    saved_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class SandboxCharge(Numbered):
    """Money taken from a card or at a shop's counter."""

    __tablename__ = "sandbox_charges"
    __table_args__ = (
        CheckConstraint("refunded_yen BETWEEN 0 AND amount_yen", name="refunds_within_amount"),
    )

    ref: Mapped[str] = mapped_column(String(60), unique=True)
    reference: Mapped[str] = mapped_column(String(200))
    checkout_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("sandbox_checkouts.id"), unique=True
    )
    card_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("sandbox_cards.id"), index=True
    )
    method: Mapped[str] = mapped_column(String(20))
    brand: Mapped[str | None] = mapped_column(String(20))
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    fee_yen: Mapped[int] = mapped_column(BigInteger)
    fee_tax_yen: Mapped[int] = mapped_column(BigInteger)
    refunded_yen: Mapped[int] = mapped_column(BigInteger)
    failure_code: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]


class SandboxRefund(Numbered):
    """Money sent back to a card."""

    __tablename__ = "sandbox_refunds"
    __table_args__ = (CheckConstraint("amount_yen > 0", name="amount_positive"),)

    ref: Mapped[str] = mapped_column(String(60), unique=True)
    reference: Mapped[str] = mapped_column(String(200))
    charge_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("sandbox_charges.id"), index=True)
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    failure_code: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]


class SandboxPayout(Numbered):
    """The balance of a day, sent to the fund's bank."""

    __tablename__ = "sandbox_payouts"
    __table_args__ = (CheckConstraint("amount_yen > 0", name="amount_positive"),)

    ref: Mapped[str] = mapped_column(String(60), unique=True)
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class SandboxBalanceLine(Numbered):
    """One change of what the sandbox owes the fund: a charge, a refund; unpaid until a payout."""

    __tablename__ = "sandbox_balance_lines"
    __table_args__ = (
        Index("ix_sandbox_balance_lines_unpaid", "id", postgresql_where=text("payout_id IS NULL")),
    )

    kind: Mapped[str] = mapped_column(String(20))
    source_ref: Mapped[str] = mapped_column(String(60), unique=True)
    gross_yen: Mapped[int] = mapped_column(BigInteger)
    fee_yen: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    payout_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("sandbox_payouts.id"), index=True
    )


class SandboxEvent(Numbered):
    """News for the fund, told again and again until it answers 2xx."""

    __tablename__ = "sandbox_events"
    __table_args__ = (
        Index("ix_sandbox_events_undelivered", "id", postgresql_where=text("delivered_at IS NULL")),
    )

    ref: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(BigInteger)
    last_answer: Mapped[str | None] = mapped_column(Text)


class SandboxAnswer(Numbered):
    """What was answered to an idempotency key: same key, same question, same answer."""

    __tablename__ = "sandbox_answers"

    key: Mapped[str] = mapped_column(String(240), unique=True)
    question_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
