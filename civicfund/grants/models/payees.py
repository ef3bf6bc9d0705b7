"""Where an organisation's money is sent: a bank account that three people have looked at."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.identity.models import Organisation


class PayeeKind(Labelled):
    """The kind of account, as a bank transfer file knows it (全銀: 1, 2, 4)."""

    ORDINARY = "ordinary", N_("Ordinary account")
    CURRENT = "current", N_("Current account")
    SAVINGS = "savings", N_("Savings account")


class PayeeState(Labelled):
    """Proposed by the organisation, checked by staff, confirmed by an approver."""

    PROPOSED = "proposed", N_("Waits for a check by staff")
    CHECKED = "checked", N_("Waits for the approver")
    CONFIRMED = "confirmed", N_("In use")
    DECLINED = "declined", N_("Declined")
    REPLACED = "replaced", N_("Replaced by another account")


class PayeeAccount(Numbered):
    """One account of one organisation; a change is a new row that replaces the old one."""

    __tablename__ = "payee_accounts"
    __table_args__ = (
        CheckConstraint("bank_code ~ '^[0-9]{4}$'", name="bank_code"),
        CheckConstraint("branch_code ~ '^[0-9]{3}$'", name="branch_code"),
        CheckConstraint("number ~ '^[0-9]{7}$'", name="number"),
        CheckConstraint("holder_kana <> ''", name="holder"),
        CheckConstraint("checked_by_id <> proposed_by_id", name="checked_by_another"),
        CheckConstraint(
            "confirmed_by_id <> proposed_by_id AND confirmed_by_id <> checked_by_id",
            name="confirmed_by_another",
        ),
        CheckConstraint(
            "state NOT IN ('checked', 'confirmed', 'replaced') OR checked_by_id IS NOT NULL",
            name="checked",
        ),
        CheckConstraint(
            "state NOT IN ('confirmed', 'replaced') OR confirmed_by_id IS NOT NULL",
            name="confirmed",
        ),
        Index(
            "uq_payee_accounts_in_use",
            "organisation_id",
            unique=True,
            postgresql_where=text("state = 'confirmed'"),
        ),
        Index(
            "uq_payee_accounts_proposed",
            "organisation_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'checked')"),
        ),
    )
    MOVES: ClassVar[Mapping[PayeeState, frozenset[PayeeState]]] = {
        PayeeState.PROPOSED: frozenset({PayeeState.CHECKED, PayeeState.DECLINED}),
        PayeeState.CHECKED: frozenset({PayeeState.CONFIRMED, PayeeState.DECLINED}),
        PayeeState.CONFIRMED: frozenset({PayeeState.REPLACED}),
    }

    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("organisations.id"), index=True
    )
    state: Mapped[PayeeState] = mapped_column(enum_type(PayeeState))
    bank_code: Mapped[str] = mapped_column(String(4))
    bank_name: Mapped[str] = mapped_column(String(60))
    branch_code: Mapped[str] = mapped_column(String(3))
    branch_name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[PayeeKind] = mapped_column(enum_type(PayeeKind))
    number: Mapped[str] = mapped_column(String(7))
    holder_kana: Mapped[str] = mapped_column(String(60))
    proposed_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    checked_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    checked_at: Mapped[datetime | None]
    checked_how: Mapped[str | None] = mapped_column(Text)
    confirmed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None] = mapped_column(Text)

    organisation: Mapped[Organisation] = relationship()

    @property
    def number_hidden(self) -> str:
        """For pages and mails: only the last three digits."""
        return "••••" + self.number[-3:]

    def snapshot(self) -> dict[str, str]:
        """What a disbursement keeps of the account that it was prepared for."""
        return {
            "bank_code": self.bank_code,
            "bank_name": self.bank_name,
            "branch_code": self.branch_code,
            "branch_name": self.branch_name,
            "kind": self.kind.value,
            "number": self.number,
            "holder_kana": self.holder_kana,
        }
