"""Signing in with a password, a link and a second factor; what is refused, and in which words."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from civicfund.core.db import transaction
from civicfund.identity import queries, services
from tests.browsing import send, words
from tests.factories.identity import PASSWORD, make_organisation, make_user, sign_in
from tests.identity.mailbox import last_mail, link_in, mails_to

GENERIC = "The e-mail address or the password is wrong"
Code = Callable[..., str]


def who(client: FlaskClient) -> str | None:
    """The address of whoever is signed in, as the account page shows it."""
    page = client.get("/account")
    if page.status_code != 200:
        return None
    found = re.search(r"[\w.+-]+@[\w.-]+\.example", words(page))
    return found.group() if found else None


def test_a_person_opens_an_account_and_is_led_through_all_of_it(  # noqa: PLR0915  # one story
    client: FlaskClient, app_code: Code, forget_codes: Callable[[str], None]
) -> None:
    email = "hanako@green.example"
    answer = send(
        client, "/register?lang=en", name="Hanako", email=email,
        password=PASSWORD, password_confirm=PASSWORD,
    )  # fmt: skip
    assert answer.location == "/login"
    assert who(client) is None

    # Unconfirmed: only the right password is told what to do.
    answer = send(client, "/login", to="/login", email=email, password="not it, not at all")
    assert GENERIC in words(answer)
    answer = send(client, "/login", to="/login", email=email, password=PASSWORD)
    assert "Please confirm your e-mail address first" in words(answer)

    mail = last_mail(email)
    assert mail.subject == "Please confirm your e-mail address"
    assert client.get(link_in(mail)).location == "/login"
    answer = send(client, "/login", to="/login", email=email, password=PASSWORD)
    assert answer.location == "/desk"
    assert who(client) == email

    # No role, no organisation: no second factor asked for, until the person joins one.
    user = queries.user_by_email(email)
    with transaction():
        services.add_member(user=user, organisation=make_organisation())
    answer = client.get("/account")
    assert answer.location == "/tf-setup"
    page = send(client, "/tf-setup", setup="authenticator", to="/tf-setup")
    key = re.search(r'<code class="key">([^<]+)</code>', page.text).group(1)

    wrong = send(client, page, to="/tf-setup/", code="000000")
    assert wrong.status_code == 422
    assert key in wrong.text, "a slip does not cost the scanned picture"
    answer = send(client, wrong, to="/tf-setup/", code=app_code(key))
    assert answer.location == "/account/second-factor-ready"
    assert client.get(answer.location).location == "/mf-recovery-codes"
    page = send(client, "/mf-recovery-codes", to="/mf-recovery-codes")
    codes = re.findall(r"<code>([0-9a-f-]{14})</code>", page.text)
    assert len(codes) == 10
    assert client.get("/account/second-factor-ready").location == "/account"
    assert "An app for one-time codes was set up" in last_mail(email).body_text

    # Out, and in again: now the code is asked for.
    client.post("/logout", data={"csrf_token": _token(client, "/account")})
    assert who(client) is None
    answer = send(client, "/login", to="/login", email=email, password=PASSWORD)
    assert answer.location == "/tf-validate"
    assert who(client) is None
    page = send(client, "/tf-validate", to="/tf-validate", code="123456")
    assert "The code is wrong or too old" in words(page)
    assert who(client) is None
    forget_codes(email)
    answer = send(client, "/tf-validate", to="/tf-validate", code=app_code(key))
    assert answer.location == "/desk"
    assert who(client) == email

    # A recovery code works in place of the telephone, and once.
    for status in (302, 200):
        client.post("/logout", data={"csrf_token": _token(client, "/account")})
        send(client, "/login", to="/login", email=email, password=PASSWORD)
        answer = send(client, "/mf-recovery", to="/mf-recovery", code=codes[0])
        assert answer.status_code == status
    assert "This recovery code is wrong or was used" in words(answer)


def _token(client: FlaskClient, page: str) -> str:
    answer = client.get(page)
    if answer.status_code != 200:
        answer = client.get("/login")
    return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', answer.text).group(1)


def test_a_code_is_good_once(client: FlaskClient, app_code: Code) -> None:
    user = make_user(roles=("staff",))
    code = app_code()
    for location in ("/desk", None):
        send(client, "/login?lang=en", to="/login", email=user.email, password=PASSWORD)
        answer = send(client, "/tf-validate", to="/tf-validate", code=code)
        assert answer.location == location
        with client.session_transaction() as session:
            session.clear()
    assert "The code is wrong or too old" in words(answer)


def test_a_role_given_later_asks_for_the_second_factor(client: FlaskClient) -> None:
    user = make_user(second_factor=False)
    sign_in(client, user)
    assert client.get("/account").status_code == 200
    with transaction():
        services.grant_role(user, "auditor", by=None)
    assert client.get("/account?x=1").location == "/tf-setup"
    with client.session_transaction() as session:
        assert session["wanted"] == "/account?x=1"


def test_the_app_can_not_be_turned_off_by_those_who_need_it(client: FlaskClient) -> None:
    free, bound = make_user(), make_user(roles=("staff",))
    for user, off in ((bound, False), (free, True)):
        sign_in(client, user)
        page = client.get("/tf-setup")
        assert ('value="disable"' in page.text) is off
        client.post(
            "/tf-setup", data={"setup": "disable", "csrf_token": _token(client, "/tf-setup")}
        )
        assert (queries.user_by_email(user.email).tf_primary_method is None) is off


def test_a_link_signs_in_once(client: FlaskClient) -> None:
    user = make_user(second_factor=False)
    page = send(client, "/us-signin?lang=en", identity=user.email.upper())
    assert "Look into your mailbox" in words(page)
    link = link_in(last_mail(user.email))
    page = client.get(link)
    assert page.status_code == 200
    assert who(client) is None, "opening the link is not enough: mail scanners do that"
    query = link.partition("?")[2]
    assert client.get(f"/us-verify-link?{query}").location == "/desk"
    assert who(client) == user.email
    with client.session_transaction() as session:
        session.clear()
    assert client.get(f"/us-verify-link?{query}").location == "/us-signin"
    assert who(client) is None


def test_a_link_leads_where_the_person_wanted_to_go(client: FlaskClient) -> None:
    user = make_user(second_factor=False)
    send(client, "/us-signin?next=/account", identity=user.email)
    query = link_in(last_mail(user.email)).partition("?")[2]
    assert client.get(f"/us-verify-link?{query}").location == "/account"


def test_the_code_of_the_mail_works_too_and_a_wrong_one_does_not(client: FlaskClient) -> None:
    user = make_user(second_factor=False)
    page = send(client, "/us-signin?lang=en", identity=user.email)
    code = re.search(r"\n(\d{10})\n", last_mail(user.email).body_text).group(1)
    wrong = send(client, page, to="/us-signin", passcode="0000000000")
    assert GENERIC in words(wrong)
    assert who(client) is None
    answer = send(client, wrong, to="/us-signin", passcode=code)
    assert answer.location == "/desk"


def test_a_link_still_asks_for_the_second_factor(client: FlaskClient, app_code: Code) -> None:
    user = make_user(roles=("officer",))
    send(client, "/us-signin", identity=user.email)
    query = link_in(last_mail(user.email)).partition("?")[2]
    assert client.get(f"/us-verify-link?{query}").location == "/tf-validate"
    assert who(client) is None
    answer = send(client, "/tf-validate", to="/tf-validate", code=app_code())
    assert answer.location == "/desk"


def test_a_forgotten_password_is_chosen_anew_and_ends_all_sessions(client: FlaskClient) -> None:
    user = make_user(second_factor=False)
    other = client.application.test_client()
    sign_in(other, user)
    assert who(other) == user.email
    send(client, "/reset?lang=en", email=user.email)
    link = link_in(last_mail(user.email))
    short = send(client, link, password="short", password_confirm="short")
    assert "at least 12" in words(short)
    new = "a quite different sentence"
    assert send(client, link, password=new, password_confirm=new).location == "/login"
    assert who(other) is None
    assert client.get(link).location == "/reset", "the link is used up"
    assert last_mail(user.email).template == "identity/password_changed"
    answer = send(client, "/login", to="/login", email=user.email, password=PASSWORD)
    assert GENERIC in words(answer)
    answer = send(client, "/login", to="/login", email=user.email, password=new)
    assert answer.location == "/desk"


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("/login", {"password": "some password or other"}),
        ("/reset", {}),
        ("/confirm", {}),
        ("/us-signin", {}),
    ],
)
def test_known_and_unknown_addresses_look_the_same(
    client: FlaskClient, page: str, fields: dict[str, str]
) -> None:
    seen = []
    for email in (make_user(email="known@people.example").email, "nobody@people.example"):
        box = "identity" if page == "/us-signin" else "email"
        answer = send(client, f"{page}?lang=en", to=page, **fields, **{box: email})
        answer = client.get(answer.location) if answer.location else answer
        with client.session_transaction() as session:
            session.clear()
        shown = words(answer).replace(email, "ADDRESS")
        seen.append((answer.status_code, shown))
    assert seen[0] == seen[1]


def test_a_second_registration_looks_like_a_first_and_writes_to_the_owner(
    client: FlaskClient,
) -> None:
    user = make_user()
    answer = send(
        client, "/register", name="Mallory", email=user.email.upper(),
        password=PASSWORD, password_confirm=PASSWORD,
    )  # fmt: skip
    assert answer.location == "/login"
    assert mails_to(user.email)[-1].template == "identity/welcome_existing"
    assert queries.user_by_email(user.email).name == user.name


@pytest.mark.parametrize("password", ["elevenchars", "aaaaaaaaaaaaaaa", "hanako@green.example1"])
def test_weak_passwords_are_refused(client: FlaskClient, password: str) -> None:
    answer = send(
        client, "/register?lang=en", name="Hanako", email="hanako@green.example",
        password=password, password_confirm=password,
    )  # fmt: skip
    assert answer.status_code == 200
    assert re.search("at least 12 characters|too easy to guess", words(answer))
    assert queries.user_by_email("hanako@green.example") is None


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example",
        "http:evil.example", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_the_way_on_stays_in_the_house(client: FlaskClient, elsewhere: str) -> None:
    user = make_user(second_factor=False)
    page = client.get("/login", query_string={"next": elsewhere})
    answer = send(client, page, to="/login", email=user.email, password=PASSWORD)
    if answer.location:
        assert urlsplit(answer.location).netloc in {"", "localhost"}
        assert not answer.location.startswith(("//", "/\\"))
    with client.session_transaction() as session:
        session.clear()
    answer = send(client, "/login?next=/account", to="/login", email=user.email, password=PASSWORD)
    assert answer.location == "/account"


def test_a_locked_out_person_can_not_come_in(client: FlaskClient) -> None:
    user = make_user(second_factor=False)
    sign_in(client, user)
    with transaction():
        services.deactivate_user(user, by=None, reason="left")
    assert who(client) is None
    answer = send(client, "/login?lang=en", to="/login", email=user.email, password=PASSWORD)
    assert "This account is locked" in words(answer)
    assert who(client) is None
    answer = send(client, "/login", to="/login", email=user.email, password="not it, not at all")
    assert GENERIC in words(answer), "only who knows the password learns that it is locked"


def test_pages_that_this_house_does_not_have(client: FlaskClient) -> None:
    sign_in(client, make_user())
    for path in ("/us-setup", "/verify"):
        assert client.get(path).status_code == 404


def test_a_token_in_the_address_is_nobody(client: FlaskClient) -> None:
    user = make_user()
    with client.application.test_request_context():
        token = user.get_auth_token()
    assert client.get(f"/account?auth_token={token}").location.startswith("/login")
    answer = client.get("/account", headers={"Authentication-Token": token})
    assert answer.location.startswith("/login")


def test_the_page_speaks_the_language_of_the_person(client: FlaskClient) -> None:
    user = make_user(second_factor=False, locale="en")
    send(client, "/login", to="/login", email=user.email, password=PASSWORD)
    assert client.get("/account").headers["Content-Language"] == "en"
