"""Finding people and organisations."""

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db
from civicfund.identity.models import Membership, Organisation, OrganisationKind, Role, User


def user_by_id(user_id: int) -> User | None:
    """One person."""
    return db.session.get(User, user_id)


def user_by_email(email: str) -> User | None:
    """The person with this address, however it is capitalised."""
    return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def users(*, search: str = "", role: str = "") -> Select[Any]:
    """People by name, with roles and organisations; `search` looks into name and address."""
    statement = (
        select(User)
        .options(
            selectinload(User.roles),
            selectinload(User.webauthn),
            selectinload(User.memberships).joinedload(Membership.organisation),
        )
        .order_by(User.name, User.id)
    )
    if search:
        statement = statement.where(
            or_(
                User.name.icontains(search, autoescape=True),
                User.email.icontains(search, autoescape=True),
            )
        )
    if role:
        statement = statement.where(User.roles.any(Role.name == role))
    return statement


def users_with_role(name: str) -> list[User]:
    """Active people with a role, oldest account first."""
    return list(
        db.session.scalars(
            select(User).where(User.active, User.roles.any(Role.name == name)).order_by(User.id)
        )
    )


def demo_people() -> list[User]:
    """Invented people whose passwords were printed, and who could still sign in."""
    return list(db.session.scalars(select(User).where(User.is_demo, User.active).order_by(User.id)))


def role_by_name(name: str) -> Role | None:
    """One of the seven roles."""
    return db.session.scalar(select(Role).where(Role.name == name))


def organisation_by_id(organisation_id: int) -> Organisation | None:
    """One organisation."""
    return db.session.get(Organisation, organisation_id)


def organisation_by_slug(slug: str) -> Organisation | None:
    """The organisation whose page has this address."""
    return db.session.scalar(select(Organisation).where(Organisation.slug == slug))


def organisation_by_corporate_number(number: str) -> Organisation | None:
    """The organisation with this 法人番号."""
    return db.session.scalar(select(Organisation).where(Organisation.corporate_number == number))


def organisations(*, search: str = "", kind: OrganisationKind | None = None) -> Select[Any]:
    """Organisations by name, those that nobody has checked first."""
    unchecked_first = Organisation.verified_at.is_not(None)
    statement = select(Organisation).order_by(
        unchecked_first, Organisation.name_ja, Organisation.id
    )
    if kind is not None:
        statement = statement.where(Organisation.kind == kind)
    if search:
        statement = statement.where(
            or_(
                Organisation.name_ja.icontains(search, autoescape=True),
                Organisation.name_en.icontains(search, autoescape=True),
                Organisation.corporate_number.icontains(search, autoescape=True),
            )
        )
    return statement


def organisations_of(user: Any) -> list[Organisation]:
    """The organisations that a person acts for, by name."""
    return list(
        db.session.scalars(
            select(Organisation)
            .where(Organisation.id.in_(user.organisation_ids))
            .order_by(Organisation.name_ja, Organisation.id)
        )
    )


def organisations_by_ids(ids: Any) -> dict[int, Organisation]:
    """Several organisations at once, by id, for lists of what belongs to them."""
    rows = db.session.scalars(select(Organisation).where(Organisation.id.in_(set(ids))))
    return {row.id: row for row in rows}


def membership_of(user: User, organisation: Organisation) -> Membership | None:
    """How the person belongs to the organisation, if so."""
    return db.session.scalar(
        select(Membership).where(
            Membership.user_id == user.id, Membership.organisation_id == organisation.id
        )
    )


def memberships_in(organisation: Organisation) -> list[Membership]:
    """Who acts for it, longest first, with what their pages show."""
    return list(
        db.session.scalars(
            select(Membership)
            .where(Membership.organisation_id == organisation.id)
            .options(joinedload(Membership.user).selectinload(User.webauthn))
            .order_by(Membership.id)
        )
    )


def deeds_about(kind: str, subject_id: int, *, at_most: int = 50) -> list[AuditRecord]:
    """What was done to one row, newest first."""
    return list(
        db.session.scalars(
            select(AuditRecord)
            .where(AuditRecord.subject_kind == kind, AuditRecord.subject_id == str(subject_id))
            .order_by(AuditRecord.id.desc())
            .limit(at_most)
        )
    )


def names_of_users(ids: Any) -> dict[int, str]:
    """What people are called, by id."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(set(ids))))
    return {row.id: row.name for row in rows}
