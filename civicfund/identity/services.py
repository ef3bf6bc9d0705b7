"""Letting people and organisations in, and deciding what they may do; each deed is on record."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from email_validator import EmailNotValidError, validate_email
from flask_security import hash_password
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy.exc import IntegrityError
from stdnum.exceptions import ValidationError as NotANumber
from stdnum.jp import cn

from civicfund.core import audit_log, clock
from civicfund.core.db import advisory_lock, db
from civicfund.identity import codes, emails, queries
from civicfund.identity.errors import (
    AlreadyMember,
    AlreadyVerified,
    CorporateNumberTaken,
    EmailTaken,
    LastAdministrator,
    NameMissing,
    NotACorporateNumber,
    NotAMember,
    NotAnEmail,
    NotASlug,
    NotAWebsite,
    NotForOneself,
    PasswordTooWeak,
    SlugTaken,
    UnknownRole,
)
from civicfund.identity.models import Membership, Organisation, OrganisationKind, RoleName, User

SHORTEST_PASSWORD = 12

# -- people -------------------------------------------------------------------------------------


def create_user(  # noqa: PLR0913  # each is a column, all are named
    *,
    email: str,
    name: str,
    password: str | None,
    roles: Iterable[str] = (),
    locale: str = "ja",
    confirmed: bool = True,
    totp_secret: str | None = None,
    is_demo: bool = False,
    by: Any = None,
) -> User:
    """Make an account. `totp_secret` (base 32) sets up the second factor at once.

    Raises `NotAnEmail`, `EmailTaken`, `NameMissing`, `PasswordTooWeak`, `UnknownRole` or
    `NotATotpSecret`.
    """
    user = User(
        email=_address(email),
        name=_name(name),
        password=_hashed(password) if password is not None else None,
        locale=locale,
        active=True,
        is_demo=is_demo,
        created_at=clock.now(),
        confirmed_at=clock.now() if confirmed else None,
        fs_uniquifier=uuid4().hex,
        fs_webauthn_user_handle=uuid4().hex,
        us_totp_secrets=codes.new_link_secrets(),
    )
    if queries.user_by_email(user.email) is not None:
        raise EmailTaken
    if totp_secret is not None:
        user.tf_totp_secret = codes.sealed_secret(totp_secret)
        user.tf_primary_method = "authenticator"
    for role in roles:
        user.roles.append(_role(role))
    _add_or(EmailTaken, user)
    audit_log.record(by, "create_user", user, after={"name": user.name, "roles": _names_of(user)})
    return user


def invite_user(*, email: str, name: str, roles: Iterable[str], locale: str, by: User) -> User:
    """Make an account for somebody else, who chooses the password through the link in a mail."""
    user = create_user(email=email, name=name, password=None, roles=roles, locale=locale, by=by)
    token = str(generate_reset_password_token(user))  # type: ignore[no-untyped-call]
    emails.invite(user, token=token)
    return user


def edit_own_details(user: User, *, name: str, locale: str) -> None:
    """What people may change about themselves without asking."""
    user.name = _name(name)
    user.locale = locale


def grant_role(user: User, role: str, *, by: User | None) -> None:
    """Trust somebody with a role; from the next page on, their second factor is asked for.

    Raises `NotForOneself` or `UnknownRole`.
    """
    _not_oneself(user, by)
    granted = _role(role)
    if granted in user.roles:
        return
    before = _names_of(user)
    user.roles.append(granted)
    _note_roles(user, "grant_role", before=before, by=by, reason=None)


def revoke_role(user: User, role: str, *, by: User | None, reason: str) -> None:
    """Take a role back. Raises `NotForOneself`, `UnknownRole` or `LastAdministrator`."""
    _not_oneself(user, by)
    revoked = _role(role)
    if revoked not in user.roles:
        return
    if revoked.name == RoleName.ADMIN:
        _not_the_last_administrator(user)
    before = _names_of(user)
    user.roles.remove(revoked)
    _note_roles(user, "revoke_role", before=before, by=by, reason=reason)


def deactivate_user(user: User, *, by: User | None, reason: str) -> None:
    """Let somebody in no more, from this moment. Raises `NotForOneself`, `LastAdministrator`."""
    _not_oneself(user, by)
    if not user.active:
        return
    if user.has_role(RoleName.ADMIN):
        _not_the_last_administrator(user)
    user.active = False
    user.fs_uniquifier = uuid4().hex
    audit_log.record(by, "deactivate_user", user, reason=reason)


def activate_user(user: User, *, by: User | None) -> None:
    """Let somebody in again. Raises `NotForOneself`."""
    _not_oneself(user, by)
    if user.active:
        return
    user.active = True
    audit_log.record(by, "activate_user", user)


def reset_second_factor(user: User, *, by: User, reason: str) -> None:
    """For somebody who lost telephone, passkey and recovery codes: all of it is set up anew.

    Raises `NotForOneself`: people reset their own on their account page.
    """
    _not_oneself(user, by)
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = None
    user.mf_recovery_codes = None
    user.webauthn.clear()
    user.fs_uniquifier = uuid4().hex
    emails.tell_of_second_factor(user, what="reset")
    audit_log.record(by, "reset_second_factor", user, reason=reason)


def end_sessions(user: User) -> None:
    """Sign somebody out everywhere: what was signed in before is nobody now."""
    user.fs_uniquifier = uuid4().hex


# -- organisations ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What an organisation says about itself."""

    name_ja: str
    name_en: str = ""
    corporate_number: str | None = None
    description_ja: str = ""
    description_en: str = ""
    website: str = ""
    contact_email: str = ""


def create_organisation(
    *, kind: OrganisationKind, slug: str | None = None, by: Any = None, **profile: Any
) -> Organisation:
    """Enter an organisation (see `Profile` for its fields); it counts as unchecked.

    Raises `NameMissing`, `NotACorporateNumber`, `CorporateNumberTaken`, `NotASlug`, `SlugTaken`
    or `NotAnEmail`.
    """
    said = Profile(**profile)
    organisation = Organisation(kind=kind, created_at=clock.now(), slug="")
    organisation.slug = _slug(slug) if slug else _free_slug(said.name_en, kind)
    _take_profile(organisation, said)
    _add_or(SlugTaken, organisation)
    audit_log.record(by, "create_organisation", organisation, after=_state_of(organisation))
    return organisation


def edit_organisation(organisation: Organisation, *, by: Any, **profile: Any) -> None:
    """Correct what is known of an organisation; a changed name or number must be checked again."""
    before = _state_of(organisation)
    _take_profile(organisation, Profile(**profile))
    after = _state_of(organisation)
    if before == after:
        return
    if any(before[key] != after[key] for key in ("name_ja", "corporate_number")):
        organisation.verified_at = organisation.verified_by_id = None
    audit_log.record(by, "edit_organisation", organisation, before=before, after=after)


def verify_organisation(organisation: Organisation, *, by: User) -> None:
    """Note that the office compared the papers with the register.

    Raises `AlreadyVerified`, or `NotForOneself` for its own members.
    """
    if organisation.is_verified:
        raise AlreadyVerified
    if organisation.id in by.organisation_ids:
        raise NotForOneself
    organisation.verified_at = clock.now()
    organisation.verified_by_id = by.id
    audit_log.record(by, "verify_organisation", organisation, after=_state_of(organisation))


def add_member(
    *, user: User, organisation: Organisation, position: str = "", by: Any = None
) -> Membership:
    """Let somebody act for an organisation. Raises `AlreadyMember` or `NotForOneself`."""
    _not_oneself(user, by)
    if queries.membership_of(user, organisation) is not None:
        raise AlreadyMember
    membership = Membership(
        user_id=user.id,
        organisation_id=organisation.id,
        position=position.strip(),
        created_at=clock.now(),
    )
    _add_or(AlreadyMember, membership)
    db.session.expire(user, ["memberships"])
    db.session.expire(organisation, ["memberships"])
    audit_log.record(by, "add_member", organisation, after={"user_id": user.id})
    return membership


def remove_member(*, user: User, organisation: Organisation, by: Any, reason: str) -> None:
    """Let somebody act for an organisation no more. Raises `NotAMember` or `NotForOneself`."""
    _not_oneself(user, by)
    membership = queries.membership_of(user, organisation)
    if membership is None:
        raise NotAMember
    user.memberships.remove(membership)
    audit_log.record(by, "remove_member", organisation, before={"user_id": user.id}, reason=reason)


# -- rules --------------------------------------------------------------------------------------


def _not_oneself(user: User, by: Any) -> None:
    if by is not None and by.id == user.id:
        raise NotForOneself


def _not_the_last_administrator(user: User) -> None:
    # Two administrators who dismiss each other at the same moment queue up here.
    advisory_lock("administrators")
    if all(other.id == user.id for other in queries.users_with_role(RoleName.ADMIN)):
        raise LastAdministrator


def _note_roles(
    user: User, deed: str, *, before: list[str], by: User | None, reason: str | None
) -> None:
    audit_log.record(
        by, deed, user, before={"roles": before}, after={"roles": _names_of(user)}, reason=reason
    )


def _names_of(user: User) -> list[str]:
    return sorted(role.name for role in user.roles)


def _role(name: str) -> Any:
    role = queries.role_by_name(str(name))
    if role is None:
        raise UnknownRole(role=name)
    return role


def _address(email: str) -> str:
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError as wrong:
        raise NotAnEmail from wrong


def _name(name: str) -> str:
    if not name.strip():
        raise NameMissing
    return name.strip()


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooWeak(length=SHORTEST_PASSWORD)
    # Flask-Security normalises what is typed at sign-in in the same way.
    return str(hash_password(unicodedata.normalize("NFKD", password)))


def _take_profile(organisation: Organisation, said: Profile) -> None:
    organisation.name_ja = _name(said.name_ja)
    organisation.name_en = said.name_en.strip()
    organisation.corporate_number = _corporate_number(organisation, said.corporate_number)
    organisation.description_ja = said.description_ja.strip()
    organisation.description_en = said.description_en.strip()
    organisation.website = _website(said.website)
    organisation.contact_email = _address(said.contact_email) if said.contact_email else ""


def _corporate_number(organisation: Organisation, typed: str | None) -> str | None:
    if not typed or not typed.strip():
        return None
    try:
        number = str(cn.validate(unicodedata.normalize("NFKC", typed)))
    except NotANumber as wrong:
        raise NotACorporateNumber from wrong
    with db.session.no_autoflush:
        known = queries.organisation_by_corporate_number(number)
    if known is not None and known is not organisation:
        raise CorporateNumberTaken
    return number


def _website(typed: str) -> str:
    address = typed.strip()
    if address and not address.startswith(("https://", "http://")):
        raise NotAWebsite
    return address


def _slug(typed: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", typed) or len(typed) > 80:
        raise NotASlug
    if queries.organisation_by_slug(typed) is not None:
        raise SlugTaken
    return typed


def _free_slug(name: str, kind: OrganisationKind) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or str(kind)
    slug, number = stem, 1
    while queries.organisation_by_slug(slug) is not None:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _state_of(organisation: Organisation) -> dict[str, Any]:
    kept = (
        "slug", "name_ja", "name_en", "corporate_number", "description_ja", "description_en",
        "website", "contact_email",
    )  # fmt: skip
    return {"kind": str(organisation.kind)} | {key: getattr(organisation, key) for key in kept}


def _add_or(refusal: type[Exception], row: Any) -> None:
    """Write now; what somebody else wrote a moment earlier is a refusal, not a failure."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as taken:
        raise refusal from taken
