"""A period is closed when it is over by the clock of the database too."""

from pathlib import Path

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    functions = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(functions)


def downgrade() -> None:
    raise RuntimeError("The book is append-only; restore a backup instead.")
