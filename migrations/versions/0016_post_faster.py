"""Post faster: one plan for `ledger_post`, and no index of what most entries do not have."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

POST = (
    "ledger_post(text[], text[], date[], text[], text[], bigint[], bigint[], bigint[], bigint[], "
    "bigint[], bigint[], bytea[], timestamptz, int[], smallint[], text[], bigint[], text[], "
    "bigint[], bigint[])"
)


def upgrade() -> None:
    # Arrays of another length are no reason for another plan.
    op.execute(f"ALTER FUNCTION {POST} SET plan_cache_mode = force_generic_plan")
    # A reversal names its original once; entries that reverse nothing need no place in the index.
    op.drop_constraint("uq_journal_entries_reverses_id", "journal_entries", type_="unique")
    op.create_index(
        "uq_journal_entries_reverses_id",
        "journal_entries",
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )


def downgrade() -> None:
    raise RuntimeError("The book is append-only; restore a backup instead.")
