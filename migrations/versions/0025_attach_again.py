"""A file that was withdrawn from an entry may be attached to it again; once, as before."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# Whether a piece is withdrawn stands in another table, so no index can say it: each insert queues
# behind whoever attaches the same file to the same entry, and sees what they have attached.
FUNCTION = """
CREATE FUNCTION ledger_attach_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'attaching is exact under READ COMMITTED only' USING ERRCODE = 'CF006';
  END IF;
  PERFORM pg_advisory_xact_lock(
    hashtextextended('evidence.attach/' || NEW.entry_id || '/' || NEW.sha256, 0));
  IF EXISTS (SELECT FROM entry_evidence v WHERE v.entry_id = NEW.entry_id
      AND v.sha256 = NEW.sha256
      AND NOT EXISTS (SELECT FROM evidence_withdrawals w WHERE w.evidence_id = v.id)) THEN
    RAISE EXCEPTION 'this file is attached to entry % already', NEW.entry_id
      USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.drop_constraint("uq_entry_evidence_entry_id_sha256", "entry_evidence", type_="unique")
    op.create_index("ix_entry_evidence_entry_id", "entry_evidence", ["entry_id", "sha256"])
    op.execute(sa.text(FUNCTION))
    op.execute(
        "CREATE TRIGGER attach_once BEFORE INSERT ON entry_evidence "
        "FOR EACH ROW EXECUTE FUNCTION ledger_attach_once()"
    )


def downgrade() -> None:
    raise RuntimeError("The book is append-only; restore a backup instead.")
