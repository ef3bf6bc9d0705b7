"""Close a period by two people, the earlier ones first; closed it stays."""

from pathlib import Path

import sqlalchemy as sa
from alembic import context, op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "ledger_hold_entries()",
    "ledger_prepare_close(bigint, timestamptz, bigint)",
    "ledger_withdraw_close(bigint)",
)


def upgrade() -> None:
    op.add_column("fiscal_periods", sa.Column("closing_prepared_at", sa.DateTime(timezone=True)))
    op.add_column("fiscal_periods", sa.Column("closing_prepared_by_id", sa.BigInteger()))
    op.create_foreign_key(
        "fk_fiscal_periods_closing_prepared_by_id",
        "fiscal_periods",
        "users",
        ["closing_prepared_by_id"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_fiscal_periods_preparation"),
        "fiscal_periods",
        "(closing_prepared_at IS NULL) = (closing_prepared_by_id IS NULL)",
    )
    functions = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(functions)
    _privileges()


def _privileges() -> None:
    role = context.get_context().opts["app_role"]
    owner = op.get_bind().scalar(sa.text("SELECT current_user"))
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    if not role or role == owner:
        return
    quoted = '"' + role.replace('"', '""') + '"'
    for function in FUNCTIONS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("The book is append-only; restore a backup instead.")
