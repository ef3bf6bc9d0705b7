"""Create the sealed log: evidence of entries, seals, tiles, checkpoints, keys."""

from pathlib import Path

import sqlalchemy as sa
from alembic import context, op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _evidence()
    _seals()
    _tiles_and_checkpoints()
    _keys()
    functions = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(functions)
    _privileges()


def _privileges() -> None:
    """The application seals through `ledger_seal` only, and never learns the seed of the salts."""
    inner = (
        "ledger_leaf_texts(bigint[], text[], bigint[], bigint[])",
        "ledger_write_seals(text[], bigint[], boolean)",
    )
    functions = ("ledger_seal(integer)", "ledger_leaves(bigint, bigint)")
    role = context.get_context().opts["app_role"]
    owner = op.get_bind().scalar(sa.text("SELECT current_user"))
    for function in inner + functions:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    if not role or role == owner:
        return
    quoted = '"' + role.replace('"', '""') + '"'
    tables = "seals, log_tiles, checkpoints, signing_keys, log_secrets, entry_evidence"
    op.execute(f"REVOKE ALL ON {tables} FROM {quoted}")
    op.execute(f"GRANT SELECT ON seals TO {quoted}")
    op.execute(f"GRANT SELECT, INSERT ON log_tiles, checkpoints, entry_evidence TO {quoted}")
    op.execute(f"GRANT UPDATE (hashes) ON log_tiles TO {quoted}")
    op.execute(f"GRANT SELECT, INSERT ON signing_keys TO {quoted}")
    op.execute(f"GRANT UPDATE (private_key_encrypted, retired_at) ON signing_keys TO {quoted}")
    for function in functions:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}")


def _evidence() -> None:
    op.create_table(
        "entry_evidence",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("stored_file_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.CHAR(64), nullable=False),
        sa.Column("added_by_id", sa.BigInteger()),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry_evidence"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entries.id"], name="fk_entry_evidence_entry_id"
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_files.id"], name="fk_entry_evidence_stored_file_id"
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name="fk_entry_evidence_added_by_id"
        ),
        sa.UniqueConstraint("entry_id", "sha256", name="uq_entry_evidence_entry_id_sha256"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_entry_evidence_sha256")),
        sa.CheckConstraint("kind ~ '^[a-z_]+$'", name=op.f("ck_entry_evidence_kind")),
    )
    op.create_index("ix_entry_evidence_stored_file_id", "entry_evidence", ["stored_file_id"])


def _seals() -> None:
    op.create_table(
        "seals",
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger()),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("leaf_index", name="pk_seals"),
        sa.UniqueConstraint("number", name="uq_seals_number"),
        sa.UniqueConstraint("kind", "row_id", name="uq_seals_kind_row_id"),
        sa.CheckConstraint(
            "kind IN ('key', 'account', 'entry', 'evidence', 'period')",
            name=op.f("ck_seals_leafkind"),
        ),
        sa.CheckConstraint("(kind = 'entry') = (number IS NOT NULL)", name=op.f("ck_seals_number")),
        sa.CheckConstraint("octet_length(leaf_hash) = 32", name=op.f("ck_seals_leaf_hash")),
    )


def _tiles_and_checkpoints() -> None:
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("tile_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "tile_index", name="pk_log_tiles"),
        sa.CheckConstraint("level BETWEEN 0 AND 63", name=op.f("ck_log_tiles_level")),
        sa.CheckConstraint("tile_index >= 0", name=op.f("ck_log_tiles_tile_index")),
        sa.CheckConstraint(
            "octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0",
            name=op.f("ck_log_tiles_hashes"),
        ),
    )
    op.create_table(
        "checkpoints",
        sa.Column("tree_size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_hash", sa.LargeBinary(), nullable=False),
        sa.Column("signed_note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tree_size", name="pk_checkpoints"),
        sa.CheckConstraint("octet_length(root_hash) = 32", name=op.f("ck_checkpoints_root_hash")),
    )


def _keys() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("private_key_encrypted", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signing_keys"),
        sa.UniqueConstraint("public_key", name="uq_signing_keys_public_key"),
        sa.CheckConstraint(
            "octet_length(public_key) = 32", name=op.f("ck_signing_keys_public_key")
        ),
        sa.CheckConstraint(
            "(private_key_encrypted IS NULL) = (retired_at IS NOT NULL)",
            name=op.f("ck_signing_keys_retired"),
        ),
    )
    op.create_table(
        "log_secrets",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_secrets"),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_secrets_id")),
        sa.CheckConstraint("octet_length(seed) = 32", name=op.f("ck_log_secrets_seed")),
    )


def downgrade() -> None:
    raise RuntimeError("The log is append-only; restore a backup instead.")
