"""Create the withdrawals of evidence: written once, like the evidence itself."""

import sqlalchemy as sa
from alembic import context, op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_withdrawals",
        sa.Column("evidence_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("evidence_id", name="pk_evidence_withdrawals"),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["entry_evidence.id"], name="fk_evidence_withdrawals_evidence_id"
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["entry_evidence.id"], name="fk_evidence_withdrawals_note_id"
        ),
        sa.UniqueConstraint("note_id", name="uq_evidence_withdrawals_note_id"),
        sa.CheckConstraint(
            "evidence_id <> note_id", name=op.f("ck_evidence_withdrawals_two_pieces")
        ),
        sa.CheckConstraint(
            "length(btrim(reason)) > 0", name=op.f("ck_evidence_withdrawals_reason")
        ),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_withdrawals "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()"
    )
    role = context.get_context().opts["app_role"]
    owner = op.get_bind().scalar(sa.text("SELECT current_user"))
    if role and role != owner:
        quoted = '"' + role.replace('"', '""') + '"'
        op.execute(f"REVOKE ALL ON evidence_withdrawals FROM {quoted}")
        op.execute(f"GRANT SELECT, INSERT ON evidence_withdrawals TO {quoted}")
