"""Awards: what the fund has decided to grant to the organisation of one campaign."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.campaigns.models import Campaign
from civicfund.core.clock import day_of
from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.core.money import Money, yen
from civicfund.identity.models import Organisation
from civicfund.ledger.models import Fund

# The project runs for a year from the decision; its report is due within two months after.
PROJECT_DAYS = 365
REPORT_DAYS = 60
# More than this share of the target asks for an approver's word.
MOST_PERCENT_OF_TARGET = 130


class AwardState(Labelled):
    """`proposed`: far over target, so an approver must accept before anything is booked."""

    PROPOSED = "proposed", N_("Waits for the approver")
    OFFERED = "offered", N_("Offered")
    AGREED = "agreed", N_("Agreed")
    ACTIVE = "active", N_("Under way")
    COMPLETED = "completed", N_("Completed")


class Award(Numbered):
    """The decision and its sum. `amount - reduced` is what may be paid; the book says the same."""

    __tablename__ = "awards"
    __table_args__ = (
        CheckConstraint("amount_yen > 0", name="amount"),
        CheckConstraint("reduced_yen BETWEEN 0 AND amount_yen", name="reduced"),
        CheckConstraint("to_return_yen >= 0", name="to_return"),
        CheckConstraint("state = 'proposed' OR entry_id IS NOT NULL", name="booked"),
        CheckConstraint("(reduced_yen > 0) = (reduction_entry_id IS NOT NULL)", name="reduction"),
        CheckConstraint(
            "NOT over_target OR state = 'proposed' OR accepted_by_id IS NOT NULL",
            name="over_target_accepted",
        ),
        CheckConstraint("ends_on >= starts_on", name="period"),
    )
    MOVES: ClassVar[Mapping[AwardState, frozenset[AwardState]]] = {
        AwardState.PROPOSED: frozenset({AwardState.OFFERED}),
        AwardState.OFFERED: frozenset({AwardState.AGREED}),
        AwardState.AGREED: frozenset({AwardState.ACTIVE}),
        AwardState.ACTIVE: frozenset({AwardState.COMPLETED}),
    }

    reference: Mapped[str] = mapped_column(String(20), unique=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaigns.id"), unique=True)
    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("organisations.id"), index=True
    )
    fund_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("funds.id"))
    state: Mapped[AwardState] = mapped_column(enum_type(AwardState))
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    over_target: Mapped[bool]
    proposed_at: Mapped[datetime]
    accepted_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    accepted_reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    reduced_yen: Mapped[int] = mapped_column(BigInteger, default=0)
    reduction_entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )
    to_return_yen: Mapped[int] = mapped_column(BigInteger, default=0)
    return_line_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("bank_lines.id"), unique=True
    )
    return_entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), unique=True
    )
    completed_at: Mapped[datetime | None]

    campaign: Mapped[Campaign] = relationship()
    organisation: Mapped[Organisation] = relationship()
    fund: Mapped[Fund] = relationship()

    @property
    def amount(self) -> Money:
        """What was decided."""
        return yen(self.amount_yen)

    @property
    def final_yen(self) -> int:
        """What may be paid in all: the decision less what was settled lower."""
        return self.amount_yen - self.reduced_yen

    @property
    def decided_on(self) -> date | None:
        """The day of the decision, in Japan."""
        return day_of(self.decided_at) if self.decided_at else None
