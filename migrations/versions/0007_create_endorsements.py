"""Create the tables of endorsements; what was issued stays as it was issued."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The register has no gaps, forgets nothing, and what stands in it is never rewritten.
REGISTER_KEPT = """
CREATE FUNCTION keep_endorsement_register() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  expected integer;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'endorsement %: what was asked and decided stays', OLD.reference
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.register_number IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.register_number IS NULL) THEN
    SELECT coalesce(max(register_number), 0) + 1 INTO expected FROM endorsements
      WHERE issuer_id = NEW.issuer_id AND register_year = NEW.register_year;
    IF NEW.register_number <> expected THEN
      RAISE EXCEPTION 'endorsement %: the next number of the register is %, not %',
        NEW.reference, expected, NEW.register_number USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.issued_at IS NOT NULL AND (
    ROW(NEW.reference, NEW.register_no, NEW.register_year, NEW.register_number, NEW.issuer_id,
        NEW.kind, NEW.subject_kind, NEW.subject_id, NEW.subject_name, NEW.scope_text,
        NEW.name_as_displayed, NEW.criteria, NEW.vouches_for, NEW.does_not_vouch_for,
        NEW.legal_basis, NEW.decision_no, NEW.decision_on, NEW.valid_from, NEW.valid_until,
        NEW.cost_borne, NEW.liability, NEW.logo_allowed, NEW.issued_by_id, NEW.issued_at,
        NEW.supersedes_id)
    IS DISTINCT FROM
    ROW(OLD.reference, OLD.register_no, OLD.register_year, OLD.register_number, OLD.issuer_id,
        OLD.kind, OLD.subject_kind, OLD.subject_id, OLD.subject_name, OLD.scope_text,
        OLD.name_as_displayed, OLD.criteria, OLD.vouches_for, OLD.does_not_vouch_for,
        OLD.legal_basis, OLD.decision_no, OLD.decision_on, OLD.valid_from, OLD.valid_until,
        OLD.cost_borne, OLD.liability, OLD.logo_allowed, OLD.issued_by_id, OLD.issued_at,
        OLD.supersedes_id)
    OR NEW.state NOT IN ('issued', 'expired', 'revoked')
  ) THEN
    RAISE EXCEPTION 'endorsement %: what was issued stays as it was issued', OLD.register_no
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.state IN ('declined', 'expired', 'revoked') AND (
    ROW(NEW.state, NEW.revoked_at, NEW.revoked_by_id, NEW.revocation_reason)
    IS DISTINCT FROM ROW(OLD.state, OLD.revoked_at, OLD.revoked_by_id, OLD.revocation_reason)
  ) THEN
    RAISE EXCEPTION 'endorsement %: % is the end', OLD.reference, OLD.state
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_endorsement_register BEFORE INSERT OR UPDATE OR DELETE ON endorsements
  FOR EACH ROW EXECUTE FUNCTION keep_endorsement_register();

CREATE FUNCTION keep_endorsement_condition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR ROW(NEW.endorsement_id, NEW.position, NEW.text, NEW.due_on)
    IS DISTINCT FROM ROW(OLD.endorsement_id, OLD.position, OLD.text, OLD.due_on) THEN
    RAISE EXCEPTION 'a condition stays as it was issued' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_endorsement_condition BEFORE UPDATE OR DELETE ON endorsement_conditions
  FOR EACH ROW EXECUTE FUNCTION keep_endorsement_condition();

CREATE FUNCTION keep_endorsement_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history of endorsements is append-only'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER keep_endorsement_history BEFORE UPDATE OR DELETE ON endorsement_events
  FOR EACH ROW EXECUTE FUNCTION keep_endorsement_history();
CREATE TRIGGER keep_whole_endorsement_history BEFORE TRUNCATE ON endorsement_events
  FOR EACH STATEMENT EXECUTE FUNCTION keep_endorsement_history();
"""


def app_role() -> str:
    name = context.get_context().opts["app_role"]
    return '"' + name.replace('"', '""') + '"' if name else "CURRENT_USER"


def upgrade() -> None:
    op.create_table(
        "issuers",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("register_prefix", sa.String(6), nullable=False),
        sa.Column("body_ja", sa.String(120), nullable=False),
        sa.Column("body_en", sa.String(120), nullable=False),
        sa.Column("bureau_ja", sa.String(120), nullable=False),
        sa.Column("bureau_en", sa.String(120), nullable=False),
        sa.Column("section_ja", sa.String(120), nullable=False),
        sa.Column("section_en", sa.String(120), nullable=False),
        sa.Column("officer_title_ja", sa.String(120), nullable=False),
        sa.Column("officer_title_en", sa.String(120), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("website", sa.String(300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("did", sa.String(300)),
        sa.Column("public_key", sa.String(200)),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("phone <> ''", name=op.f("ck_issuers_phone")),
        sa.CheckConstraint(
            "register_prefix ~ '^[A-Z]{1,6}$'", name=op.f("ck_issuers_register_prefix")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_issuers_organisation_id"
        ),
        sa.CheckConstraint(
            "kind IN ('city', 'ward', 'education_board', 'network', 'third_party')",
            name=op.f("ck_issuers_issuerkind"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_issuers"),
        sa.UniqueConstraint("register_prefix", name="uq_issuers_register_prefix"),
    )
    op.create_index("ix_issuers_organisation_id", "issuers", ["organisation_id"])
    op.create_table(
        "endorsements",
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("form_key", sa.String(64)),
        sa.Column("issuer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("subject_kind", sa.String(60), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_name", sa.String(200), nullable=False),
        sa.Column("subject_url", sa.String(500), nullable=False),
        sa.Column("subject_organisation_id", sa.BigInteger()),
        sa.Column("requested_by_id", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scope_text", sa.Text(), nullable=False),
        sa.Column("asked_from", sa.Date(), nullable=False),
        sa.Column("asked_until", sa.Date()),
        sa.Column("event_on", sa.Date()),
        sa.Column("apply_by_on", sa.Date()),
        sa.Column("late_reason", sa.Text(), nullable=False),
        sa.Column("supersedes_id", sa.BigInteger()),
        sa.Column("criteria", postgresql.JSONB(), nullable=False),
        sa.Column("criteria_checked_at", sa.DateTime(timezone=True)),
        sa.Column("criteria_checked_by_id", sa.BigInteger()),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("register_no", sa.String(20)),
        sa.Column("register_year", sa.Integer()),
        sa.Column("register_number", sa.Integer()),
        sa.Column("name_as_displayed", sa.String(200), nullable=False),
        sa.Column("vouches_for", postgresql.JSONB(), nullable=False),
        sa.Column("does_not_vouch_for", postgresql.JSONB(), nullable=False),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("decision_no", sa.String(100), nullable=False),
        sa.Column("decision_on", sa.Date()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_until", sa.Date()),
        sa.Column("cost_borne", sa.Boolean(), nullable=False),
        sa.Column("liability", sa.Text(), nullable=False),
        sa.Column("logo_allowed", sa.Boolean(), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger()),
        sa.Column("issued_at", sa.DateTime(timezone=True)),
        sa.Column("report_due_on", sa.Date()),
        sa.Column("report_received_at", sa.DateTime(timezone=True)),
        sa.Column("report_received_by_id", sa.BigInteger()),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_by_id", sa.BigInteger()),
        sa.Column("revocation_reason", sa.Text()),
        sa.Column("credential", postgresql.JSONB()),
        sa.Column("key_id", sa.String(300)),
        sa.Column("status_list_index", sa.Integer()),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN state = 'revoked' THEN revoked_at IS NOT NULL AND revoked_by_id IS NOT NULL AND btrim(coalesce(revocation_reason, '')) <> '' ELSE revoked_at IS NULL AND revoked_by_id IS NULL AND revocation_reason IS NULL END",
            name=op.f("ck_endorsements_revoked_why"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'changes_requested', 'declined') OR (register_no IS NOT NULL AND register_year IS NOT NULL AND register_number IS NOT NULL AND name_as_displayed <> '' AND legal_basis <> '' AND decision_no <> '' AND decision_on IS NOT NULL AND valid_from IS NOT NULL AND issued_at IS NOT NULL AND issued_by_id IS NOT NULL AND jsonb_array_length(vouches_for) > 0 AND jsonb_array_length(does_not_vouch_for) > 0 AND jsonb_array_length(criteria) > 0 AND NOT jsonb_path_exists(criteria, '$[*] ? (@.checked != true)'))",
            name=op.f("ck_endorsements_whole_once_issued"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('changes_requested', 'declined') OR btrim(decision_note) <> ''",
            name=op.f("ck_endorsements_refused_why"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('issued', 'expired', 'revoked') OR valid_until IS NOT NULL OR kind = 'ordinance_designation'",
            name=op.f("ck_endorsements_ends_one_day"),
        ),
        sa.CheckConstraint(
            "(register_no IS NULL) = (issued_at IS NULL)",
            name=op.f("ck_endorsements_numbered_once_issued"),
        ),
        sa.CheckConstraint(
            "(report_received_at IS NULL) = (report_received_by_id IS NULL)",
            name=op.f("ck_endorsements_report_received"),
        ),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_endorsements_term")),
        sa.ForeignKeyConstraint(
            ["criteria_checked_by_id"], ["users.id"], name="fk_endorsements_criteria_checked_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["users.id"], name="fk_endorsements_issued_by_id"
        ),
        sa.ForeignKeyConstraint(["issuer_id"], ["issuers.id"], name="fk_endorsements_issuer_id"),
        sa.ForeignKeyConstraint(
            ["report_received_by_id"], ["users.id"], name="fk_endorsements_report_received_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name="fk_endorsements_requested_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["users.id"], name="fk_endorsements_revoked_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["subject_organisation_id"],
            ["organisations.id"],
            name="fk_endorsements_subject_organisation_id",
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["endorsements.id"], name="fk_endorsements_supersedes_id"
        ),
        sa.CheckConstraint(
            "kind IN ('co_hosting', 'nominal_support', 'supporting_consent', 'recommendation', 'agreement', 'certification', 'ordinance_designation', 'designated_npo', 'registration', 'subsidy', 'network_support', 'private_mark')",
            name=op.f("ck_endorsements_endorsementkind"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'changes_requested', 'declined', 'issued', 'expired', 'revoked')",
            name=op.f("ck_endorsements_endorsementstate"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_endorsements"),
        sa.UniqueConstraint("form_key", name="uq_endorsements_form_key"),
        sa.UniqueConstraint(
            "issuer_id", "register_year", "register_number", name="uq_endorsements_register"
        ),
        sa.UniqueConstraint("issuer_id", "status_list_index", name="uq_endorsements_status_list"),
        sa.UniqueConstraint("reference", name="uq_endorsements_reference"),
        sa.UniqueConstraint("register_no", name="uq_endorsements_register_no"),
    )
    op.create_index("ix_endorsements_issuer_state", "endorsements", ["issuer_id", "state", "id"])
    op.create_index(
        "ix_endorsements_register", "endorsements", [sa.text("issued_at DESC"), sa.text("id DESC")]
    )
    op.create_index(
        "ix_endorsements_subject", "endorsements", ["subject_kind", "subject_id", "state"]
    )
    op.create_index(
        "ix_endorsements_subject_organisation_id", "endorsements", ["subject_organisation_id"]
    )
    op.create_index(
        "uq_endorsements_open",
        "endorsements",
        ["issuer_id", "kind", "subject_kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'changes_requested')"),
    )
    op.create_index(
        "uq_endorsements_renewal",
        "endorsements",
        ["supersedes_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'declined'"),
    )
    op.create_table(
        "endorsement_conditions",
        sa.Column("endorsement_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("met_at", sa.DateTime(timezone=True)),
        sa.Column("met_by_id", sa.BigInteger()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("btrim(text) <> ''", name=op.f("ck_endorsement_conditions_words")),
        sa.CheckConstraint(
            "(met_at IS NULL) = (met_by_id IS NULL)", name=op.f("ck_endorsement_conditions_met")
        ),
        sa.ForeignKeyConstraint(
            ["endorsement_id"], ["endorsements.id"], name="fk_endorsement_conditions_endorsement_id"
        ),
        sa.ForeignKeyConstraint(
            ["met_by_id"], ["users.id"], name="fk_endorsement_conditions_met_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_endorsement_conditions"),
        sa.UniqueConstraint(
            "endorsement_id", "position", name="uq_endorsement_conditions_position"
        ),
    )
    op.create_table(
        "endorsement_documents",
        sa.Column("endorsement_id", sa.BigInteger(), nullable=False),
        sa.Column("stored_file_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name="fk_endorsement_documents_added_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["endorsement_id"], ["endorsements.id"], name="fk_endorsement_documents_endorsement_id"
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_files.id"], name="fk_endorsement_documents_stored_file_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_endorsement_documents"),
        sa.UniqueConstraint(
            "endorsement_id", "stored_file_id", name="uq_endorsement_documents_file"
        ),
    )
    op.create_table(
        "endorsement_events",
        sa.Column("endorsement_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_endorsement_events_actor_id"),
        sa.ForeignKeyConstraint(
            ["endorsement_id"], ["endorsements.id"], name="fk_endorsement_events_endorsement_id"
        ),
        sa.CheckConstraint(
            "kind IN ('requested', 'changes_requested', 'resubmitted', 'criteria_checked', 'declined', 'issued', 'expired', 'revoked', 'condition_met', 'report_received')",
            name=op.f("ck_endorsement_events_eventkind"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_endorsement_events"),
    )
    op.create_index(
        "ix_endorsement_events_endorsement", "endorsement_events", ["endorsement_id", "id"]
    )
    op.create_table(
        "misuse_reports",
        sa.Column("endorsement_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by_id", sa.BigInteger()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("btrim(words) <> ''", name=op.f("ck_misuse_reports_words")),
        sa.CheckConstraint(
            "state = 'open' OR (btrim(outcome) <> '' AND settled_at IS NOT NULL AND settled_by_id IS NOT NULL)",
            name=op.f("ck_misuse_reports_settled_how"),
        ),
        sa.ForeignKeyConstraint(
            ["endorsement_id"], ["endorsements.id"], name="fk_misuse_reports_endorsement_id"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["users.id"], name="fk_misuse_reports_settled_by_id"
        ),
        sa.CheckConstraint(
            "state IN ('open', 'settled')", name=op.f("ck_misuse_reports_misusestate")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_misuse_reports"),
        sa.UniqueConstraint("form_key", name="uq_misuse_reports_form_key"),
    )
    op.create_index("ix_misuse_reports_endorsement", "misuse_reports", ["endorsement_id", "state"])
    op.execute(REGISTER_KEPT)
    role = app_role()
    op.execute(f"REVOKE UPDATE, DELETE ON endorsement_events FROM {role}")
    op.execute(
        "REVOKE DELETE ON issuers, endorsements, endorsement_conditions, endorsement_documents, "
        f"misuse_reports FROM {role}"
    )


def downgrade() -> None:
    for table in (
        "misuse_reports",
        "endorsement_events",
        "endorsement_documents",
        "endorsement_conditions",
        "endorsements",
        "issuers",
    ):
        op.drop_table(table)
    op.execute(
        "DROP FUNCTION keep_endorsement_register(), keep_endorsement_condition(), "
        "keep_endorsement_history()"
    )
