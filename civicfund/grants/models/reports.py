"""Reports: what the grantee says about the money, line by line, with a receipt behind each yen."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.core.storage import StoredFile
from civicfund.grants.models.awards import Award


class ReportState(Labelled):
    """A report is due from the day of the award."""

    DUE = "due", N_("To be written")
    SUBMITTED = "submitted", N_("Waits for a check by staff")
    CHANGES_REQUESTED = "changes_requested", N_("Changes asked for")
    ACCEPTED = "accepted", N_("Accepted")


class EvidenceKind(Labelled):
    """What counts as evidence (領収書等); estimates and invoices do not."""

    RECEIPT = "receipt", N_("Receipt")
    BANK_SLIP = "bank_slip", N_("Bank transfer slip")


class Report(Numbered):
    """The one report of an award. `version` counts its savings, so that a stale form is noticed."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("accepted_by_id <> submitted_by_id", name="accepted_by_another"),
        CheckConstraint(
            "(state = 'accepted') = (accepted_by_id IS NOT NULL AND accepted_at IS NOT NULL)",
            name="accepted",
        ),
        CheckConstraint("state <> 'submitted' OR submitted_at IS NOT NULL", name="submitted"),
    )
    MOVES: ClassVar[Mapping[ReportState, frozenset[ReportState]]] = {
        ReportState.DUE: frozenset({ReportState.SUBMITTED}),
        ReportState.SUBMITTED: frozenset({ReportState.CHANGES_REQUESTED, ReportState.ACCEPTED}),
        ReportState.CHANGES_REQUESTED: frozenset({ReportState.SUBMITTED}),
    }

    award_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("awards.id"), unique=True)
    state: Mapped[ReportState] = mapped_column(enum_type(ReportState))
    due_on: Mapped[date]
    narrative: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    submitted_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    submitted_at: Mapped[datetime | None]
    review_notes: Mapped[str | None] = mapped_column(Text)
    accepted_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    accepted_at: Mapped[datetime | None]

    award: Mapped[Award] = relationship()
    lines: Mapped[list["ReportLine"]] = relationship(
        back_populates="report", order_by="ReportLine.id", lazy="selectin"
    )

    @property
    def is_open(self) -> bool:
        """May the grantee still write in it?"""
        return self.state in (ReportState.DUE, ReportState.CHANGES_REQUESTED)

    @property
    def spent_yen(self) -> int:
        """What was spent in all, as reported."""
        return sum(line.spent_yen for line in self.lines)

    @property
    def planned_yen(self) -> int:
        """What the budget said."""
        return sum(line.budget_yen for line in self.lines)

    @property
    def receipt_count(self) -> int:
        """How many receipts stand under all lines."""
        return sum(len(line.evidence) for line in self.lines)


class ReportLine(Numbered):
    """What was spent on one line of the budget."""

    __tablename__ = "report_lines"
    __table_args__ = (
        UniqueConstraint("report_id", "budget_line_id"),
        CheckConstraint("spent_yen >= 0", name="spent"),
    )

    report_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("reports.id"))
    budget_line_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("budget_lines.id"))
    label: Mapped[str] = mapped_column(String(200))
    budget_yen: Mapped[int] = mapped_column(BigInteger)
    spent_yen: Mapped[int] = mapped_column(BigInteger, default=0)
    note: Mapped[str] = mapped_column(Text, default="")

    report: Mapped[Report] = relationship(back_populates="lines")
    evidence: Mapped[list["ReportEvidence"]] = relationship(
        back_populates="line", order_by="ReportEvidence.number", lazy="selectin"
    )

    @property
    def evidence_yen(self) -> int:
        """What the receipts of this line add up to."""
        return sum(evidence.amount_yen for evidence in self.evidence)


class ReportEvidence(Numbered):
    """One receipt: a stored file and what is written on it; numbered within its line."""

    __tablename__ = "report_evidence"
    __table_args__ = (
        UniqueConstraint("report_line_id", "number"),
        UniqueConstraint("report_line_id", "stored_file_id"),
        CheckConstraint("amount_yen > 0", name="amount"),
    )

    report_line_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("report_lines.id"))
    number: Mapped[int]
    kind: Mapped[EvidenceKind] = mapped_column(enum_type(EvidenceKind))
    stored_file_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("stored_files.id"))
    issued_on: Mapped[date]
    issuer_name: Mapped[str] = mapped_column(String(120))
    addressee: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(200))
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    added_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    added_at: Mapped[datetime]

    line: Mapped[ReportLine] = relationship(back_populates="evidence")
    stored_file: Mapped[StoredFile] = relationship(lazy="selectin")
