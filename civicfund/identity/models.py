"""Users with their roles, passkeys and second factors; organisations and who belongs to them."""

# Flask-Security types what may be empty as if it never were; so do its own models.
# mypy: disable-error-code="assignment"

from datetime import datetime

from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Model, Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_


class RoleName(Labelled):
    """What a person may be trusted with; the migration inserts one row for each."""

    STAFF = "staff", N_("Fund staff")
    APPROVER = "approver", N_("Approver")
    REVIEWER = "reviewer", N_("Board reviewer")
    OFFICER = "officer", N_("City officer")
    PARTNER = "partner", N_("Partner")
    AUDITOR = "auditor", N_("Auditor")
    ADMIN = "admin", N_("Administrator")


class OrganisationKind(Labelled):
    """What an organisation is to this house."""

    NPO = "npo", N_("Citizens' group")
    CITY = "city", N_("City office")
    COMPANY = "company", N_("Company")
    FUND = "fund", N_("This fund")


roles_users = Table(
    "roles_users",
    Model.metadata,
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True),
    Column("role_id", BigInteger, ForeignKey("roles.id"), primary_key=True, index=True),
)


class Role(Numbered, RoleMixin):
    """One of the seven roles; the rows never change."""

    __tablename__ = "roles"

    name: Mapped[str] = mapped_column(String(40), unique=True)


class User(Numbered, UserMixin):
    """A person with an account. Never deleted: deeds in the audit log point here.

    The columns without a word of ours are Flask-Security's, by the names it asks for.
    """

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email", func.lower(text("email")), unique=True),
        CheckConstraint("locale IN ('ja', 'en')", name="locale"),
    )

    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(120))
    locale: Mapped[str] = mapped_column(String(5), default="ja")
    active: Mapped[bool] = mapped_column(default=True)
    # Invented people with printed passwords; production refuses to start while one is active.
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    current_login_at: Mapped[datetime | None]
    last_login_ip: Mapped[str | None] = mapped_column(String(64))
    current_login_ip: Mapped[str | None] = mapped_column(String(64))
    login_count: Mapped[int | None] = mapped_column(BigInteger)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    # The time step of the last code that was used: a code works once.
    tf_last_counter: Mapped[int | None] = mapped_column(BigInteger)
    us_totp_secrets: Mapped[str | None] = mapped_column(Text)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(ARRAY(Text)))

    roles: Mapped[list[Role]] = relationship(secondary=roles_users, order_by="Role.id")
    webauthn: Mapped[list["Passkey"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="Passkey.id"
    )
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="Membership.id"
    )

    @property
    def display_name(self) -> str:
        """How this person is called on a page."""
        return self.name or self.email

    @property
    def organisation_ids(self) -> frozenset[int]:
        """The organisations that this person acts for."""
        return frozenset(membership.organisation_id for membership in self.memberships)

    @property
    def has_second_factor(self) -> bool:
        """Will signing in ask for more than a password or a link?"""
        return bool(self.tf_primary_method) or any(
            key.usage == "secondary" for key in self.webauthn
        )

    @property
    def must_have_second_factor(self) -> bool:
        """Everyone with a role and everyone who acts for an organisation."""
        return bool(self.roles) or bool(self.memberships)

    def check_tf_required_setup(self) -> bool:
        """Flask-Security asks whether the second factor may be turned off again."""
        return self.must_have_second_factor

    @property
    def must_set_up_second_factor(self) -> bool:
        """No page but the set-up opens until it is done."""
        return self.must_have_second_factor and not self.has_second_factor


class Passkey(Numbered, WebAuthnMixin):
    """A WebAuthn credential: `usage` is "first" (instead of a password) or "secondary"."""

    __tablename__ = "passkeys"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(ARRAY(Text)))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime] = mapped_column(server_default=func.now())
    lastuse_datetime: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="webauthn")


class Organisation(Numbered):
    """A citizens' group, a city office, a company, or the fund itself."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint("corporate_number ~ '^[1-9][0-9]{12}$'", name="corporate_number"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug"),
        CheckConstraint("(verified_at IS NULL) = (verified_by_id IS NULL)", name="verified"),
        Index("ix_organisations_kind_id", "kind", "id"),
    )

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_type(OrganisationKind))
    name_ja: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    # 法人番号, 13 digits; a group without legal personality has none.
    corporate_number: Mapped[str | None] = mapped_column(String(13), unique=True)
    description_ja: Mapped[str] = mapped_column(Text, default="")
    description_en: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    contact_email: Mapped[str] = mapped_column(String(320), default="")
    created_at: Mapped[datetime]
    # When the office compared the papers with the register, and who did.
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="organisation", order_by="Membership.id"
    )

    @property
    def is_verified(self) -> bool:
        """Has the office checked that it is who it says?"""
        return self.verified_at is not None


class Membership(Numbered):
    """A person who acts for an organisation."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)

    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("organisations.id"), index=True
    )
    position: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship(back_populates="memberships")
