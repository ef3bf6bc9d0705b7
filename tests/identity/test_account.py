"""One's own account."""

import pytest
from flask.testing import FlaskClient

from civicfund.identity import queries
from tests.browsing import send, words
from tests.factories.identity import PASSWORD, make_member, make_organisation, make_user, sign_in
from tests.identity.mailbox import last_mail, link_in, mails_to


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/account")
    assert answer.location == "/login?next=/account"
    assert client.post("/account/sessions/end").status_code in {302, 400}


def test_changing_my_details(client: FlaskClient) -> None:
    user = make_user(name="Old")
    sign_in(client, user)
    refused = send(client, "/account?lang=en", to="/account", name=" ", locale="en")
    assert refused.status_code == 422
    assert queries.user_by_email(user.email).name == "Old"
    send(client, "/account", to="/account", name="New", locale="en")
    changed = queries.user_by_email(user.email)
    assert (changed.name, changed.locale) == ("New", "en")


def test_ending_all_other_sessions(client: FlaskClient) -> None:
    user = make_user(roles=("staff",))
    other = client.application.test_client()
    sign_in(client, user, minutes_ago=50)
    sign_in(other, user)
    send(client, "/account", to="/sessions/end")
    assert client.get("/account").status_code == 200
    assert other.get("/account").location.startswith("/login")
    with client.session_transaction() as session:
        assert (
            session["fs_paa"] < queries.user_by_email(user.email).current_login_at.timestamp() - 60
        )


def test_my_organisations_are_shown(client: FlaskClient) -> None:
    sign_in(client, make_user())
    assert "You do not act for an organisation" in words(client.get("/account?lang=en"))
    sign_in(client, make_member(make_organisation(name_en="Green Friends")))
    assert "Green Friends" in words(client.get("/account"))


def test_changing_the_password(client: FlaskClient) -> None:
    user = make_user()
    other = client.application.test_client()
    sign_in(client, user)
    sign_in(other, user)
    new = "a quite different sentence"
    refused = send(
        client, "/change?lang=en", to="/change", password="not it, not at all",
        new_password=new, new_password_confirm=new,
    )  # fmt: skip
    assert "The password is wrong" in words(refused)
    answer = send(
        client, "/change", to="/change", password=PASSWORD,
        new_password=new, new_password_confirm=new,
    )  # fmt: skip
    assert answer.location == "/account"
    assert client.get("/account").status_code == 200
    assert other.get("/account").location.startswith("/login")
    assert mails_to(user.email)[-1].template == "identity/password_changed"


def test_changing_the_address(client: FlaskClient) -> None:
    user, taken = make_user(), make_user()
    old, new, user_id, theirs = user.email, "new@people.example", user.id, taken.email
    sign_in(client, user)
    for address in (theirs, new):
        page = send(client, "/change-email?lang=en", to="/change-email", email=address)
        assert f"We sent a mail to {address}" in words(page)
    assert mails_to(theirs) == []
    assert queries.user_by_email(old) is not None
    assert client.get(link_in(last_mail(new))).location == "/account"
    assert queries.user_by_email(new).id == user_id
    assert new in last_mail(old).body_text


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/account", "/change", "/change-email", "/tf-setup", "/mf-recovery-codes",
        "/mf-recovery-codes?show_codes=1", "/wan-register", "/us-verify", "/wan-verify",
    ],
)  # fmt: skip
def test_my_pages_stand_in_both_languages(client: FlaskClient, path: str, language: str) -> None:
    sign_in(client, make_member(roles=("staff",)))
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/login",
        "/register",
        "/reset",
        "/confirm",
        "/us-signin",
        "/wan-signin",
        "/sign-in/link?id=1&code=2",
    ],
)
def test_the_doors_stand_in_both_languages(client: FlaskClient, path: str, language: str) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text


@pytest.mark.parametrize("path", ["/tf-validate", "/mf-recovery", "/tf-select"])
def test_no_second_step_without_the_first(client: FlaskClient, path: str) -> None:
    assert client.get(path).location == "/login"
