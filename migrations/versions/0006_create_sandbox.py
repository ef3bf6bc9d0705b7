"""Create the tables of the sandbox gateway."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


TABLES = (
    "sandbox_checkouts",
    "sandbox_cards",
    "sandbox_charges",
    "sandbox_refunds",
    "sandbox_payouts",
    "sandbox_balance_lines",
    "sandbox_events",
    "sandbox_answers",
)


def upgrade() -> None:
    op.create_table(
        "sandbox_checkouts",
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "payment",
                "setup",
                name="checkoutmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=False),
        sa.Column("cancel_url", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "authenticating",
                "pending",
                "paid",
                "saved",
                "expired",
                "cancelled",
                name="checkoutstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("brand", sa.String(length=20), nullable=True),
        sa.Column("voucher_number", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_sandbox_checkouts_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_checkouts")),
        sa.UniqueConstraint("ref", name=op.f("uq_sandbox_checkouts_ref")),
        sa.UniqueConstraint("voucher_number", name=op.f("uq_sandbox_checkouts_voucher_number")),
    )
    op.create_index(
        "ix_sandbox_checkouts_open",
        "sandbox_checkouts",
        ["expires_at"],
        postgresql_where=sa.text("state IN ('open', 'authenticating', 'pending')"),
    )
    op.create_table(
        "sandbox_cards",
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("checkout_id", sa.BigInteger(), nullable=False),
        sa.Column("brand", sa.String(length=20), nullable=False),
        sa.Column(
            "behaviour",
            sa.Enum(
                "works",
                "declines",
                "declines_once",
                name="cardbehaviour",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("declines", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["sandbox_checkouts.id"], name=op.f("fk_sandbox_cards_checkout_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_cards")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_sandbox_cards_checkout_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_sandbox_cards_ref")),
    )
    op.create_table(
        "sandbox_charges",
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("checkout_id", sa.BigInteger(), nullable=True),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("brand", sa.String(length=20), nullable=True),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("fee_yen", sa.BigInteger(), nullable=False),
        sa.Column("fee_tax_yen", sa.BigInteger(), nullable=False),
        sa.Column("refunded_yen", sa.BigInteger(), nullable=False),
        sa.Column("failure_code", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "refunded_yen BETWEEN 0 AND amount_yen",
            name=op.f("ck_sandbox_charges_refunds_within_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["card_id"], ["sandbox_cards.id"], name=op.f("fk_sandbox_charges_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["sandbox_checkouts.id"], name=op.f("fk_sandbox_charges_checkout_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_charges")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_sandbox_charges_checkout_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_sandbox_charges_ref")),
    )
    op.create_index("ix_sandbox_charges_card_id", "sandbox_charges", ["card_id"])
    op.create_table(
        "sandbox_refunds",
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("charge_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("failure_code", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_sandbox_refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["sandbox_charges.id"], name=op.f("fk_sandbox_refunds_charge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_refunds")),
        sa.UniqueConstraint("ref", name=op.f("uq_sandbox_refunds_ref")),
    )
    op.create_index("ix_sandbox_refunds_charge_id", "sandbox_refunds", ["charge_id"])
    op.create_table(
        "sandbox_payouts",
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_sandbox_payouts_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_payouts")),
        sa.UniqueConstraint("ref", name=op.f("uq_sandbox_payouts_ref")),
    )
    op.create_table(
        "sandbox_balance_lines",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source_ref", sa.String(length=60), nullable=False),
        sa.Column("gross_yen", sa.BigInteger(), nullable=False),
        sa.Column("fee_yen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payout_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["sandbox_payouts.id"], name=op.f("fk_sandbox_balance_lines_payout_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_balance_lines")),
        sa.UniqueConstraint("source_ref", name=op.f("uq_sandbox_balance_lines_source_ref")),
    )
    op.create_index("ix_sandbox_balance_lines_payout_id", "sandbox_balance_lines", ["payout_id"])
    op.create_index(
        "ix_sandbox_balance_lines_unpaid",
        "sandbox_balance_lines",
        ["id"],
        postgresql_where=sa.text("payout_id IS NULL"),
    )
    op.create_table(
        "sandbox_events",
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("last_answer", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_events")),
        sa.UniqueConstraint("ref", name=op.f("uq_sandbox_events_ref")),
    )
    op.create_index(
        "ix_sandbox_events_undelivered",
        "sandbox_events",
        ["id"],
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "sandbox_answers",
        sa.Column("key", sa.String(length=240), nullable=False),
        sa.Column("question_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_answers")),
        sa.UniqueConstraint("key", name=op.f("uq_sandbox_answers_key")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
