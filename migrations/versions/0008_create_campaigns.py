"""Create the tables of campaigns; what was promised at launch cannot be changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The rules of a campaign are fixed at launch: donors gave under them.
PROMISE_KEPT = """
CREATE FUNCTION keep_campaign_promise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.launched_at IS NOT NULL AND (
    ROW(NEW.reference, NEW.organisation_id, NEW.target_yen, NEW.funding_model, NEW.starts_on,
        NEW.deadline_on, NEW.operating_share_percent, NEW.rules, NEW.fund_id, NEW.launched_at)
    IS DISTINCT FROM
    ROW(OLD.reference, OLD.organisation_id, OLD.target_yen, OLD.funding_model, OLD.starts_on,
        OLD.deadline_on, OLD.operating_share_percent, OLD.rules, OLD.fund_id, OLD.launched_at)
  ) THEN
    RAISE EXCEPTION 'campaign %: what was promised at launch cannot be changed', OLD.reference
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_campaign_promise BEFORE UPDATE ON campaigns
  FOR EACH ROW EXECUTE FUNCTION keep_campaign_promise();

CREATE FUNCTION keep_campaign_budget() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  line budget_lines := coalesce(NEW, OLD);
BEGIN
  IF EXISTS (SELECT FROM campaigns WHERE id = line.campaign_id AND launched_at IS NOT NULL) THEN
    RAISE EXCEPTION 'campaign %: its budget is fixed since launch', line.campaign_id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN line;
END $$;
CREATE TRIGGER keep_campaign_budget BEFORE INSERT OR UPDATE OR DELETE ON budget_lines
  FOR EACH ROW EXECUTE FUNCTION keep_campaign_budget();
"""


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("form_key", sa.String(64)),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_by_id", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("summary", sa.String(200), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("ward", sa.String(40)),
        sa.Column("theme", sa.String(40)),
        sa.Column("target_yen", sa.BigInteger()),
        sa.Column("funding_model", sa.String(40)),
        sa.Column("starts_on", sa.Date()),
        sa.Column("deadline_on", sa.Date()),
        sa.Column("image_id", sa.BigInteger()),
        sa.Column("image_alt", sa.String(200), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("submission_number", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("launched_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("operating_share_percent", sa.Integer()),
        sa.Column("rules", postgresql.JSONB()),
        sa.Column("fund_id", sa.BigInteger()),
        sa.Column("suspended_reason", sa.Text()),
        sa.Column("cancelled_reason", sa.Text()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.CheckConstraint("target_yen > 0", name=op.f("ck_campaigns_target_positive")),
        sa.CheckConstraint(
            "deadline_on >= starts_on", name=op.f("ck_campaigns_deadline_after_start")
        ),
        sa.CheckConstraint(
            "operating_share_percent BETWEEN 0 AND 100", name=op.f("ck_campaigns_share_is_percent")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'changes_requested', 'cancelled') OR (story <> '' AND summary <> '' AND ward IS NOT NULL AND theme IS NOT NULL AND target_yen IS NOT NULL AND funding_model IS NOT NULL AND starts_on IS NOT NULL AND deadline_on IS NOT NULL)",
            name=op.f("ck_campaigns_whole_once_submitted"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'changes_requested', 'rejected', 'cancelled') OR (fund_id IS NOT NULL AND approved_at IS NOT NULL)",
            name=op.f("ck_campaigns_fund_once_approved"),
        ),
        sa.CheckConstraint(
            "launched_at IS NULL OR (operating_share_percent IS NOT NULL AND rules IS NOT NULL)",
            name=op.f("ck_campaigns_rules_once_launched"),
        ),
        sa.CheckConstraint(
            "state <> 'suspended' OR suspended_reason <> ''",
            name=op.f("ck_campaigns_suspended_why"),
        ),
        sa.UniqueConstraint("reference", name="uq_campaigns_reference"),
        sa.UniqueConstraint("slug", name="uq_campaigns_slug"),
        sa.UniqueConstraint("form_key", name="uq_campaigns_form_key"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_campaigns_organisation_id"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name="fk_campaigns_created_by_id"),
        sa.ForeignKeyConstraint(["edited_by_id"], ["users.id"], name="fk_campaigns_edited_by_id"),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'changes_requested', 'approved', 'rejected', 'live', 'suspended', 'succeeded', 'failed', 'cancelled', 'awarded', 'completed')",
            name=op.f("ck_campaigns_campaignstate"),
        ),
        sa.CheckConstraint(
            "ward IN ('kawasaki', 'saiwai', 'nakahara', 'takatsu', 'miyamae', 'tama', 'asao', 'citywide')",
            name=op.f("ck_campaigns_ward"),
        ),
        sa.CheckConstraint(
            "theme IN ('children', 'welfare', 'environment', 'culture', 'community', 'disaster', 'sports', 'other')",
            name=op.f("ck_campaigns_theme"),
        ),
        sa.CheckConstraint(
            "funding_model IN ('all_or_nothing', 'keep_all')",
            name=op.f("ck_campaigns_fundingmodel"),
        ),
        sa.ForeignKeyConstraint(["image_id"], ["stored_files.id"], name="fk_campaigns_image_id"),
        sa.UniqueConstraint("fund_id", name="uq_campaigns_fund_id"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_campaigns_fund_id"),
    )
    op.create_table(
        "budget_lines",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_budget_lines"),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_budget_lines_amount_positive")),
        sa.UniqueConstraint("campaign_id", "position", name="uq_budget_lines_campaign_position"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_budget_lines_campaign_id"
        ),
    )
    op.create_table(
        "campaign_reviews",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("decision", sa.String(40), nullable=False),
        sa.Column("checklist", postgresql.JSONB(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_reviews"),
        sa.UniqueConstraint(
            "campaign_id", "submission_number", "kind", name="uq_campaign_reviews_part"
        ),
        sa.UniqueConstraint(
            "campaign_id", "submission_number", "reviewer_id", name="uq_campaign_reviews_person"
        ),
        sa.CheckConstraint(
            "decision = 'approved' OR notes <> ''",
            name=op.f("ck_campaign_reviews_notes_unless_approved"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_campaign_reviews_campaign_id"
        ),
        sa.CheckConstraint(
            "kind IN ('content', 'finances')", name=op.f("ck_campaign_reviews_reviewkind")
        ),
        sa.CheckConstraint(
            "decision IN ('approved', 'changes_requested', 'rejected')",
            name=op.f("ck_campaign_reviews_reviewdecision"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["users.id"], name="fk_campaign_reviews_reviewer_id"
        ),
    )
    op.create_table(
        "campaign_updates",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(64), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_updates"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_campaign_updates_campaign_id"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_campaign_updates_author_id"),
        sa.UniqueConstraint("form_key", name="uq_campaign_updates_form_key"),
    )
    op.create_table(
        "campaign_concerns",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by_id", sa.BigInteger()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_concerns"),
        sa.CheckConstraint(
            "state = 'open' OR (outcome <> '' AND settled_at IS NOT NULL)",
            name=op.f("ck_campaign_concerns_settled_how"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_campaign_concerns_campaign_id"
        ),
        sa.UniqueConstraint("form_key", name="uq_campaign_concerns_form_key"),
        sa.CheckConstraint(
            "state IN ('open', 'settled')", name=op.f("ck_campaign_concerns_concernstate")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["users.id"], name="fk_campaign_concerns_settled_by_id"
        ),
    )
    op.create_index("ix_campaigns_organisation_id", "campaigns", ["organisation_id"])
    op.create_index("ix_campaigns_state_deadline", "campaigns", ["state", "deadline_on", "id"])
    op.create_index("ix_campaign_reviews_reviewer_id", "campaign_reviews", ["reviewer_id"])
    op.create_index(
        "ix_campaign_updates_campaign",
        "campaign_updates",
        ["campaign_id", sa.text("posted_at DESC")],
    )
    op.create_index("ix_campaign_concerns_campaign_id", "campaign_concerns", ["campaign_id"])
    op.create_index(
        "ix_campaign_concerns_open",
        "campaign_concerns",
        ["raised_at"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.execute(PROMISE_KEPT)


def downgrade() -> None:
    for table in (
        "campaign_concerns",
        "campaign_updates",
        "campaign_reviews",
        "budget_lines",
        "campaigns",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION keep_campaign_budget(), keep_campaign_promise()")
