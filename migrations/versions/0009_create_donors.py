"""Create the tables of donors: donors, donations, requests for money back."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# R9: the share and all other terms of a gift are stored once and never changed later.
TERMS_FROZEN = """
CREATE FUNCTION keep_gift_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.reference, OLD.campaign_id, OLD.amount_yen, OLD.operating_yen, OLD.project_yen,
      OLD.method, OLD.on_failure, OLD.terms, OLD.endorsements_shown, OLD.accepted_terms_at)
     IS DISTINCT FROM
     (NEW.reference, NEW.campaign_id, NEW.amount_yen, NEW.operating_yen, NEW.project_yen,
      NEW.method, NEW.on_failure, NEW.terms, NEW.endorsements_shown, NEW.accepted_terms_at)
  THEN
    RAISE EXCEPTION 'the terms of gift % are fixed', OLD.reference USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_gift_terms BEFORE UPDATE OF reference, campaign_id, amount_yen, operating_yen,
  project_yen, method, on_failure, terms, endorsements_shown, accepted_terms_at ON donations
  FOR EACH ROW EXECUTE FUNCTION keep_gift_terms();
"""


def app_role() -> str:
    """The quoted role that the application works as; it may be the owner itself."""
    name = context.get_context().opts["app_role"]
    return '"' + name.replace('"', '""') + '"' if name else "CURRENT_USER"


def upgrade() -> None:
    op.create_table(
        "donors",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_donors_email_is_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donors")),
        sa.UniqueConstraint("email", name=op.f("uq_donors_email")),
    )
    op.create_table(
        "donations",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(length=100), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "started",
                "pledged",
                "pending",
                "held",
                "paid",
                "expired",
                "cancelled",
                "partially_refunded",
                "refunded",
                "disputed",
                "charged_back",
                name="donationstate",
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
                name="method",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("operating_yen", sa.BigInteger(), nullable=False),
        sa.Column("project_yen", sa.BigInteger(), nullable=False),
        sa.Column("refunded_yen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "publicity",
            sa.Enum(
                "name",
                "pen_name",
                "hidden",
                "hidden_from_npo",
                name="publicity",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("donor_name", sa.String(length=100), server_default="", nullable=False),
        sa.Column("pen_name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("wants_receipt", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("postal_code", sa.String(length=8), server_default="", nullable=False),
        sa.Column("address", sa.String(length=300), server_default="", nullable=False),
        sa.Column(
            "on_failure",
            sa.Enum(
                "refund",
                "leave_to_fund",
                name="onfailure",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "refund_account",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "endorsements_shown",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("accepted_terms_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_to_fund", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("charge_payment_id", sa.BigInteger(), nullable=True),
        sa.Column("payment_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("charge_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("charge_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("charge_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("gift_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("returned_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "NOT wants_receipt OR (donor_name <> '' AND postal_code <> '' AND address <> '')",
            name=op.f("ck_donations_receipt_needs_address"),
        ),
        sa.CheckConstraint(
            "publicity <> 'name' OR donor_name <> ''", name=op.f("ck_donations_name_to_show")
        ),
        sa.CheckConstraint(
            "publicity <> 'pen_name' OR pen_name <> ''", name=op.f("ck_donations_pen_name_to_show")
        ),
        sa.CheckConstraint(
            "state <> 'held' OR (held_entry_id IS NOT NULL AND gift_entry_id IS NULL AND returned_entry_id IS NULL)",
            name=op.f("ck_donations_held_is_booked_as_held"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('paid', 'partially_refunded', 'disputed', 'charged_back') OR gift_entry_id IS NOT NULL",
            name=op.f("ck_donations_paid_is_booked"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('refunded', 'partially_refunded') OR returned_entry_id IS NOT NULL",
            name=op.f("ck_donations_refund_is_booked"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('started', 'pledged', 'pending', 'expired', 'cancelled') OR (gift_entry_id IS NULL AND held_entry_id IS NULL)",
            name=op.f("ck_donations_unpaid_is_not_booked"),
        ),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_donations_amount_is_positive")),
        sa.CheckConstraint(
            "operating_yen + project_yen = amount_yen", name=op.f("ck_donations_parts_sum_to_whole")
        ),
        sa.CheckConstraint(
            "operating_yen >= 0 AND project_yen >= 0", name=op.f("ck_donations_parts_not_negative")
        ),
        sa.CheckConstraint(
            "refunded_yen BETWEEN 0 AND amount_yen", name=op.f("ck_donations_refunds_within_gift")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_donations_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["charge_payment_id"], ["payments.id"], name=op.f("fk_donations_charge_payment_id")
        ),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_donations_donor_id")),
        sa.ForeignKeyConstraint(
            ["gift_entry_id"], ["journal_entries.id"], name=op.f("fk_donations_gift_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["held_entry_id"], ["journal_entries.id"], name=op.f("fk_donations_held_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_donations_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["returned_entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_donations_returned_entry_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donations")),
        sa.UniqueConstraint("charge_payment_id", name=op.f("uq_donations_charge_payment_id")),
        sa.UniqueConstraint("form_key", name=op.f("uq_donations_form_key")),
        sa.UniqueConstraint("gift_entry_id", name=op.f("uq_donations_gift_entry_id")),
        sa.UniqueConstraint("held_entry_id", name=op.f("uq_donations_held_entry_id")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_donations_payment_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_donations_reference")),
        sa.UniqueConstraint("returned_entry_id", name=op.f("uq_donations_returned_entry_id")),
    )
    op.create_index(
        "ix_donations_campaign_id_state", "donations", ["campaign_id", "state"], unique=False
    )
    op.create_index(
        "ix_donations_charge_due_at",
        "donations",
        ["charge_due_at"],
        unique=False,
        postgresql_where=sa.text("charge_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_donations_donor_id_started_at", "donations", ["donor_id", "started_at"], unique=False
    )
    op.create_index("ix_donations_started_at_id", "donations", ["started_at", "id"], unique=False)
    op.create_table(
        "refund_requests",
        sa.Column("donation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "donor",
                "staff",
                "settlement",
                "late",
                name="refundorigin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "declined",
                "granted",
                "paid",
                "failed",
                "withdrawn",
                name="refundstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "gateway",
                "bank",
                name="refundchannel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decision_note", sa.Text(), server_default="", nullable=False),
        sa.Column("refund_id", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("bank_line_id", sa.BigInteger(), nullable=True),
        sa.Column("paid_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'declined' OR decision_note <> ''",
            name=op.f("ck_refund_requests_refusal_has_a_reason"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('granted', 'paid', 'failed') OR channel IS NOT NULL",
            name=op.f("ck_refund_requests_granted_has_a_way"),
        ),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_refund_requests_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["paid_entry_id"], ["journal_entries.id"], name=op.f("fk_refund_requests_paid_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_line_id"], ["bank_lines.id"], name=op.f("fk_refund_requests_bank_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_refund_requests_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donations.id"], name=op.f("fk_refund_requests_donation_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entries.id"], name=op.f("fk_refund_requests_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_refund_requests_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_requests")),
        sa.UniqueConstraint("paid_entry_id", name=op.f("uq_refund_requests_paid_entry_id")),
        sa.UniqueConstraint("bank_line_id", name=op.f("uq_refund_requests_bank_line_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_refund_requests_entry_id")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_refund_requests_refund_id")),
    )
    op.create_index(
        op.f("ix_refund_requests_donation_id"), "refund_requests", ["donation_id"], unique=False
    )
    op.create_index(
        "ix_refund_requests_state_requested_at",
        "refund_requests",
        ["state", "requested_at"],
        unique=False,
    )
    op.create_index(
        "uq_refund_requests_one_waits",
        "refund_requests",
        ["donation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.execute(TERMS_FROZEN)
    # What happened stays: personal data leaves by being overwritten, rows never.
    op.execute(f"REVOKE DELETE ON donors, donations, refund_requests FROM {app_role()}")


def downgrade() -> None:
    op.drop_table("refund_requests")
    op.drop_table("donations")
    op.execute("DROP FUNCTION keep_gift_terms()")
    op.drop_table("donors")
