"""Donors, their donations, and what was asked back."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.core.money import Money, yen


class DonationState(Labelled):
    """Where a gift stands; nothing that happened is erased."""

    STARTED = "started", N_("Waiting for the payment")
    PLEDGED = "pledged", N_("Card saved, not charged")
    PENDING = "pending", N_("Waiting for payment at the store")
    HELD = "held", N_("Money kept safe until the project is decided")
    PAID = "paid", N_("Paid")
    EXPIRED = "expired", N_("Ended without payment")
    CANCELLED = "cancelled", N_("Gift cancelled")
    PARTIALLY_REFUNDED = "partially_refunded", N_("Partly refunded")
    REFUNDED = "refunded", N_("Refunded")
    DISPUTED = "disputed", N_("Disputed")
    CHARGED_BACK = "charged_back", N_("Taken back by the card company")


class Publicity(Labelled):
    """Who may know who gave. The fund always knows."""

    NAME = "name", N_("Show my name")
    PEN_NAME = "pen_name", N_("Show a pen name")
    HIDDEN = "hidden", N_("Show no name on the site; the organisation may know it")
    HIDDEN_FROM_NPO = "hidden_from_npo", N_("Show my name to nobody but the fund")


class OnFailure(Labelled):
    """What becomes of the money when an all-or-nothing project misses its target."""

    REFUND = "refund", N_("Return it to me")
    LEAVE_TO_FUND = "leave_to_fund", N_("Leave it to the fund for other projects of the town")


class Method(Labelled):
    """How the money comes."""

    CARD = "card", N_("Credit card")
    KONBINI = "konbini", N_("Cash at a convenience store")


class RefundState(Labelled):
    """Where a wish for money back stands."""

    ASKED = "asked", N_("Waiting for the office")
    DECLINED = "declined", N_("Refund declined")
    GRANTED = "granted", N_("Granted, on its way back")
    PAID = "paid", N_("Money returned")
    FAILED = "failed", N_("Did not go through")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class RefundOrigin(Labelled):
    """Who wanted the money to go back."""

    DONOR = "donor", N_("Asked by the donor")
    STAFF = "staff", N_("Begun by the office")
    SETTLEMENT = "settlement", N_("The project did not come about")
    LATE = "late", N_("Money came after the end")


class RefundChannel(Labelled):
    """The way the money goes back."""

    GATEWAY = "gateway", N_("Back to the card")
    BANK = "bank", N_("By bank transfer")


# Money that counts for a campaign: promised, kept safe, or given.
STANDING = (
    DonationState.PLEDGED,
    DonationState.HELD,
    DonationState.PAID,
    DonationState.PARTIALLY_REFUNDED,
)
S = DonationState
# Money may come after a slip was thought expired or a gift was cancelled: it is never turned away.
DONATION_MOVES: dict[DonationState, frozenset[DonationState]] = {
    S.STARTED: frozenset({S.PLEDGED, S.PENDING, S.HELD, S.PAID, S.EXPIRED, S.CANCELLED}),
    S.PENDING: frozenset({S.HELD, S.PAID, S.EXPIRED, S.CANCELLED}),
    S.PLEDGED: frozenset({S.PAID, S.EXPIRED, S.CANCELLED}),
    S.HELD: frozenset({S.PAID, S.REFUNDED}),
    S.PAID: frozenset({S.PARTIALLY_REFUNDED, S.REFUNDED, S.DISPUTED}),
    S.PARTIALLY_REFUNDED: frozenset({S.PARTIALLY_REFUNDED, S.REFUNDED, S.DISPUTED}),
    S.EXPIRED: frozenset({S.STARTED, S.PLEDGED, S.PENDING, S.HELD, S.PAID}),
    S.CANCELLED: frozenset({S.HELD}),
    S.DISPUTED: frozenset({S.PAID, S.PARTIALLY_REFUNDED, S.CHARGED_BACK}),
}
R = RefundState
REFUND_MOVES: dict[RefundState, frozenset[RefundState]] = {
    R.ASKED: frozenset({R.DECLINED, R.GRANTED, R.WITHDRAWN}),
    R.GRANTED: frozenset({R.PAID, R.FAILED}),
    # A transfer that came back is tried again, or by another way.
    R.FAILED: frozenset({R.GRANTED, R.PAID}),
}


class Donor(Numbered):
    """A person or company known by an e-mail address; no account is needed to give."""

    __tablename__ = "donors"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower"),)

    email: Mapped[str] = mapped_column(String(254), unique=True)
    locale: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class Donation(Numbered):
    """One gift to one campaign, with the terms under which it was given."""

    __tablename__ = "donations"
    __table_args__ = (
        CheckConstraint("amount_yen > 0", name="amount_is_positive"),
        CheckConstraint("operating_yen >= 0 AND project_yen >= 0", name="parts_not_negative"),
        CheckConstraint("operating_yen + project_yen = amount_yen", name="parts_sum_to_whole"),
        CheckConstraint("refunded_yen BETWEEN 0 AND amount_yen", name="refunds_within_gift"),
        CheckConstraint("publicity <> 'name' OR donor_name <> ''", name="name_to_show"),
        CheckConstraint("publicity <> 'pen_name' OR pen_name <> ''", name="pen_name_to_show"),
        CheckConstraint(
            "NOT wants_receipt OR (donor_name <> '' AND postal_code <> '' AND address <> '')",
            name="receipt_needs_address",
        ),
        CheckConstraint(
            "state NOT IN ('started', 'pledged', 'pending', 'expired', 'cancelled') "
            "OR (gift_entry_id IS NULL AND held_entry_id IS NULL)",
            name="unpaid_is_not_booked",
        ),
        CheckConstraint(
            "state <> 'held' OR (held_entry_id IS NOT NULL AND gift_entry_id IS NULL "
            "AND returned_entry_id IS NULL)",
            name="held_is_booked_as_held",
        ),
        CheckConstraint(
            "state NOT IN ('paid', 'partially_refunded', 'disputed', 'charged_back') "
            "OR gift_entry_id IS NOT NULL",
            name="paid_is_booked",
        ),
        CheckConstraint(
            "state NOT IN ('refunded', 'partially_refunded') OR returned_entry_id IS NOT NULL",
            name="refund_is_booked",
        ),
        Index("ix_donations_campaign_id_state", "campaign_id", "state"),
        Index("ix_donations_donor_id_started_at", "donor_id", "started_at"),
        Index(
            "ix_donations_charge_due_at",
            "charge_due_at",
            postgresql_where=text("charge_due_at IS NOT NULL"),
        ),
        Index("ix_donations_started_at_id", "started_at", "id"),
    )
    MOVES: ClassVar = DONATION_MOVES

    reference: Mapped[str] = mapped_column(String(20), unique=True)
    donor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("donors.id"))
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaigns.id"))
    form_key: Mapped[str] = mapped_column(String(100), unique=True)
    state: Mapped[DonationState] = mapped_column(enum_type(DonationState))
    method: Mapped[Method] = mapped_column(enum_type(Method))
    locale: Mapped[str] = mapped_column(String(5))

    amount_yen: Mapped[int] = mapped_column(BigInteger)
    operating_yen: Mapped[int] = mapped_column(BigInteger)
    project_yen: Mapped[int] = mapped_column(BigInteger)
    # Sum of what was granted back; the database refuses more than the gift.
    refunded_yen: Mapped[int] = mapped_column(BigInteger, server_default="0")

    publicity: Mapped[Publicity] = mapped_column(enum_type(Publicity))
    donor_name: Mapped[str] = mapped_column(String(100), server_default="")
    pen_name: Mapped[str] = mapped_column(String(60), server_default="")
    message: Mapped[str] = mapped_column(Text, server_default="")
    wants_receipt: Mapped[bool] = mapped_column(server_default=text("false"))
    postal_code: Mapped[str] = mapped_column(String(8), server_default="")
    address: Mapped[str] = mapped_column(String(300), server_default="")

    on_failure: Mapped[OnFailure] = mapped_column(enum_type(OnFailure))
    refund_account: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # What the donor was shown and agreed to; kept ten years, never changed (R9, R60).
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    endorsements_shown: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    accepted_terms_at: Mapped[datetime]

    started_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # True: an unmet campaign's money that the donor left to the general fund.
    left_to_fund: Mapped[bool] = mapped_column(server_default=text("false"))

    payment_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("payments.id"), unique=True
    )
    charge_payment_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("payments.id"), unique=True
    )
    payment_tries: Mapped[int] = mapped_column(server_default="0")
    charge_tries: Mapped[int] = mapped_column(server_default="0")
    charge_due_at: Mapped[datetime | None]
    charge_until: Mapped[datetime | None]
    held_entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )
    gift_entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )
    returned_entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )

    donor: Mapped[Donor] = relationship(lazy="raise_on_sql")

    @property
    def amount(self) -> Money:
        """What the donor gives, gross."""
        return yen(self.amount_yen)

    @property
    def shown_name(self) -> str | None:
        """The name the public may read, or None."""
        if self.publicity is Publicity.NAME:
            return self.donor_name
        return self.pen_name if self.publicity is Publicity.PEN_NAME else None

    @property
    def name_for_npo(self) -> str | None:
        """The name the organisation may read, or None."""
        if self.publicity is Publicity.HIDDEN_FROM_NPO:
            return None
        return self.shown_name or self.donor_name or None

    @property
    def is_conditional(self) -> bool:
        """Given on the condition that the target is reached."""
        return bool(self.terms["funding_model"] == "all_or_nothing")


class RefundRequest(Numbered):
    """Money that is to go back to a donor, in part or whole: wished, decided, done."""

    __tablename__ = "refund_requests"
    __table_args__ = (
        CheckConstraint("amount_yen > 0", name="amount_is_positive"),
        CheckConstraint(
            "state NOT IN ('granted', 'paid', 'failed') OR channel IS NOT NULL",
            name="granted_has_a_way",
        ),
        CheckConstraint("state <> 'declined' OR decision_note <> ''", name="refusal_has_a_reason"),
        Index("ix_refund_requests_state_requested_at", "state", "requested_at"),
        Index(
            "uq_refund_requests_one_waits",
            "donation_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )
    MOVES: ClassVar = REFUND_MOVES

    donation_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("donations.id"), index=True)
    origin: Mapped[RefundOrigin] = mapped_column(enum_type(RefundOrigin))
    state: Mapped[RefundState] = mapped_column(enum_type(RefundState))
    channel: Mapped[RefundChannel | None] = mapped_column(enum_type(RefundChannel))
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    decision_note: Mapped[str] = mapped_column(Text, server_default="")
    refund_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("refunds.id"), unique=True)
    entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )
    bank_line_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("bank_lines.id"), unique=True
    )
    paid_entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )
    paid_at: Mapped[datetime | None]

    donation: Mapped[Donation] = relationship(lazy="raise_on_sql")
