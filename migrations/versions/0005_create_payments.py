"""Create the tables of payments: payments, gateway events, refunds, payouts, bank lines."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def app_role() -> str:
    name = context.get_context().opts["app_role"]
    return '"' + name.replace('"', '""') + '"' if name else "CURRENT_USER"


GUARDS = """
CREATE FUNCTION refuse_refund_beyond_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  paid bigint;
  sent_back bigint;
BEGIN
  -- The lock makes two refunds of one payment wait for each other.
  SELECT amount_yen INTO paid FROM payments WHERE id = NEW.payment_id FOR NO KEY UPDATE;
  SELECT coalesce(sum(amount_yen), 0) INTO sent_back FROM refunds
    WHERE payment_id = NEW.payment_id AND state <> 'failed' AND id <> NEW.id;
  IF sent_back + NEW.amount_yen > paid THEN
    RAISE EXCEPTION 'the refunds of payment % would exceed it', NEW.payment_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_within_payment';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER refunds_within_payment BEFORE INSERT OR UPDATE ON refunds
  FOR EACH ROW WHEN (NEW.state <> 'failed') EXECUTE FUNCTION refuse_refund_beyond_payment();

CREATE FUNCTION refuse_undoing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what happened to row % of % is not undone', OLD.id, TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER payments_stay_paid BEFORE UPDATE ON payments FOR EACH ROW
  WHEN (OLD.state = 'succeeded' AND (NEW.state, NEW.fee_yen, NEW.gateway_ref, NEW.succeeded_at)
    IS DISTINCT FROM (OLD.state, OLD.fee_yen, OLD.gateway_ref, OLD.succeeded_at))
  EXECUTE FUNCTION refuse_undoing();

CREATE TRIGGER bank_lines_stay_matched BEFORE UPDATE ON bank_lines FOR EACH ROW
  WHEN (OLD.matched_id IS NOT NULL AND (NEW.matched_kind, NEW.matched_id)
    IS DISTINCT FROM (OLD.matched_kind, OLD.matched_id))
  EXECUTE FUNCTION refuse_undoing();
"""

# What the application may change of a row once it is written; nothing is ever deleted.
CHANGEABLE = {
    "payments": "state, fee_yen, gateway_ref, checkout_url, saved_card_ref, card_brand, "
    "failure_code, voucher, expires_at, succeeded_at",
    "gateway_events": "state, handled_at, note, note_places, payment_id",
    "refunds": "state, gateway_ref, failure_code, closed_at",
    "payouts": "entry_id",
    "bank_lines": "matched_kind, matched_id",
}


def upgrade() -> None:
    op.create_table(
        "payments",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("source_kind", sa.String(length=60), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "pay",
                "save_card",
                "charge",
                name="paymentpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "method",
            sa.Enum(
                "card",
                "konbini",
                name="paymentmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("fee_yen", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "started",
                "pending",
                "card_saved",
                "succeeded",
                "failed",
                "expired",
                "cancelled",
                name="paymentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("gateway_ref", sa.String(length=200), nullable=True),
        sa.Column("checkout_url", sa.Text(), nullable=True),
        sa.Column("saved_card_ref", sa.String(length=200), nullable=True),
        sa.Column("card_brand", sa.String(length=40), nullable=True),
        sa.Column("failure_code", sa.String(length=100), nullable=True),
        sa.Column("voucher", JSONB(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'succeeded' OR (gateway_ref IS NOT NULL AND succeeded_at IS NOT NULL AND fee_yen IS NOT NULL)",
            name=op.f("ck_payments_succeeded_is_proven"),
        ),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_payments_amount_positive")),
        sa.CheckConstraint("fee_yen >= 0", name=op.f("ck_payments_fee_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("gateway", "gateway_ref", name=op.f("uq_payments_gateway_gateway_ref")),
        sa.UniqueConstraint("key", name=op.f("uq_payments_key")),
    )
    op.create_index(
        "ix_payments_open_expires_at",
        "payments",
        ["expires_at"],
        postgresql_where=sa.text("state IN ('started', 'pending', 'failed')"),
    )
    op.create_index("ix_payments_source", "payments", ["source_kind", "source_id"])
    op.create_index("ix_payments_state", "payments", ["state", "id"])
    op.create_table(
        "gateway_events",
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "handled",
                "ignored",
                "failed",
                name="eventstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("note_places", JSONB(), nullable=True),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_gateway_events_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_events")),
        sa.UniqueConstraint("gateway", "event_id", name=op.f("uq_gateway_events_gateway_event_id")),
    )
    op.create_index("ix_gateway_events_payment_id", "gateway_events", ["payment_id"])
    op.create_index("ix_gateway_events_state", "gateway_events", ["state", "id"])
    op.create_table(
        "refunds",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "succeeded",
                "failed",
                name="refundstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("gateway_ref", sa.String(length=200), nullable=True),
        sa.Column("failure_code", sa.String(length=100), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("key", name=op.f("uq_refunds_key")),
    )
    op.create_index("ix_refunds_payment_id", "refunds", ["payment_id"])
    op.create_table(
        "payouts",
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("gateway_ref", sa.String(length=200), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_payouts_amount_positive")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entries.id"], name=op.f("fk_payouts_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("gateway", "gateway_ref", name=op.f("uq_payouts_gateway_gateway_ref")),
    )
    op.create_table(
        "bank_lines",
        sa.Column("account_code", sa.String(length=10), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matched_kind", sa.String(length=60), nullable=True),
        sa.Column("matched_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "(matched_kind IS NULL) = (matched_id IS NULL)",
            name=op.f("ck_bank_lines_matched_kind_with_id"),
        ),
        sa.CheckConstraint("amount_yen <> 0", name=op.f("ck_bank_lines_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_bank_lines_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_lines")),
        sa.UniqueConstraint("reference", name=op.f("uq_bank_lines_reference")),
    )
    op.create_index("ix_bank_lines_booked_on", "bank_lines", ["booked_on", "id"])
    op.create_index(
        "uq_bank_lines_matched",
        "bank_lines",
        ["matched_kind", "matched_id"],
        unique=True,
        postgresql_where=sa.text("matched_id IS NOT NULL"),
    )
    op.execute(GUARDS)
    role = app_role()
    for table, columns in CHANGEABLE.items():
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {role}")
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {role}")


def downgrade() -> None:
    for table in reversed(CHANGEABLE):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_refund_beyond_payment()")
    op.execute("DROP FUNCTION refuse_undoing()")
