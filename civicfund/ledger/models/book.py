"""Tables of the book: funds, parties, accounts, entries, transfers, snapshots, periods."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Model, Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.ledger import kinds

# How the memo of an entry begins whose own day was closed when it was booked (発生日 2026-10-31).
HAPPENED = "発生日"
# `JournalEntry.shows_late` for what is read as plain SQL.
SHOWS_LATE = f"(e.is_late OR starts_with(e.memo, '{HAPPENED} '))"


class FundKind(Labelled):
    """What a fund was opened for."""

    GENERAL = "general", N_("General fund")
    CAMPAIGN = "campaign", N_("Campaign")
    THEME = "theme", N_("Theme fund")
    NAMED = "named", N_("Named fund")


class FundClass(Labelled):
    """財源区分: with or without a donor's restriction."""

    GENERAL = "general", N_("General")
    DESIGNATED = "designated", N_("Designated")


class AccountKind(Labelled):
    """The five kinds of account."""

    ASSET = "asset", N_("Assets")
    LIABILITY = "liability", N_("Liabilities")
    NET_ASSETS = "net_assets", N_("Net assets")
    REVENUE = "revenue", N_("Revenue")
    EXPENSE = "expense", N_("Expenses")

    @property
    def sign(self) -> int:
        """+1 where debits add to the balance, -1 where credits do."""
        return 1 if self in {AccountKind.ASSET, AccountKind.EXPENSE} else -1


class Guard(Labelled):
    """Which balance may not go below zero when an account is drawn on."""

    NONE = "none", N_("No guard")
    ACCOUNT = "account", N_("Never below zero")
    FUND = "fund", N_("Its fund is never below zero")
    BANK = "bank", N_("Bank, never overdrawn")


class Fund(Numbered):
    """Net assets kept apart: the general fund, or one with a purpose of its own."""

    __tablename__ = "funds"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[FundKind] = mapped_column(enum_type(FundKind))
    designation: Mapped[FundClass] = mapped_column(enum_type(FundClass))
    name_ja: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    program: Mapped[str] = mapped_column(String(10))
    source_kind: Mapped[str | None] = mapped_column(String(40))
    source_id: Mapped[int | None] = mapped_column(BigInteger)
    opened_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9-]*$'", name="code"),
        CheckConstraint("kind <> 'general' OR designation = 'general'", name="designation"),
        Index("ix_funds_source", "source_kind", "source_id"),
    )


class Party(Numbered):
    """取引先 of an entry, with the name that the public may read (or none)."""

    __tablename__ = "ledger_parties"

    kind: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(String(120))
    public_name: Mapped[str | None] = mapped_column(String(200))
    full_name: Mapped[str] = mapped_column(String(200))
    # The names as the search reads them: hiragana for katakana, half width for full width.
    public_search: Mapped[str | None] = mapped_column(String(400))
    full_search: Mapped[str] = mapped_column(String(400))

    __table_args__ = (UniqueConstraint("kind", "ref"),)


class LedgerAccount(Numbered):
    """A line of the chart in a fund; the database derives code, kind, class and guard."""

    __tablename__ = "ledger_accounts"

    code: Mapped[str] = mapped_column(String(50), unique=True)
    chart_code: Mapped[str] = mapped_column(String(8))
    fund_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("funds.id"), index=True)
    name_ja: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    kind: Mapped[AccountKind] = mapped_column(enum_type(AccountKind))
    fund_class: Mapped[FundClass | None] = mapped_column(enum_type(FundClass))
    guard: Mapped[Guard] = mapped_column(enum_type(Guard))
    currency: Mapped[str] = mapped_column(String(3))
    opened_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)

    fund: Mapped[Fund] = relationship(lazy="raise_on_sql", viewonly=True)

    __table_args__ = (
        UniqueConstraint("chart_code", "fund_id"),
        # What a transfer's copy of the guard is held to.
        UniqueConstraint("id", "guard"),
    )


class JournalEntry(Numbered):
    """A dated, immutable set of transfers; corrected only by a reversal and a new entry."""

    __tablename__ = "journal_entries"

    # Made before the deed: doing it twice equals doing it once.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    effective_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime]
    memo: Mapped[str] = mapped_column(Text)
    source_kind: Mapped[str | None] = mapped_column(String(40))
    source_id: Mapped[int | None] = mapped_column(BigInteger)
    party_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("ledger_parties.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    approved_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    reverses_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("journal_entries.id"))
    # The largest sum that the entry moves into or out of one account: what a search looks for.
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    # Recorded after the end of the month that follows: 電子帳簿保存法, late entry must show.
    is_late: Mapped[bool]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)

    transfers: Mapped[list["Transfer"]] = relationship(
        lazy="raise_on_sql", order_by="Transfer.line", viewonly=True
    )
    party: Mapped[Party | None] = relationship(lazy="raise_on_sql", viewonly=True)
    if TYPE_CHECKING:
        # 仕訳番号, none until the entry is sealed, and that of the entry which this one reverses:
        # `models/log.py` adds them; they are loaded along with the entry.
        number: Mapped[int | None]
        reverses_number: Mapped[int | None]

    @property
    def name(self) -> str:
        """What this kind of entry is called, for the catalogue."""
        return kinds.name_of(self.kind)

    @hybrid_property
    def shows_late(self) -> bool:
        """Recorded late, or after its own day was closed: whoever reads it must see that."""
        return self.is_late or self.memo.startswith(f"{HAPPENED} ")

    @shows_late.inplace.expression
    @classmethod
    def _shows_late_in_sql(cls) -> ColumnElement[bool]:
        return or_(cls.is_late, cls.memo.startswith(f"{HAPPENED} "))

    __table_args__ = (
        CheckConstraint("octet_length(content_hash) = 32", name="content_hash"),
        CheckConstraint("memo !~ E'\\n'", name="memo"),
        CheckConstraint(
            "effective_on BETWEEN '1900-01-01' AND '9999-12-30' "
            "AND recorded_at BETWEEN '1900-01-01Z' AND '9999-12-30Z'",
            name="days",
        ),
        Index("ix_journal_entries_effective_on", "effective_on", "id"),
        # An entry is reversed once.
        Index(
            "uq_journal_entries_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        Index(
            "ix_journal_entries_source",
            "source_kind",
            "source_id",
            postgresql_where=text("source_id IS NOT NULL"),
        ),
        Index(
            "ix_journal_entries_party_id",
            "party_id",
            postgresql_where=text("party_id IS NOT NULL"),
        ),
        Index(
            "ix_journal_entries_year_closed",
            "id",
            postgresql_where=text("kind = 'year_closed'"),
        ),
    )


class Transfer(Model):
    """One debit and one credit of one positive amount."""

    __tablename__ = "transfers"

    entry_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("journal_entries.id"), primary_key=True, autoincrement=False
    )
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    debit_account_id: Mapped[int] = mapped_column(BigInteger)
    debit_guard: Mapped[str] = mapped_column(String(10))
    credit_account_id: Mapped[int] = mapped_column(BigInteger)
    credit_guard: Mapped[str] = mapped_column(String(10))
    amount_minor: Mapped[int] = mapped_column(BigInteger)

    debit_account: Mapped[LedgerAccount] = relationship(
        lazy="raise_on_sql", viewonly=True, foreign_keys=[debit_account_id],
        primaryjoin="Transfer.debit_account_id == LedgerAccount.id",
    )  # fmt: skip
    credit_account: Mapped[LedgerAccount] = relationship(
        lazy="raise_on_sql", viewonly=True, foreign_keys=[credit_account_id],
        primaryjoin="Transfer.credit_account_id == LedgerAccount.id",
    )  # fmt: skip

    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        CheckConstraint("line BETWEEN 1 AND 500", name="line"),
        # The copies of the guards are true, and the triggers can look at them for free.
        ForeignKeyConstraint(
            ["debit_account_id", "debit_guard"],
            ["ledger_accounts.id", "ledger_accounts.guard"],
            name="fk_transfers_debit_account",
        ),
        ForeignKeyConstraint(
            ["credit_account_id", "credit_guard"],
            ["ledger_accounts.id", "ledger_accounts.guard"],
            name="fk_transfers_credit_account",
        ),
        Index(
            "ix_transfers_debit_account_id",
            "debit_account_id",
            "entry_id",
            postgresql_include=["amount_minor"],
        ),
        Index(
            "ix_transfers_credit_account_id",
            "credit_account_id",
            "entry_id",
            postgresql_include=["amount_minor"],
        ),
    )


class BalanceSnapshot(Model):
    """The sums of an account up to an entry; the tail after it is summed when read."""

    __tablename__ = "balance_snapshots"

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ledger_accounts.id"), primary_key=True, autoincrement=False
    )
    upto_entry_id: Mapped[int] = mapped_column(BigInteger, index=True)
    debits: Mapped[int] = mapped_column(BigInteger)
    credits: Mapped[int] = mapped_column(BigInteger)


class MonthSum(Model):
    """What moved in an account in a month, up to an entry: a year's books add up these."""

    __tablename__ = "month_sums"

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ledger_accounts.id"), primary_key=True, autoincrement=False
    )
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    upto_entry_id: Mapped[int] = mapped_column(BigInteger, index=True)
    debits: Mapped[int] = mapped_column(BigInteger)
    credits: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        Index("ix_month_sums_month", "month"),
    )


class FundMoveSum(Model):
    """What a fund passed on to another in a month, up to the entry that `MonthSum`s stand for."""

    __tablename__ = "fund_move_sums"

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    giver_account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ledger_accounts.id"), primary_key=True
    )
    receiver_account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ledger_accounts.id"), primary_key=True
    )
    amount_minor: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("extract(day FROM month) = 1", name="month"),)


class FiscalPeriod(Numbered):
    """A span of days whose books can be closed; a closed one takes no more entries."""

    __tablename__ = "fiscal_periods"

    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    # The first of the two signatures that close it.
    closing_prepared_at: Mapped[datetime | None]
    closing_prepared_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="order"),
        CheckConstraint(
            "starts_on >= '1900-01-01' AND ends_on <= '9999-12-30' "
            "AND closed_at BETWEEN '1900-01-01Z' AND '9999-12-30Z'",
            name="days",
        ),
        CheckConstraint(
            "(closing_prepared_at IS NULL) = (closing_prepared_by_id IS NULL)", name="preparation"
        ),
        ExcludeConstraint(
            (func.daterange(text("starts_on"), text("ends_on"), text("'[]'")), "&&"),
            name="ex_fiscal_periods_days",
            using="gist",
        ),
    )
