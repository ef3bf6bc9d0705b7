"""Disbursements: the instalments of an award, and the two people behind each."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.core.money import Money, yen
from civicfund.grants.models.awards import Award


class DisbursementState(Labelled):
    """`returned`: the bank sent the money back; `withdrawn`: it never left."""

    PREPARED = "prepared", N_("Waits for the approver")
    APPROVED = "approved", N_("Approved")
    EXPORTED = "exported", N_("Given to the bank")
    PAID = "paid", N_("Paid")
    RETURNED = "returned", N_("Sent back by the bank")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class Disbursement(Numbered):
    """One instalment. A trigger holds the live ones of an award to its amount."""

    __tablename__ = "disbursements"
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("amount_yen > 0", name="amount"),
        CheckConstraint("fee_yen >= 0", name="fee"),
        CheckConstraint("approved_by_id <> prepared_by_id", name="approved_by_another"),
        CheckConstraint(
            "state NOT IN ('approved', 'exported', 'paid', 'returned') "
            "OR approved_by_id IS NOT NULL",
            name="approved",
        ),
        CheckConstraint(
            "(state IN ('paid', 'returned')) = "
            "(bank_line_id IS NOT NULL AND entry_id IS NOT NULL AND paid_on IS NOT NULL)",
            name="paid",
        ),
        CheckConstraint(
            "(state = 'returned') = (return_line_id IS NOT NULL AND return_entry_id IS NOT NULL)",
            name="returned",
        ),
        CheckConstraint(
            "(fee_yen > 0) = (fee_line_id IS NOT NULL AND fee_entry_id IS NOT NULL)",
            name="fee_booked",
        ),
        CheckConstraint(
            "return_line_id <> bank_line_id AND fee_line_id <> bank_line_id", name="other_lines"
        ),
    )
    MOVES: ClassVar[Mapping[DisbursementState, frozenset[DisbursementState]]] = {
        DisbursementState.PREPARED: frozenset(
            {DisbursementState.APPROVED, DisbursementState.WITHDRAWN}
        ),
        DisbursementState.APPROVED: frozenset(
            {DisbursementState.EXPORTED, DisbursementState.PAID, DisbursementState.WITHDRAWN}
        ),
        DisbursementState.EXPORTED: frozenset(
            {DisbursementState.PAID, DisbursementState.WITHDRAWN}
        ),
        DisbursementState.PAID: frozenset({DisbursementState.RETURNED}),
    }

    award_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("awards.id"))
    number: Mapped[int]
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(200))
    state: Mapped[DisbursementState] = mapped_column(enum_type(DisbursementState))
    payee_account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("payee_accounts.id"))
    payee: Mapped[dict[str, Any]] = mapped_column(JSONB)
    prepared_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    prepared_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]
    exported_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    exported_at: Mapped[datetime | None]
    bank_line_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("bank_lines.id"), unique=True
    )
    entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )
    paid_on: Mapped[date | None]
    fee_yen: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_line_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("bank_lines.id"), unique=True
    )
    fee_entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )
    return_line_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("bank_lines.id"), unique=True
    )
    return_entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )
    returned_on: Mapped[date | None]
    closed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    closed_reason: Mapped[str | None] = mapped_column(Text)

    award: Mapped[Award] = relationship()

    @property
    def amount(self) -> Money:
        """What this instalment sends."""
        return yen(self.amount_yen)

    @property
    def is_live(self) -> bool:
        """Does it count against the award?"""
        return self.state not in (DisbursementState.RETURNED, DisbursementState.WITHDRAWN)
