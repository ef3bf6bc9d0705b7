"""Create the tables of closing: certificates, notes, checklists seen, years, opening balances."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# What people said and saw at a close stays as it was.
WRITTEN_ONCE = "closing_bank_statements, closing_notes, closing_checklists, opening_lots"


def upgrade() -> None:
    _months()
    _years()
    _openings()
    role = context.get_context().opts["app_role"]
    owner = op.get_bind().scalar(sa.text("SELECT current_user"))
    if role and role != owner:
        quoted = '"' + role.replace('"', '""') + '"'
        op.execute(f"REVOKE UPDATE, DELETE ON {WRITTEN_ONCE} FROM {quoted}")
        op.execute(f"REVOKE DELETE ON year_closings, opening_imports FROM {quoted}")


def _numbered(table: str, *more: sa.schema.SchemaItem) -> None:
    number = sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)
    op.create_table(table, *more, number, sa.PrimaryKeyConstraint("id", name=f"pk_{table}"))


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _months() -> None:
    table = "closing_bank_statements"
    _numbered(
        table,
        _number("period_id"),
        sa.Column("account_code", sa.String(8), nullable=False),
        _number("balance_yen"),
        sa.Column("stated_on", sa.Date(), nullable=False),
        _number("stored_file_id"),
        _number("recorded_by_id"),
        _instant("recorded_at"),
        _key(table, "period_id", "fiscal_periods"),
        _key(table, "stored_file_id", "stored_files"),
        _key(table, "recorded_by_id", "users"),
        sa.CheckConstraint("account_code ~ '^11[0-9]{2}$'", name=op.f(f"ck_{table}_account_code")),
    )
    op.create_index(f"ix_{table}_period_id", table, ["period_id", "account_code"])
    table = "closing_notes"
    _numbered(
        table,
        _number("period_id"),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _number("written_by_id"),
        _instant("written_at"),
        _key(table, "period_id", "fiscal_periods"),
        _key(table, "written_by_id", "users"),
        sa.CheckConstraint("note <> ''", name=op.f(f"ck_{table}_note")),
    )
    op.create_index(f"ix_{table}_period_id", table, ["period_id", "item"])
    table = "closing_checklists"
    _numbered(
        table,
        _number("period_id"),
        sa.Column("deed", sa.String(20), nullable=False),
        _number("seen_by_id"),
        _instant("seen_at"),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        _key(table, "period_id", "fiscal_periods"),
        _key(table, "seen_by_id", "users"),
    )
    op.create_index(f"ix_{table}_period_id", table, ["period_id", "id"])


def _years() -> None:
    table = "year_closings"
    _numbered(
        table,
        _number("year"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("entry_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        _number("prepared_by_id"),
        _instant("prepared_at"),
        _number("signed_by_id", nullable=True),
        _instant("signed_at", nullable=True),
        sa.Column("undo_reason", sa.Text()),
        _number("undo_prepared_by_id", nullable=True),
        _instant("undo_prepared_at", nullable=True),
        _number("undone_by_id", nullable=True),
        _instant("undone_at", nullable=True),
        *(
            _key(table, column, "users")
            for column in ("prepared_by_id", "signed_by_id", "undo_prepared_by_id", "undone_by_id")
        ),
        sa.CheckConstraint(
            "state IN ('prepared', 'closed', 'undo_prepared', 'undone', 'withdrawn')",
            name=op.f(f"ck_{table}_yearstate"),
        ),
        sa.CheckConstraint("signed_by_id <> prepared_by_id", name=op.f(f"ck_{table}_two_people")),
        sa.CheckConstraint(
            "undone_by_id <> undo_prepared_by_id", name=op.f(f"ck_{table}_two_people_undo")
        ),
        sa.CheckConstraint(
            "state NOT IN ('closed', 'undo_prepared', 'undone') OR signed_by_id IS NOT NULL",
            name=op.f(f"ck_{table}_closed_is_signed"),
        ),
        sa.CheckConstraint(
            "state <> 'undone' OR undone_by_id IS NOT NULL",
            name=op.f(f"ck_{table}_undone_is_signed"),
        ),
    )
    live = sa.text("state IN ('prepared', 'closed', 'undo_prepared')")
    op.create_index(f"uq_{table}_live", table, ["year"], unique=True, postgresql_where=live)


def _openings() -> None:
    table = "opening_imports"
    _numbered(
        table,
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        _number("prepared_by_id"),
        _instant("prepared_at"),
        _number("signed_by_id", nullable=True),
        _instant("signed_at", nullable=True),
        _number("entry_id", nullable=True),
        _key(table, "prepared_by_id", "users"),
        _key(table, "signed_by_id", "users"),
        _key(table, "entry_id", "journal_entries"),
        sa.CheckConstraint(
            "state IN ('prepared', 'booked', 'withdrawn')", name=op.f(f"ck_{table}_openingstate")
        ),
        sa.CheckConstraint("signed_by_id <> prepared_by_id", name=op.f(f"ck_{table}_two_people")),
        sa.CheckConstraint(
            "(state = 'booked') = (signed_by_id IS NOT NULL AND entry_id IS NOT NULL)",
            name=op.f(f"ck_{table}_booked_is_signed"),
        ),
    )
    waits = sa.text("state = 'prepared'")
    op.create_index(f"uq_{table}_prepared", table, ["state"], unique=True, postgresql_where=waits)
    table = "opening_lots"
    _numbered(
        table,
        _number("import_id"),
        _number("fund_id"),
        _number("received_year"),
        _number("amount_yen"),
        _key(table, "import_id", "opening_imports"),
        _key(table, "fund_id", "funds"),
        sa.CheckConstraint("amount_yen > 0", name=op.f(f"ck_{table}_amount_positive")),
    )
    op.create_index(f"ix_{table}_fund_id", table, ["fund_id", "received_year"])


def downgrade() -> None:
    raise RuntimeError("What was seen at a close is kept; restore a backup instead.")
