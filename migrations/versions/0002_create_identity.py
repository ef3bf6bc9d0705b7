"""Create users, roles, passkeys, organisations, memberships and the audit log."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = ("staff", "approver", "reviewer", "officer", "partner", "auditor", "admin")


def app_role() -> str:
    name = context.get_context().opts["app_role"]
    return '"' + name.replace('"', '""') + '"' if name else "CURRENT_USER"


def upgrade() -> None:
    op.create_table(
        "roles",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
        sa.UniqueConstraint("name", name="uq_roles_name"),
    )
    roles = sa.table("roles", sa.column("name", sa.String))
    op.bulk_insert(roles, [{"name": name} for name in ROLES])
    op.create_table(
        "users",
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password", sa.String(255)),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("fs_webauthn_user_handle", sa.String(64)),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("last_login_at", sa.DateTime(timezone=True)),
        sa.Column("current_login_at", sa.DateTime(timezone=True)),
        sa.Column("last_login_ip", sa.String(64)),
        sa.Column("current_login_ip", sa.String(64)),
        sa.Column("login_count", sa.BigInteger()),
        sa.Column("tf_primary_method", sa.String(64)),
        sa.Column("tf_totp_secret", sa.Text()),
        sa.Column("tf_last_counter", sa.BigInteger()),
        sa.Column("us_totp_secrets", sa.Text()),
        sa.Column("mf_recovery_codes", sa.ARRAY(sa.Text())),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_users_fs_uniquifier"),
        sa.UniqueConstraint("fs_webauthn_user_handle", name="uq_users_fs_webauthn_user_handle"),
        sa.CheckConstraint("locale IN ('ja', 'en')", name=op.f("ck_users_locale")),
    )
    op.create_index("uq_users_email", "users", [sa.text("lower(email)")], unique=True)
    op.create_table(
        "roles_users",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "role_id", name="pk_roles_users"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_roles_users_user_id"),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name="fk_roles_users_role_id"),
    )
    op.create_index("ix_roles_users_role_id", "roles_users", ["role_id"])
    op.create_table(
        "passkeys",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("usage", sa.String(64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.ARRAY(sa.Text())),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(64), nullable=False),
        sa.Column("extensions", sa.String(255)),
        sa.Column(
            "create_datetime", sa.DateTime(timezone=True), server_default=sa.func.now(),
            nullable=False,
        ),
        sa.Column("lastuse_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
        sa.UniqueConstraint("user_id", "name", name="uq_passkeys_user_id_name"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_passkeys_user_id"),
    )  # fmt: skip
    op.create_table(
        "organisations",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name_ja", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("corporate_number", sa.String(13)),
        sa.Column("description_ja", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=False),
        sa.Column("website", sa.String(300), nullable=False),
        sa.Column("contact_email", sa.String(320), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        sa.Column("verified_by_id", sa.BigInteger()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("slug", name="uq_organisations_slug"),
        sa.UniqueConstraint("corporate_number", name="uq_organisations_corporate_number"),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["users.id"], name="fk_organisations_verified_by_id"
        ),
        sa.CheckConstraint(
            "kind IN ('npo', 'city', 'company', 'fund')",
            name=op.f("ck_organisations_organisationkind"),
        ),
        sa.CheckConstraint(
            "corporate_number ~ '^[1-9][0-9]{12}$'", name=op.f("ck_organisations_corporate_number")
        ),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_organisations_slug")),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by_id IS NULL)",
            name=op.f("ck_organisations_verified"),
        ),
    )
    op.create_index("ix_organisations_kind_id", "organisations", ["kind", "id"])
    op.create_table(
        "memberships",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.String(120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
        sa.UniqueConstraint(
            "user_id", "organisation_id", name="uq_memberships_user_id_organisation_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_memberships_user_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_memberships_organisation_id"
        ),
    )
    op.create_index("ix_memberships_organisation_id", "memberships", ["organisation_id"])
    _audit_log()
    role = app_role()
    # The roles are part of the house, people are part of its history.
    op.execute(f"REVOKE INSERT, DELETE ON roles FROM {role}")
    op.execute(f"REVOKE DELETE ON users, organisations FROM {role}")


def _audit_log() -> None:
    op.create_table(
        "audit_records",
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger()),
        sa.Column("deed", sa.String(60), nullable=False),
        sa.Column("subject_kind", sa.String(60), nullable=False),
        sa.Column("subject_id", sa.String(60), nullable=False),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        sa.Column("reason", sa.Text()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_records"),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_audit_records_actor_id"),
    )
    op.create_index("ix_audit_records_actor_id", "audit_records", ["actor_id"])
    op.create_index("ix_audit_records_subject", "audit_records", ["subject_kind", "subject_id"])
    op.execute(
        """
        CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER audit_records_are_for_ever BEFORE UPDATE OR DELETE ON audit_records "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
    )
    op.execute(
        "CREATE TRIGGER audit_records_stay BEFORE TRUNCATE ON audit_records "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_records FROM {app_role()}")


def downgrade() -> None:
    op.drop_table("audit_records")
    op.execute("DROP FUNCTION refuse_audit_change()")
    for table in ("memberships", "organisations", "passkeys", "roles_users", "users", "roles"):
        op.drop_table(table)
