"""Rules about people, roles and organisations; what is refused leaves nothing behind."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db, transaction
from civicfund.core.errors import DomainError
from civicfund.identity import errors, queries, services
from civicfund.identity.models import OrganisationKind
from tests.factories.identity import PASSWORD, make_member, make_organisation, make_user


def deeds() -> list[str]:
    """What the audit log says, oldest first."""
    return [row.deed for row in db.session.query(AuditRecord).order_by(AuditRecord.id)]


def test_making_a_user(house: Flask) -> None:
    user = make_user(email="Taro@Green.Example", roles=("staff", "approver"), name=" Taro ")
    assert (user.email, user.name) == ("Taro@green.example", "Taro")
    assert queries.user_by_email("taro@GREEN.example") is user
    assert user.has_role("staff")
    assert user.has_second_factor
    assert user.password.startswith("$argon2")
    assert PASSWORD not in user.password
    assert deeds() == ["create_user"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"email": "HANAKO@green.example"}, errors.EmailTaken),
        ({"email": "no address"}, errors.NotAnEmail),
        ({"name": "  "}, errors.NameMissing),
        ({"password": "elevenchars"}, errors.PasswordTooWeak),
        ({"roles": ("emperor",)}, errors.UnknownRole),
        ({"totp_secret": "not base 32 !"}, errors.NotATotpSecret),
    ],
)
def test_users_that_are_refused(
    house: Flask, changes: dict[str, object], refusal: type[DomainError]
) -> None:
    make_user(email="hanako@green.example")
    wanted = {"email": "other@green.example", "name": "Hanako", "password": PASSWORD} | changes
    with pytest.raises(refusal), transaction():
        services.create_user(**wanted)
    assert db.session.scalar(text("SELECT count(*) FROM users")) == 1
    assert deeds() == ["create_user"]


def test_an_address_is_taken_by_the_first_of_two_at_once(house: Flask) -> None:
    make_user(email="hanako@green.example")
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(
            text(
                "INSERT INTO users (email, name, locale, active, is_demo, created_at,"
                " fs_uniquifier) VALUES"
                " ('HANAKO@green.example', 'x', 'ja', true, false, now(), 'x')"
            )
        )


def test_roles_are_given_and_taken_by_somebody_else_with_a_trace(house: Flask) -> None:
    admin, user = make_user(roles=("admin",)), make_user()
    with transaction():
        services.grant_role(user, "approver", by=admin)
        services.grant_role(user, "approver", by=admin)
    assert user.has_role("approver")
    with transaction():
        services.revoke_role(user, "approver", by=admin, reason="moved away")
    assert not user.has_role("approver")
    given, taken = db.session.query(AuditRecord).order_by(AuditRecord.id).all()[-2:]
    assert (given.deed, given.actor_id, given.after) == (
        "grant_role", admin.id, {"roles": ["approver"]},
    )  # fmt: skip
    assert (taken.deed, taken.reason, taken.after) == ("revoke_role", "moved away", {"roles": []})


def test_nobody_changes_their_own_rights(house: Flask) -> None:
    admin = make_user(roles=("admin",))
    organisation = make_organisation()
    for deed in (
        lambda: services.grant_role(admin, "approver", by=admin),
        lambda: services.revoke_role(admin, "admin", by=admin, reason="x"),
        lambda: services.deactivate_user(admin, by=admin, reason="x"),
        lambda: services.reset_second_factor(admin, by=admin, reason="x"),
        lambda: services.add_member(user=admin, organisation=organisation, by=admin),
    ):
        with pytest.raises(errors.NotForOneself):
            deed()
    assert [role.name for role in admin.roles] == ["admin"]
    assert admin.active


def test_one_administrator_stays(house: Flask) -> None:
    first, second = make_user(roles=("admin",)), make_user(roles=("admin",))
    with transaction():
        services.deactivate_user(second, by=first, reason="left")
    for deed in (services.revoke_role, services.deactivate_user):
        more = {"role": "admin"} if deed is services.revoke_role else {}
        with pytest.raises(errors.LastAdministrator):
            deed(first, **more, by=None, reason="x")
    with transaction():
        services.activate_user(second, by=first)
        services.revoke_role(first, "admin", by=second, reason="x")
    assert not first.has_role("admin")


def test_a_reset_takes_every_second_factor_and_every_session(house: Flask) -> None:
    admin, user = make_user(roles=("admin",)), make_user(roles=("staff",))
    before = user.fs_uniquifier
    user.mf_recovery_codes = ["1", "2"]
    with transaction():
        services.reset_second_factor(user, by=admin, reason="lost the telephone")
    assert user.must_set_up_second_factor
    assert not user.mf_recovery_codes
    assert user.fs_uniquifier != before


def test_organisations_and_their_members(house: Flask) -> None:
    office = make_user(roles=("staff",))
    organisation = make_organisation(corporate_number="５ 8356 7825-6246")
    assert organisation.slug == "green-association"
    assert organisation.corporate_number == "5835678256246"
    assert make_organisation().slug == "green-association-2"
    assert make_organisation(name_en="").slug == "npo"
    member = make_member(organisation)
    assert member.organisation_ids == {organisation.id}
    assert queries.organisations_of(member) == [organisation]
    with transaction():
        services.verify_organisation(organisation, by=office)
    assert organisation.verified_by_id == office.id
    with pytest.raises(errors.AlreadyVerified):
        services.verify_organisation(organisation, by=office)
    with pytest.raises(errors.AlreadyMember):
        services.add_member(user=member, organisation=organisation, by=office)
    with transaction():
        services.remove_member(user=member, organisation=organisation, by=office, reason="left")
    assert member.organisation_ids == frozenset()
    with pytest.raises(errors.NotAMember):
        services.remove_member(user=member, organisation=organisation, by=office, reason="x")


def test_members_do_not_check_their_own_organisation(house: Flask) -> None:
    organisation = make_organisation()
    insider = make_member(organisation, roles=("staff",))
    with pytest.raises(errors.NotForOneself):
        services.verify_organisation(organisation, by=insider)
    assert not organisation.is_verified


def test_a_changed_name_must_be_checked_again(house: Flask) -> None:
    office = make_user(roles=("staff",))
    organisation = make_organisation(verified_by=office)
    with transaction():
        services.edit_organisation(
            organisation, by=office, name_ja=organisation.name_ja, description_ja="緑を育てる"
        )
    assert organisation.is_verified
    with transaction():
        services.edit_organisation(organisation, by=office, name_ja="別の会")
    assert not organisation.is_verified
    assert deeds()[-2:] == ["edit_organisation", "edit_organisation"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name_ja": " "}, errors.NameMissing),
        ({"corporate_number": "5835678256247"}, errors.NotACorporateNumber),
        ({"corporate_number": "12345"}, errors.NotACorporateNumber),
        ({"corporate_number": "5835678256246"}, errors.CorporateNumberTaken),
        ({"slug": "Green Hills"}, errors.NotASlug),
        ({"slug": "green-association"}, errors.SlugTaken),
        ({"contact_email": "nobody"}, errors.NotAnEmail),
        ({"website": "javascript://x%0aalert(1)"}, errors.NotAWebsite),
    ],
)
def test_organisations_that_are_refused(
    house: Flask, changes: dict[str, str], refusal: type[DomainError]
) -> None:
    make_organisation(corporate_number="5835678256246")
    with pytest.raises(refusal), transaction():
        services.create_organisation(
            kind=OrganisationKind.NPO, **({"name_ja": "新しい会"} | changes)
        )
    assert db.session.scalar(text("SELECT count(*) FROM organisations")) == 1


def test_demo_people_are_told_apart(house: Flask) -> None:
    demo, _real = make_user(is_demo=True), make_user()
    assert queries.demo_people() == [demo]
    with transaction():
        services.deactivate_user(demo, by=None, reason="over")
    assert queries.demo_people() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_records SET deed = 'nothing'",
        "DELETE FROM audit_records",
        "TRUNCATE audit_records",
        "DELETE FROM users",
        "DELETE FROM organisations",
        "INSERT INTO roles (name) VALUES ('emperor')",
    ],
)
def test_the_database_keeps_what_happened(house: Flask, statement: str) -> None:
    make_user()
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(statement))
    assert deeds() == ["create_user"]
