"""Judge guarded debits in the order of entries: at each of them, not only after the last."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    functions = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(functions)


def downgrade() -> None:
    raise RuntimeError("The book is append-only; restore a backup instead.")
