"""Sum what funds pass on to each other by month: the ages of designated money ask for it."""

from pathlib import Path

import sqlalchemy as sa
from alembic import context, op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fund_move_sums",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("giver_account_id", sa.BigInteger(), nullable=False),
        sa.Column("receiver_account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month", "giver_account_id", "receiver_account_id", name="pk_fund_move_sums"
        ),
        *(
            sa.ForeignKeyConstraint(
                [side], ["ledger_accounts.id"], name=f"fk_fund_move_sums_{side}"
            )
            for side in ("giver_account_id", "receiver_account_id")
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_fund_move_sums_month")),
    )
    # Replaced, so its owner and who may call it stay as they are.
    functions = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(functions)
    _privileges()


def _privileges() -> None:
    """The application reads the sums; only the folding function writes them."""
    role = context.get_context().opts["app_role"]
    owner = op.get_bind().scalar(sa.text("SELECT current_user"))
    if not role or role == owner:
        return
    quoted = '"' + role.replace('"', '""') + '"'
    op.execute(f"REVOKE ALL ON fund_move_sums FROM {quoted}")
    op.execute(f"GRANT SELECT ON fund_move_sums TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("The book is append-only; restore a backup instead.")
