"""Payee accounts, awards, disbursements and reports, with what the database itself refuses."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Refusals of these triggers: civicfund/grants/services/refusals.py turns them into words.
TRIGGERS = """
CREATE FUNCTION hold_disbursements_to_award() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided awards%ROWTYPE;
    taken bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.amount_yen, NEW.award_id, NEW.payee, NEW.prepared_by_id)
            IS DISTINCT FROM (OLD.amount_yen, OLD.award_id, OLD.payee, OLD.prepared_by_id) THEN
        RAISE EXCEPTION 'a disbursement is withdrawn, not changed' USING ERRCODE = 'CF302';
    END IF;
    IF NEW.state IN ('returned', 'withdrawn') THEN
        RETURN NEW;
    END IF;
    -- Whoever adds to the same award waits here, and then sees what the other has added.
    SELECT * INTO decided FROM awards WHERE id = NEW.award_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_yen), 0) INTO taken FROM disbursements
        WHERE award_id = NEW.award_id AND id IS DISTINCT FROM NEW.id
        AND state NOT IN ('returned', 'withdrawn');
    IF decided.entry_id IS NULL OR taken + NEW.amount_yen > decided.amount_yen - decided.reduced_yen
    THEN
        RAISE EXCEPTION 'award % has no room for %', NEW.award_id, NEW.amount_yen
            USING ERRCODE = 'CF301', DETAIL = CASE WHEN decided.entry_id IS NULL THEN 0
            ELSE decided.amount_yen - decided.reduced_yen - taken END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_disbursements_to_award
    BEFORE INSERT OR UPDATE OF award_id, amount_yen, state, payee, prepared_by_id ON disbursements
    FOR EACH ROW EXECUTE FUNCTION hold_disbursements_to_award();

CREATE FUNCTION hold_award_to_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    taken bigint;
BEGIN
    IF OLD.entry_id IS NOT NULL AND (NEW.amount_yen, NEW.entry_id, NEW.fund_id, NEW.campaign_id)
            IS DISTINCT FROM (OLD.amount_yen, OLD.entry_id, OLD.fund_id, OLD.campaign_id) THEN
        RAISE EXCEPTION 'award % is decided', OLD.id USING ERRCODE = 'CF303';
    END IF;
    SELECT coalesce(sum(amount_yen), 0) INTO taken FROM disbursements
        WHERE award_id = NEW.id AND state NOT IN ('returned', 'withdrawn');
    IF taken > NEW.amount_yen - NEW.reduced_yen THEN
        RAISE EXCEPTION 'award % cannot fall below its instalments', OLD.id
            USING ERRCODE = 'CF301', DETAIL = NEW.amount_yen - NEW.reduced_yen - taken;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_award_to_decision
    BEFORE UPDATE OF amount_yen, reduced_yen, entry_id, fund_id, campaign_id ON awards
    FOR EACH ROW EXECUTE FUNCTION hold_award_to_decision();

CREATE FUNCTION freeze_accepted_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'reports' THEN
        IF OLD.state = 'accepted' THEN
            RAISE EXCEPTION 'report % is accepted', OLD.id USING ERRCODE = 'CF304';
        END IF;
    ELSIF TG_TABLE_NAME = 'report_lines' THEN
        PERFORM 1 FROM reports
            WHERE id = coalesce(NEW.report_id, OLD.report_id) AND state = 'accepted';
    ELSE
        PERFORM 1 FROM reports JOIN report_lines ON report_lines.report_id = reports.id
            WHERE report_lines.id = coalesce(NEW.report_line_id, OLD.report_line_id)
            AND reports.state = 'accepted';
    END IF;
    IF TG_TABLE_NAME <> 'reports' AND FOUND THEN
        RAISE EXCEPTION 'this report is accepted' USING ERRCODE = 'CF304';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER freeze_accepted_report BEFORE UPDATE OR DELETE ON reports
    FOR EACH ROW EXECUTE FUNCTION freeze_accepted_report();
CREATE TRIGGER freeze_accepted_report BEFORE INSERT OR UPDATE OR DELETE ON report_lines
    FOR EACH ROW EXECUTE FUNCTION freeze_accepted_report();
CREATE TRIGGER freeze_accepted_report BEFORE INSERT OR UPDATE OR DELETE ON report_evidence
    FOR EACH ROW EXECUTE FUNCTION freeze_accepted_report();
"""


def app_role() -> str:
    """The quoted role that the application works as; it may be the owner itself."""
    name = context.get_context().opts["app_role"]
    return '"' + name.replace('"', '""') + '"' if name else "CURRENT_USER"


def upgrade() -> None:
    op.create_table(
        "payee_accounts",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "checked",
                "confirmed",
                "declined",
                "replaced",
                name="payeestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("bank_code", sa.String(length=4), nullable=False),
        sa.Column("bank_name", sa.String(length=60), nullable=False),
        sa.Column("branch_code", sa.String(length=3), nullable=False),
        sa.Column("branch_name", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ordinary",
                "current",
                "savings",
                name="payeekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=7), nullable=False),
        sa.Column("holder_kana", sa.String(length=60), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_how", sa.Text(), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("bank_code ~ '^[0-9]{4}$'", name=op.f("ck_payee_accounts_bank_code")),
        sa.CheckConstraint(
            "branch_code ~ '^[0-9]{3}$'", name=op.f("ck_payee_accounts_branch_code")
        ),
        sa.CheckConstraint("holder_kana <> ''", name=op.f("ck_payee_accounts_holder")),
        sa.CheckConstraint("number ~ '^[0-9]{7}$'", name=op.f("ck_payee_accounts_number")),
        sa.CheckConstraint(
            "state NOT IN ('checked', 'confirmed', 'replaced') OR checked_by_id IS NOT NULL",
            name=op.f("ck_payee_accounts_checked"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'replaced') OR confirmed_by_id IS NOT NULL",
            name=op.f("ck_payee_accounts_confirmed"),
        ),
        sa.CheckConstraint(
            "checked_by_id <> proposed_by_id", name=op.f("ck_payee_accounts_checked_by_another")
        ),
        sa.CheckConstraint(
            "confirmed_by_id <> proposed_by_id AND confirmed_by_id <> checked_by_id",
            name=op.f("ck_payee_accounts_confirmed_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["users.id"], name=op.f("fk_payee_accounts_checked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["users.id"], name=op.f("fk_payee_accounts_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_payee_accounts_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["users.id"], name=op.f("fk_payee_accounts_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_accounts")),
    )
    op.create_index(
        op.f("ix_payee_accounts_organisation_id"),
        "payee_accounts",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "uq_payee_accounts_in_use",
        "payee_accounts",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.create_index(
        "uq_payee_accounts_proposed",
        "payee_accounts",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'checked')"),
    )
    op.create_table(
        "awards",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "offered",
                "agreed",
                "active",
                "completed",
                name="awardstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("over_target", sa.Boolean(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("accepted_reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reduced_yen", sa.BigInteger(), nullable=False),
        sa.Column("reduction_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("to_return_yen", sa.BigInteger(), nullable=False),
        sa.Column("return_line_id", sa.BigInteger(), nullable=True),
        sa.Column("return_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "NOT over_target OR state = 'proposed' OR accepted_by_id IS NOT NULL",
            name=op.f("ck_awards_over_target_accepted"),
        ),
        sa.CheckConstraint(
            "state = 'proposed' OR entry_id IS NOT NULL", name=op.f("ck_awards_booked")
        ),
        sa.CheckConstraint(
            "(reduced_yen > 0) = (reduction_entry_id IS NOT NULL)", name=op.f("ck_awards_reduction")
        ),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_awards_amount")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_awards_period")),
        sa.CheckConstraint("reduced_yen BETWEEN 0 AND amount_yen", name=op.f("ck_awards_reduced")),
        sa.CheckConstraint("to_return_yen >= 0", name=op.f("ck_awards_to_return")),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["users.id"], name=op.f("fk_awards_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["users.id"], name=op.f("fk_awards_agreed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_awards_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entries.id"], name=op.f("fk_awards_entry_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name=op.f("fk_awards_fund_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_awards_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["reduction_entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_awards_reduction_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["return_entry_id"], ["journal_entries.id"], name=op.f("fk_awards_return_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_line_id"], ["bank_lines.id"], name=op.f("fk_awards_return_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_awards_campaign_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_awards_entry_id")),
        sa.UniqueConstraint("reduction_entry_id", name=op.f("uq_awards_reduction_entry_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_awards_reference")),
        sa.UniqueConstraint("return_entry_id", name=op.f("uq_awards_return_entry_id")),
        sa.UniqueConstraint("return_line_id", name=op.f("uq_awards_return_line_id")),
    )
    op.create_index(op.f("ix_awards_organisation_id"), "awards", ["organisation_id"], unique=False)
    op.create_table(
        "disbursements",
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "approved",
                "exported",
                "paid",
                "returned",
                "withdrawn",
                name="disbursementstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("payee_account_id", sa.BigInteger(), nullable=False),
        sa.Column("payee", postgresql.JSONB(), nullable=False),
        sa.Column("prepared_by_id", sa.BigInteger(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exported_by_id", sa.BigInteger(), nullable=True),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bank_line_id", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("fee_yen", sa.BigInteger(), nullable=False),
        sa.Column("fee_line_id", sa.BigInteger(), nullable=True),
        sa.Column("fee_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("return_line_id", sa.BigInteger(), nullable=True),
        sa.Column("return_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'returned') = (return_line_id IS NOT NULL AND return_entry_id IS NOT NULL)",
            name=op.f("ck_disbursements_returned"),
        ),
        sa.CheckConstraint(
            "(state IN ('paid', 'returned')) = (bank_line_id IS NOT NULL AND entry_id IS NOT NULL AND paid_on IS NOT NULL)",
            name=op.f("ck_disbursements_paid"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'exported', 'paid', 'returned') OR approved_by_id IS NOT NULL",
            name=op.f("ck_disbursements_approved"),
        ),
        sa.CheckConstraint(
            "(fee_yen > 0) = (fee_line_id IS NOT NULL AND fee_entry_id IS NOT NULL)",
            name=op.f("ck_disbursements_fee_booked"),
        ),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_disbursements_amount")),
        sa.CheckConstraint(
            "approved_by_id <> prepared_by_id", name=op.f("ck_disbursements_approved_by_another")
        ),
        sa.CheckConstraint("fee_yen >= 0", name=op.f("ck_disbursements_fee")),
        sa.CheckConstraint(
            "return_line_id <> bank_line_id AND fee_line_id <> bank_line_id",
            name=op.f("ck_disbursements_other_lines"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_disbursements_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_disbursements_award_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_line_id"], ["bank_lines.id"], name=op.f("fk_disbursements_bank_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["users.id"], name=op.f("fk_disbursements_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entries.id"], name=op.f("fk_disbursements_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["exported_by_id"], ["users.id"], name=op.f("fk_disbursements_exported_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["fee_entry_id"], ["journal_entries.id"], name=op.f("fk_disbursements_fee_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["fee_line_id"], ["bank_lines.id"], name=op.f("fk_disbursements_fee_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["payee_account_id"],
            ["payee_accounts.id"],
            name=op.f("fk_disbursements_payee_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["users.id"], name=op.f("fk_disbursements_prepared_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_disbursements_return_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["return_line_id"], ["bank_lines.id"], name=op.f("fk_disbursements_return_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursements")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_disbursements_award_id_number")),
        sa.UniqueConstraint("bank_line_id", name=op.f("uq_disbursements_bank_line_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_disbursements_entry_id")),
        sa.UniqueConstraint("fee_entry_id", name=op.f("uq_disbursements_fee_entry_id")),
        sa.UniqueConstraint("fee_line_id", name=op.f("uq_disbursements_fee_line_id")),
        sa.UniqueConstraint("form_key", name=op.f("uq_disbursements_form_key")),
        sa.UniqueConstraint("return_entry_id", name=op.f("uq_disbursements_return_entry_id")),
        sa.UniqueConstraint("return_line_id", name=op.f("uq_disbursements_return_line_id")),
    )
    op.create_table(
        "reports",
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "submitted",
                "changes_requested",
                "accepted",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_notes", sa.Text(), nullable=True),
        sa.Column("accepted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_by_id IS NOT NULL AND accepted_at IS NOT NULL)",
            name=op.f("ck_reports_accepted"),
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_at IS NOT NULL", name=op.f("ck_reports_submitted")
        ),
        sa.CheckConstraint(
            "accepted_by_id <> submitted_by_id", name=op.f("ck_reports_accepted_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["users.id"], name=op.f("fk_reports_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_reports_award_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_reports_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("award_id", name=op.f("uq_reports_award_id")),
    )
    op.create_table(
        "report_lines",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("budget_line_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("budget_yen", sa.BigInteger(), nullable=False),
        sa.Column("spent_yen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("spent_yen >= 0", name=op.f("ck_report_lines_spent")),
        sa.ForeignKeyConstraint(
            ["budget_line_id"], ["budget_lines.id"], name=op.f("fk_report_lines_budget_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_lines_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_lines")),
        sa.UniqueConstraint(
            "report_id", "budget_line_id", name=op.f("uq_report_lines_report_id_budget_line_id")
        ),
    )
    op.create_table(
        "report_evidence",
        sa.Column("report_line_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receipt",
                "bank_slip",
                name="evidencekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("stored_file_id", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issuer_name", sa.String(length=120), nullable=False),
        sa.Column("addressee", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_report_evidence_amount")),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name=op.f("fk_report_evidence_added_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_line_id"], ["report_lines.id"], name=op.f("fk_report_evidence_report_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_files.id"], name=op.f("fk_report_evidence_stored_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_evidence")),
        sa.UniqueConstraint(
            "report_line_id", "number", name=op.f("uq_report_evidence_report_line_id_number")
        ),
        sa.UniqueConstraint(
            "report_line_id",
            "stored_file_id",
            name=op.f("uq_report_evidence_report_line_id_stored_file_id"),
        ),
    )

    op.execute(TRIGGERS)
    # What happened stays: only a receipt of a report that is still being written may be taken out.
    op.execute(
        "REVOKE DELETE ON payee_accounts, awards, disbursements, reports, report_lines "
        f"FROM {app_role()}"
    )


def downgrade() -> None:
    for table in (
        "report_evidence",
        "report_lines",
        "reports",
        "disbursements",
        "awards",
        "payee_accounts",
    ):
        op.drop_table(table)
    for function in (
        "freeze_accepted_report",
        "hold_award_to_decision",
        "hold_disbursements_to_award",
    ):
        op.execute(f"DROP FUNCTION {function}()")
