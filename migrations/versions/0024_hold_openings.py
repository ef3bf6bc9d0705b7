"""What was prepared to be booked as opening balances stays as it was until it is signed."""

import sqlalchemy as sa
from alembic import context, op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OF_THE_SECOND_SIGNATURE = "state, signed_by_id, signed_at, entry_id"


def upgrade() -> None:
    role = context.get_context().opts["app_role"]
    owner = op.get_bind().scalar(sa.text("SELECT current_user"))
    if role and role != owner:
        quoted = '"' + role.replace('"', '""') + '"'
        op.execute(f"REVOKE UPDATE ON opening_imports FROM {quoted}")
        op.execute(f"GRANT UPDATE ({OF_THE_SECOND_SIGNATURE}) ON opening_imports TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("What two people signed is kept; restore a backup instead.")
