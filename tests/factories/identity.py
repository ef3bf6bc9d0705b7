"""People and organisations for tests, through the services; signing in without forms."""

import time
from itertools import count
from typing import Any

from flask.testing import FlaskClient

from civicfund.core.db import transaction
from civicfund.identity import queries, services
from civicfund.identity.models import Organisation, OrganisationKind, User

PASSWORD = "correct horse battery"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

_number = count(1)


def make_user(
    *,
    roles: tuple[str, ...] = (),
    organisation: Organisation | None = None,
    email: str | None = None,
    name: str = "Yamada Hanako",
    second_factor: bool = True,
    **more: Any,
) -> User:
    """A confirmed person with PASSWORD and, unless told otherwise, TOTP_SECRET set up."""
    with transaction():
        user = services.create_user(
            email=email or f"person{next(_number)}@people.example",
            name=name,
            password=more.pop("password", PASSWORD),
            roles=roles,
            totp_secret=TOTP_SECRET if second_factor else None,
            **more,
        )
        if organisation is not None:
            services.add_member(user=user, organisation=organisation)
    return user


def make_organisation(
    *,
    kind: OrganisationKind = OrganisationKind.NPO,
    name_ja: str = "みどりの会",
    name_en: str = "Green Association",
    verified_by: User | None = None,
    **more: Any,
) -> Organisation:
    """An organisation; checked when `verified_by` is given."""
    with transaction():
        made = services.create_organisation(kind=kind, name_ja=name_ja, name_en=name_en, **more)
        if verified_by is not None:
            services.verify_organisation(made, by=verified_by)
    return made


def make_member(organisation: Organisation | None = None, **more: Any) -> User:
    """Somebody who acts for an NPO (a new one, unless given)."""
    return make_user(organisation=organisation or make_organisation(), **more)


def sign_in(client: FlaskClient, user: User, *, minutes_ago: float = 0) -> None:
    """Let `client` be `user` from now on, both factors given `minutes_ago`."""
    person = queries.user_by_id(user.id)
    assert person is not None
    with client.session_transaction() as session:
        session.clear()
        session["_user_id"] = person.fs_uniquifier
        session["_fresh"] = True
        session["fs_cc"] = "set"
        session["fs_paa"] = time.time() - minutes_ago * 60


def sign_out(client: FlaskClient) -> None:
    """Let `client` be nobody again."""
    with client.session_transaction() as session:
        session.clear()
