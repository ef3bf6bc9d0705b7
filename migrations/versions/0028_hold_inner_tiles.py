"""Tiles of the log follow from those below them, or are refused."""

from pathlib import Path

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    functions = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(functions)


def downgrade() -> None:
    raise RuntimeError("The log is append-only; restore a backup instead.")
