"""Create the book: funds, accounts, entries, transfers, and what keeps them right."""

from pathlib import Path

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _funds_and_parties()
    _accounts()
    _entries()
    _transfers()
    _snapshots_and_periods()
    functions = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(functions)
    op.execute(
        "INSERT INTO funds (code, kind, designation, name_ja, name_en, program, opened_on) "
        "VALUES ('GENERAL', 'general', 'general', '一般基金', 'General fund', '共通', "
        "(now() AT TIME ZONE 'Asia/Tokyo')::date)"
    )
    _privileges()


def _privileges() -> None:
    """The application reads the book and writes it through `ledger_post` only.

    Where one role both owns the tables and serves, the triggers alone stand guard: PostgreSQL's
    own foreign keys need the owner's privileges.
    """
    functions = (
        "ledger_post(text[], text[], date[], text[], text[], bigint[], bigint[], bigint[], "
        "bigint[], bigint[], bigint[], bytea[], timestamptz, int[], smallint[], text[], bigint[], text[], "
        "bigint[], bigint[])",
        "ledger_fold(interval)",
        "ledger_settled(interval)",
        "ledger_close_period(bigint, timestamptz, bigint)",
    )
    role = context.get_context().opts["app_role"]
    owner = op.get_bind().scalar(sa.text("SELECT current_user"))
    for function in functions:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    if not role or role == owner:
        return
    quoted = '"' + role.replace('"', '""') + '"'
    book = "journal_entries, transfers, balance_snapshots"
    op.execute(f"REVOKE ALL ON {book}, funds, ledger_accounts, fiscal_periods FROM {quoted}")
    op.execute(f"GRANT SELECT ON {book} TO {quoted}")
    op.execute(f"GRANT SELECT, INSERT ON funds, ledger_accounts, fiscal_periods TO {quoted}")
    op.execute(f"GRANT UPDATE (name_ja, name_en, closed_on) ON funds TO {quoted}")
    op.execute(f"GRANT UPDATE (closed_on) ON ledger_accounts TO {quoted}")
    op.execute(f"REVOKE DELETE ON ledger_parties FROM {quoted}")
    for function in functions:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}")


def _funds_and_parties() -> None:
    op.create_table(
        "funds",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("designation", sa.String(40), nullable=False),
        sa.Column("name_ja", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("program", sa.String(10), nullable=False),
        sa.Column("source_kind", sa.String(40)),
        sa.Column("source_id", sa.BigInteger()),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_funds"),
        sa.UniqueConstraint("code", name="uq_funds_code"),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9-]*$'", name=op.f("ck_funds_code")),
        sa.CheckConstraint(
            "kind IN ('general', 'campaign', 'theme', 'named')", name=op.f("ck_funds_fundkind")
        ),
        sa.CheckConstraint(
            "designation IN ('general', 'designated')", name=op.f("ck_funds_fundclass")
        ),
        sa.CheckConstraint(
            "kind <> 'general' OR designation = 'general'", name=op.f("ck_funds_designation")
        ),
    )
    op.create_index("ix_funds_source", "funds", ["source_kind", "source_id"])
    op.create_table(
        "ledger_parties",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("ref", sa.String(120), nullable=False),
        sa.Column("public_name", sa.String(200)),
        sa.Column("full_name", sa.String(200), nullable=False),
        sa.Column("public_search", sa.String(400)),
        sa.Column("full_search", sa.String(400), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_parties"),
        sa.UniqueConstraint("kind", "ref", name="uq_ledger_parties_kind_ref"),
    )


def _accounts() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("code", sa.String(50), nullable=False),
        sa.Column("chart_code", sa.String(8), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("name_ja", sa.String(100), nullable=False),
        sa.Column("name_en", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("fund_class", sa.String(40)),
        sa.Column("guard", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_accounts"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_ledger_accounts_fund_id"),
        sa.UniqueConstraint("code", name="uq_ledger_accounts_code"),
        sa.UniqueConstraint("chart_code", "fund_id", name="uq_ledger_accounts_chart_code_fund_id"),
        sa.UniqueConstraint("id", "guard", name="uq_ledger_accounts_id_guard"),
        sa.CheckConstraint(
            "kind IN ('asset', 'liability', 'net_assets', 'revenue', 'expense')",
            name=op.f("ck_ledger_accounts_accountkind"),
        ),
        sa.CheckConstraint(
            "fund_class IN ('general', 'designated')", name=op.f("ck_ledger_accounts_fundclass")
        ),
        sa.CheckConstraint(
            "guard IN ('none', 'account', 'fund', 'bank')", name=op.f("ck_ledger_accounts_guard")
        ),
    )
    op.create_index("ix_ledger_accounts_fund_id", "ledger_accounts", ["fund_id"])


def _entries() -> None:
    op.create_table(
        "journal_entries",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.String(40)),
        sa.Column("source_id", sa.BigInteger()),
        sa.Column("party_id", sa.BigInteger()),
        sa.Column("recorded_by_id", sa.BigInteger()),
        sa.Column("approved_by_id", sa.BigInteger()),
        sa.Column("reverses_id", sa.BigInteger()),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entries"),
        sa.ForeignKeyConstraint(
            ["party_id"], ["ledger_parties.id"], name="fk_journal_entries_party_id"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name="fk_journal_entries_recorded_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name="fk_journal_entries_approved_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["journal_entries.id"], name="fk_journal_entries_reverses_id"
        ),
        sa.UniqueConstraint("key", name="uq_journal_entries_key"),
        sa.UniqueConstraint("reverses_id", name="uq_journal_entries_reverses_id"),
        sa.CheckConstraint(
            "octet_length(content_hash) = 32", name=op.f("ck_journal_entries_content_hash")
        ),
        sa.CheckConstraint("memo !~ E'\\n'", name=op.f("ck_journal_entries_memo")),
    )
    op.create_index("ix_journal_entries_effective_on", "journal_entries", ["effective_on", "id"])
    for name, columns, where in (
        ("source", ["source_kind", "source_id"], "source_id IS NOT NULL"),
        ("party_id", ["party_id"], "party_id IS NOT NULL"),
        ("year_closed", ["id"], "kind = 'year_closed'"),
    ):
        op.create_index(
            f"ix_journal_entries_{name}",
            "journal_entries",
            columns,
            postgresql_where=sa.text(where),
        )


def _transfers() -> None:
    accounts = ["ledger_accounts.id", "ledger_accounts.guard"]
    op.create_table(
        "transfers",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("debit_account_id", sa.BigInteger(), nullable=False),
        sa.Column("debit_guard", sa.String(10), nullable=False),
        sa.Column("credit_account_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_guard", sa.String(10), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "line", name="pk_transfers"),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entries.id"], name="fk_transfers_entry_id"),
        sa.ForeignKeyConstraint(
            ["debit_account_id", "debit_guard"], accounts, name="fk_transfers_debit_account"
        ),
        sa.ForeignKeyConstraint(
            ["credit_account_id", "credit_guard"], accounts, name="fk_transfers_credit_account"
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_transfers_amount")),
        sa.CheckConstraint(
            "debit_account_id <> credit_account_id", name=op.f("ck_transfers_two_accounts")
        ),
        sa.CheckConstraint("line > 0", name=op.f("ck_transfers_line")),
    )
    for side in ("debit", "credit"):
        op.create_index(
            f"ix_transfers_{side}_account_id",
            "transfers",
            [f"{side}_account_id", "entry_id"],
            postgresql_include=["amount_minor"],
        )


def _snapshots_and_periods() -> None:
    op.create_table(
        "balance_snapshots",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("upto_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("debits", sa.BigInteger(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_balance_snapshots"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_accounts.id"], name="fk_balance_snapshots_account_id"
        ),
    )
    op.create_index("ix_balance_snapshots_upto_entry_id", "balance_snapshots", ["upto_entry_id"])
    op.create_table(
        "fiscal_periods",
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by_id", sa.BigInteger()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fiscal_periods"),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["users.id"], name="fk_fiscal_periods_closed_by_id"
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_fiscal_periods_order")),
        postgresql.ExcludeConstraint(
            (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="ex_fiscal_periods_days",
            using="gist",
        ),
    )


def downgrade() -> None:
    raise RuntimeError("The book is append-only; restore a backup instead.")
