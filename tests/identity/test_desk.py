"""The desks of people and organisations, over HTTP; every refusal is a page and changes nothing."""

import pytest
from flask.testing import FlaskClient

from civicfund.identity import queries
from civicfund.identity.models import User
from tests.browsing import send, words
from tests.factories.identity import (
    PASSWORD,
    make_member,
    make_organisation,
    make_user,
    sign_in,
)
from tests.identity.mailbox import last_mail, link_in
from tests.statements import counted

DESKS = [
    "/desk/people",
    "/desk/people/new",
    "/desk/people/{user}",
    "/desk/people/{user}/roles",
    "/desk/people/{user}/roles/revoke?role=staff",
    "/desk/people/{user}/deactivate",
    "/desk/people/{user}/second-factor/reset",
    "/desk/organisations",
    "/desk/organisations/new",
    "/desk/organisations/{organisation}",
    "/desk/organisations/{organisation}/edit",
    "/desk/organisations/{organisation}/members/remove?user={user}",
]


@pytest.fixture
def admin(client: FlaskClient) -> User:
    """An administrator who is signed in."""
    user = make_user(roles=("admin",), name="Suzuki", locale="en")
    sign_in(client, user)
    client.get("/desk/people?lang=en")
    return user


def again(user: User) -> User:
    """The person as the database has them now."""
    found = queries.user_by_email(user.email)
    assert found is not None
    return found


@pytest.mark.parametrize("role", ["staff", "approver", "officer", "auditor", None])
def test_who_may_open_a_desk(client: FlaskClient, role: str | None) -> None:
    user = make_user(roles=(role,)) if role else make_member()
    places = {"user": user.id, "organisation": make_organisation().id}
    visitor = client.application.test_client()
    sign_in(client, user)
    for desk in DESKS:
        path = desk.format(**places)
        assert visitor.get(path).location.startswith("/login?next="), path
        allowed = role == "staff" and "organisations" in desk
        assert client.get(path).status_code == (200 if allowed else 403), path


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_stands_in_both_languages(
    client: FlaskClient, admin: User, language: str
) -> None:
    organisation = make_organisation(verified_by=admin)
    places = {
        "user": make_member(organisation, roles=("staff",)).id,
        "organisation": organisation.id,
    }
    for desk in DESKS:
        path = desk.format(**places)
        answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in answer.text


def test_inviting_somebody(client: FlaskClient, admin: User) -> None:
    page = client.get("/desk/people/new")
    refused = send(client, page, to="/new", name="", email="x", roles=["staff"])
    assert refused.status_code == 422
    answer = send(
        client, page, to="/new", name="Sato", email="sato@city.example", roles=["officer"],
        locale="en",
    )  # fmt: skip
    user = queries.user_by_email("sato@city.example")
    assert answer.location == f"/desk/people/{user.id}"
    assert [role.name for role in user.roles] == ["officer"]
    answer = send(client, page, to="/new", name="Sato", email="SATO@city.example")
    assert answer.status_code == 422
    assert "There is already an account" in words(answer)

    mail = last_mail("sato@city.example")
    assert "Your account at" in mail.subject
    newcomer = client.application.test_client()
    assert (
        send(newcomer, link_in(mail), password=PASSWORD, password_confirm=PASSWORD).location
        == "/login"
    )
    answer = send(newcomer, "/login", to="/login", email="sato@city.example", password=PASSWORD)
    assert answer.location == "/desk"
    assert newcomer.get("/desk").location == "/tf-setup"


def test_giving_and_taking_a_role(client: FlaskClient, admin: User) -> None:
    user = make_user(name="Tanaka")
    page = f"/desk/people/{user.id}/roles"
    assert send(client, page, to="/roles", role="emperor").status_code == 422
    answer = send(client, page, to="/roles", role="auditor")
    assert answer.location == f"/desk/people/{user.id}"
    assert again(user).has_role("auditor")
    assert "Role given: Auditor" in words(client.get(answer.location))
    page += "/revoke?role=auditor"
    refused = send(client, page, to="/revoke")
    assert refused.status_code == 422
    assert "Write the reason" in words(refused)
    assert again(user).has_role("auditor")
    send(client, page, to="/revoke", reason="left the board")
    assert not again(user).has_role("auditor")
    assert "left the board" in words(client.get(f"/desk/people/{user.id}"))


def test_an_administrator_can_not_widen_their_own_rights(client: FlaskClient, admin: User) -> None:
    answer = send(client, f"/desk/people/{admin.id}/roles", to="/roles", role="approver")
    assert answer.status_code == 422
    assert "You cannot change your own rights" in words(answer)
    page = f"/desk/people/{admin.id}/roles/revoke?role=admin"
    assert send(client, page, to="/revoke", reason="x").status_code == 422
    assert [role.name for role in again(admin).roles] == ["admin"]
    assert "/roles" not in client.get(f"/desk/people/{admin.id}").text


def test_locking_out_and_letting_in_again(client: FlaskClient, admin: User) -> None:
    user = make_user(roles=("staff",))
    send(client, f"/desk/people/{user.id}/deactivate", to="/deactivate", reason="long leave")
    assert not again(user).active
    send(client, f"/desk/people/{user.id}", to="/activate")
    assert again(user).active


def test_resetting_the_second_factor_writes_to_the_person(client: FlaskClient, admin: User) -> None:
    user = make_user(roles=("staff",), locale="en")
    send(client, f"/desk/people/{user.id}/second-factor/reset", to="/reset", reason="lost")
    assert again(user).must_set_up_second_factor
    assert "An administrator reset the second factor" in last_mail(user.email).body_text


def test_old_sessions_prove_themselves_before_rights_change(
    client: FlaskClient, admin: User
) -> None:
    user = make_user()
    page = f"/desk/people/{user.id}/roles"
    sign_in(client, admin, minutes_ago=120)
    answer = client.get(page)
    assert answer.location.startswith("/us-verify?next=")
    wrong = send(client, answer.location, to="/us-verify", passcode="not it, not at all")
    assert "is wrong" in words(wrong)
    assert client.get(page).status_code == 302
    answer = send(client, answer.location, to="/us-verify", passcode=PASSWORD)
    assert answer.location == page
    assert client.get(page).status_code == 200


def test_a_code_by_mail_proves_it_as_well(client: FlaskClient, admin: User) -> None:
    sign_in(client, admin, minutes_ago=120)
    page = send(client, "/us-verify?next=/desk/people/new", to="send-code")
    mail = last_mail(admin.email)
    assert mail.subject == "Your code"
    assert "http" not in mail.body_text.split("\n-- \n")[0], "no link that signs in"
    code = next(line for line in mail.body_text.splitlines() if line.isdigit())
    answer = send(client, page, to="/us-verify", passcode=code)
    assert answer.location == "/desk/people/new"


def test_entering_checking_and_correcting_an_organisation(client: FlaskClient, admin: User) -> None:
    page = client.get("/desk/organisations/new")
    refused = send(client, page, to="/new", name_ja="みどりの会", corporate_number="123")
    assert refused.status_code == 422
    assert "13 digits" in words(refused)
    assert "みどりの会" in refused.text, "what was typed is kept"
    answer = send(
        client, page, to="/new", kind="npo", name_ja="みどりの会", name_en="Green Association",
        corporate_number="5835678256246", website="https://green.example",
    )  # fmt: skip
    desk = answer.location
    public = client.get("/organisations/green-association")
    assert "Not yet checked by the fund" in words(public)
    send(client, desk, to="/verify")
    public = client.get("/organisations/green-association")
    assert "Checked by the fund on" in words(public)
    assert client.get("/organisations/nobody").status_code == 404
    again_checked = send(
        client, page, to="/new", kind="npo", name_ja="別", slug="green-association"
    )
    assert again_checked.status_code == 422
    answer = send(client, f"{desk}/edit", to="/edit", name_en="Green Friends")
    assert answer.location == desk
    assert "Checked on" in words(client.get(desk)), "the Japanese name is the registered one"


def test_members_come_and_go(client: FlaskClient, admin: User) -> None:
    organisation, person = make_organisation(), make_user(name="Kato")
    desk = f"/desk/organisations/{organisation.id}"
    refused = send(client, desk, to="/members", email="nobody@people.example")
    assert refused.status_code == 422
    assert "Nobody has an account" in words(refused)
    send(client, desk, to="/members", email=person.email, position="Treasurer")
    assert again(person).organisation_ids == {organisation.id}
    assert "Treasurer" in words(client.get(desk))
    assert send(client, desk, to="/members", email=person.email).status_code == 422
    assert send(client, desk, to="/members", email=admin.email).status_code == 422
    page = f"{desk}/members/remove?user={person.id}"
    assert send(client, page, to="/remove").status_code == 422
    send(client, page, to="/remove", reason="moved away")
    assert again(person).organisation_ids == frozenset()


def test_finding_people(client: FlaskClient, admin: User) -> None:
    make_user(name="Alice", roles=("officer",))
    make_user(name="100% Bob")
    for query, found in (
        ("?q=alice", {"Alice"}), ("?q=100%25", {"100% Bob"}), ("?role=officer", {"Alice"}),
        ("?q=nobody+at+all", set()), ("?role=emperor&page=x", set()),
    ):  # fmt: skip
        shown = words(client.get(f"/desk/people{query}"))
        assert {name for name in ("Alice", "100% Bob") if name in shown} == found


def test_lists_cost_the_same_for_few_and_many(client: FlaskClient, admin: User) -> None:
    def cost(path: str) -> int:
        with counted() as statements:
            assert client.get(path).status_code == 200
        return statements.count

    make_member(roles=("staff",))
    few = [cost(path) for path in ("/desk/people", "/desk/organisations")]
    for _each in range(6):
        make_member(roles=("staff", "auditor"), second_factor=False)
    assert [cost(path) for path in ("/desk/people", "/desk/organisations")] == few


def test_changes_need_their_token(client: FlaskClient, admin: User) -> None:
    user = make_user()
    for path in (f"/desk/people/{user.id}/deactivate", "/account/sessions/end", "/login"):
        assert client.post(path, data={"reason": "x"}, csrf=False).status_code == 400
    assert again(user).active
    assert not again(user).roles
