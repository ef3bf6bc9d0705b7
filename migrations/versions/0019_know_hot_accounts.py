"""Let the planner know a thousand accounts by their share of the lines, not a hundred.

Of an account that it does not know it believes an average: a ledger of few lines would be looked
for in all of them.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for side in ("debit", "credit"):
        op.execute(f"ALTER TABLE transfers ALTER COLUMN {side}_account_id SET STATISTICS 1000")
    op.execute("ANALYZE transfers")


def downgrade() -> None:
    raise RuntimeError("The book is append-only; restore a backup instead.")
