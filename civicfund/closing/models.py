"""Tables of closing: bank certificates, notes, checklists as they were seen, years, openings."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.core.storage import StoredFile


def _person(*, nullable: bool = False) -> Any:
    return mapped_column(BigInteger, ForeignKey("users.id"), nullable=nullable)


class BankStatement(Numbered):
    """What a bank says that an account holds on the last day of a month; the newest counts."""

    __tablename__ = "closing_bank_statements"
    __table_args__ = (
        CheckConstraint("account_code ~ '^11[0-9]{2}$'", name="account_code"),
        Index("ix_closing_bank_statements_period_id", "period_id", "account_code"),
    )

    period_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("fiscal_periods.id"))
    account_code: Mapped[str] = mapped_column(String(8))
    balance_yen: Mapped[int] = mapped_column(BigInteger)
    stated_on: Mapped[date]
    stored_file_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("stored_files.id"))
    recorded_by_id: Mapped[int] = _person()
    recorded_at: Mapped[datetime]

    stored_file: Mapped[StoredFile] = relationship(lazy="raise_on_sql", viewonly=True)


class ClosingNote(Numbered):
    """Why an item may stand as it is, or that somebody has looked: bound to what it showed."""

    __tablename__ = "closing_notes"
    __table_args__ = (
        CheckConstraint("note <> ''", name="note"),
        Index("ix_closing_notes_period_id", "period_id", "item"),
    )

    period_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("fiscal_periods.id"))
    item: Mapped[str] = mapped_column(String(40))
    # Of what the item showed: when that changes, the note explains it no more.
    digest: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = _person()
    written_at: Mapped[datetime]


class SeenChecklist(Numbered):
    """The checklist as somebody saw it when preparing, withdrawing or closing; kept for ever."""

    __tablename__ = "closing_checklists"
    __table_args__ = (Index("ix_closing_checklists_period_id", "period_id", "id"),)

    period_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("fiscal_periods.id"))
    deed: Mapped[str] = mapped_column(String(20))
    seen_by_id: Mapped[int] = _person()
    seen_at: Mapped[datetime]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class YearState(Labelled):
    """How far the close of a year has come."""

    PREPARED = "prepared", N_("Prepared, waits for the second signature")
    CLOSED = "closed", N_("Results closed into net assets")
    UNDO_PREPARED = "undo_prepared", N_("Undoing prepared, waits for the second signature")
    UNDONE = "undone", N_("Undone")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


LIVE_YEARS = "state IN ('prepared', 'closed', 'undo_prepared')"


class YearClosing(Numbered):
    """The deed that makes a year's results net assets; two people do it, and two undo it."""

    __tablename__ = "year_closings"
    __table_args__ = (
        CheckConstraint("signed_by_id <> prepared_by_id", name="two_people"),
        CheckConstraint("undone_by_id <> undo_prepared_by_id", name="two_people_undo"),
        CheckConstraint(
            "state NOT IN ('closed', 'undo_prepared', 'undone') OR signed_by_id IS NOT NULL",
            name="closed_is_signed",
        ),
        CheckConstraint("state <> 'undone' OR undone_by_id IS NOT NULL", name="undone_is_signed"),
        Index("uq_year_closings_live", "year", unique=True, postgresql_where=text(LIVE_YEARS)),
    )
    MOVES: ClassVar[dict[YearState, frozenset[YearState]]] = {
        YearState.PREPARED: frozenset({YearState.CLOSED, YearState.WITHDRAWN}),
        YearState.CLOSED: frozenset({YearState.UNDO_PREPARED}),
        YearState.UNDO_PREPARED: frozenset({YearState.UNDONE, YearState.CLOSED}),
        YearState.UNDONE: frozenset(),
        YearState.WITHDRAWN: frozenset(),
    }

    # April to March, named by the year of its April.
    year: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[YearState] = mapped_column(enum_type(YearState))
    digest: Mapped[str] = mapped_column(String(64))
    entry_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    prepared_by_id: Mapped[int] = _person()
    prepared_at: Mapped[datetime]
    signed_by_id: Mapped[int | None] = _person(nullable=True)
    signed_at: Mapped[datetime | None]
    undo_reason: Mapped[str | None] = mapped_column(Text)
    undo_prepared_by_id: Mapped[int | None] = _person(nullable=True)
    undo_prepared_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = _person(nullable=True)
    undone_at: Mapped[datetime | None]


class OpeningState(Labelled):
    """How far an import of opening balances has come."""

    PREPARED = "prepared", N_("Prepared, waits for the second signature")
    BOOKED = "booked", N_("Booked")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class OpeningImport(Numbered):
    """What a fund owned and owed before this book, from a file; booked by a second person."""

    __tablename__ = "opening_imports"
    __table_args__ = (
        CheckConstraint("signed_by_id <> prepared_by_id", name="two_people"),
        CheckConstraint(
            "(state = 'booked') = (signed_by_id IS NOT NULL AND entry_id IS NOT NULL)",
            name="booked_is_signed",
        ),
        Index(
            "uq_opening_imports_prepared",
            "state",
            unique=True,
            postgresql_where=text("state = 'prepared'"),
        ),
    )
    MOVES: ClassVar[dict[OpeningState, frozenset[OpeningState]]] = {
        OpeningState.PREPARED: frozenset({OpeningState.BOOKED, OpeningState.WITHDRAWN}),
        OpeningState.BOOKED: frozenset(),
        OpeningState.WITHDRAWN: frozenset(),
    }

    opens_on: Mapped[date]
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[OpeningState] = mapped_column(enum_type(OpeningState))
    digest: Mapped[str] = mapped_column(String(64))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    prepared_by_id: Mapped[int] = _person()
    prepared_at: Mapped[datetime]
    signed_by_id: Mapped[int | None] = _person(nullable=True)
    signed_at: Mapped[datetime | None]
    entry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("journal_entries.id"))


class OpeningLot(Numbered):
    """Designated money that a fund brought along, by the fiscal year in which it was received."""

    __tablename__ = "opening_lots"
    __table_args__ = (
        CheckConstraint("amount_yen > 0", name="amount_positive"),
        Index("ix_opening_lots_fund_id", "fund_id", "received_year"),
    )

    import_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("opening_imports.id"))
    fund_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("funds.id"))
    received_year: Mapped[int] = mapped_column(BigInteger)
    amount_yen: Mapped[int] = mapped_column(BigInteger)
