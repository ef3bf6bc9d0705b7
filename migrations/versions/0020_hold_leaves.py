"""Hold what leaves are written from: a sealed leaf reads the same for ever, and each can be written."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TEXTS = "ledger_leaf_texts(bigint[], text[], bigint[], bigint[])"


def upgrade() -> None:
    # Days are written as their leaves say, whatever a session or a database prefers.
    op.execute(f"ALTER FUNCTION {TEXTS} SET datestyle = 'ISO, YMD'")
    _hold_files()
    # What no leaf can say, and no reader can read, would keep all that follows from being sealed.
    op.create_check_constraint(
        op.f("ck_journal_entries_days"),
        "journal_entries",
        "effective_on BETWEEN '1900-01-01' AND '9999-12-30' "
        "AND recorded_at BETWEEN '1900-01-01Z' AND '9999-12-30Z'",
    )
    op.create_check_constraint(
        op.f("ck_fiscal_periods_days"),
        "fiscal_periods",
        "starts_on >= '1900-01-01' AND ends_on <= '9999-12-30' "
        "AND closed_at BETWEEN '1900-01-01Z' AND '9999-12-30Z'",
    )
    op.create_check_constraint(
        op.f("ck_entry_evidence_added_at"),
        "entry_evidence",
        "added_at BETWEEN '1900-01-01Z' AND '9999-12-30Z'",
    )
    # Five hundred lines fit into the two bytes that a leaf's length has in a bundle.
    op.drop_constraint(op.f("ck_transfers_line"), "transfers", type_="check")
    op.create_check_constraint(op.f("ck_transfers_line"), "transfers", "line BETWEEN 1 AND 500")


def _hold_files() -> None:
    """A leaf of evidence says how long the file is: a stored file stays what it was."""
    op.execute(
        "CREATE FUNCTION ledger_hold_file() RETURNS trigger "
        "LANGUAGE plpgsql SET search_path = public, pg_temp AS $$ BEGIN "
        "RAISE EXCEPTION 'stored file % cannot change: store the other one beside it', OLD.id "
        "USING ERRCODE = 'CF001'; END $$"
    )
    op.execute(
        sa.text(
            "CREATE TRIGGER hold_file BEFORE UPDATE ON stored_files FOR EACH ROW "
            "WHEN ((OLD.id, OLD.sha256, OLD.size_bytes) "
            "IS DISTINCT FROM (NEW.id, NEW.sha256, NEW.size_bytes)) "
            "EXECUTE FUNCTION ledger_hold_file()"
        )
    )


def downgrade() -> None:
    raise RuntimeError("The log is append-only; restore a backup instead.")
