"""Sum the book by account and month, so that a year's books need not add up its lines."""

from pathlib import Path

import sqlalchemy as sa
from alembic import context, op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_sums",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("upto_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("debits", sa.BigInteger(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "month", name="pk_month_sums"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_accounts.id"], name="fk_month_sums_account_id"
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_month_sums_month")),
    )
    op.create_index("ix_month_sums_month", "month_sums", ["month"])
    op.create_index("ix_month_sums_upto_entry_id", "month_sums", ["upto_entry_id"])
    functions = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(functions)
    _privileges()
    op.execute("SELECT ledger_fold_months()")


def _privileges() -> None:
    """The application reads the sums; only the folding function writes them."""
    function = "ledger_fold_months()"
    op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    role = context.get_context().opts["app_role"]
    owner = op.get_bind().scalar(sa.text("SELECT current_user"))
    if not role or role == owner:
        return
    quoted = '"' + role.replace('"', '""') + '"'
    op.execute(f"REVOKE ALL ON month_sums FROM {quoted}")
    op.execute(f"GRANT SELECT ON month_sums TO {quoted}")
    op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("The book is append-only; restore a backup instead.")
