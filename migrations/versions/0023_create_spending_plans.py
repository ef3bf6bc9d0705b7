"""Keep plans of spending for designated money that has been held for more than five years."""

import sqlalchemy as sa
from alembic import context, op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spending_plans",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("received_year", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("planned_year", sa.Integer(), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("planned_use", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spending_plans"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_spending_plans_fund_id"),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["users.id"], name="fk_spending_plans_written_by_id"
        ),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_spending_plans_amount_yen")),
        sa.CheckConstraint("planned_year > year", name=op.f("ck_spending_plans_planned_year")),
        sa.CheckConstraint("btrim(planned_use) <> ''", name=op.f("ck_spending_plans_planned_use")),
    )
    op.create_index(
        "ix_spending_plans_fund_id", "spending_plans", ["fund_id", "received_year", "year", "id"]
    )
    # A plan is not changed: another is written, and the one before stays.
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON spending_plans "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()"
    )
    role = context.get_context().opts["app_role"]
    owner = op.get_bind().scalar(sa.text("SELECT current_user"))
    if role and role != owner:
        quoted = '"' + role.replace('"', '""') + '"'
        op.execute(f"REVOKE ALL ON spending_plans FROM {quoted}")
        op.execute(f"GRANT SELECT, INSERT ON spending_plans TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("Plans are kept; restore a backup instead.")
