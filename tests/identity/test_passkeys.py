"""Passkeys in a real browser with a virtual authenticator: they can be seen nowhere else."""

import base64
import shutil
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, sync_playwright
from werkzeug.serving import make_server

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.identity import queries
from civicfund.identity.models import Passkey
from tests.factories.identity import PASSWORD, make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed"),
]
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
def site(open_house: Flask) -> Iterator[str]:
    """The house on a port; passkeys want a name and no number."""
    server = make_server("127.0.0.1", 0, open_house, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(site: str) -> Iterator[Page]:
    """A page in a browser whose device has a passkey store that knows its owner."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        context = chromium.new_context(base_url=site, locale="en-GB")
        shown = context.new_page()
        complaints: list[str] = []
        shown.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" else None
        )
        devices = context.new_cdp_session(shown)
        devices.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }  # fmt: skip
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        yield shown
        chromium.close()
    assert [said for said in complaints if "Content Security Policy" in said] == []


def sign_in(page: Page, email: str) -> None:
    """With the password."""
    page.goto("/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page, *, name: str, use: str) -> None:
    """On the page of passkeys."""
    page.goto("/wan-register")
    page.get_by_label("Name for it").fill(name)
    page.get_by_label(use).check()
    page.get_by_role("button", name="Go on").click()


def sign_out(page: Page) -> None:
    """Through the menu."""
    page.context.clear_cookies()


def keys_of(email: str) -> list[tuple[str, str]]:
    """Name and use of each key."""
    db.session.remove()
    user = queries.user_by_email(email)
    return [(key.name, key.usage) for key in user.webauthn]


def test_a_passkey_as_second_factor(open_house: Flask, page: Page) -> None:
    email = make_user(roles=("staff",), second_factor=False, locale="en").email
    db.session.remove()
    sign_in(page, email)
    page.wait_for_url("**/tf-setup")
    page.get_by_role("link", name="Add a passkey").click()
    add_passkey(page, name="わたしの電話", use="second factor")
    page.wait_for_url("**/mf-recovery-codes")
    assert keys_of(email) == [("わたしの電話", "secondary")]

    sign_out(page)
    sign_in(page, email)
    page.wait_for_url("**/wan-signin")
    page.get_by_role("button", name="Use the passkey").click()
    page.wait_for_url("**/desk/**")

    # The only second factor of somebody who needs one stays.
    page.goto("/wan-register")
    page.get_by_role("button", name="Remove").click()
    assert page.get_by_text("This is your only second factor").is_visible()
    assert len(keys_of(email)) == 1


def test_a_passkey_instead_of_the_password(open_house: Flask, page: Page) -> None:
    email = make_user(second_factor=False, locale="en").email
    db.session.remove()
    sign_in(page, email)
    page.wait_for_url("**/account")
    add_passkey(page, name="my telephone", use="Instead of the password")
    page.wait_for_url("**/account")
    assert keys_of(email) == [("my telephone", "first")]

    sign_out(page)
    page.goto("/login?next=/account")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda address: address.endswith("/account") and "next" not in address)
    assert page.get_by_text(email).first.is_visible()


def test_a_found_security_key_is_no_way_in(open_house: Flask, page: Page) -> None:
    """Whoever found a key signs in as themselves, and shows it where their own is asked for."""
    owner = make_user(roles=("staff",), second_factor=False, locale="en").email
    finder = make_user(roles=("staff",), second_factor=False, locale="en").email
    db.session.remove()
    sign_in(page, owner)
    page.wait_for_url("**/tf-setup")
    add_passkey(page, name="lost", use="second factor")
    page.wait_for_url("**/mf-recovery-codes")
    sign_out(page)
    own = {"name": "own", "usage": "secondary", "credential_id": b"own", "public_key": b"own"}
    more = {"sign_count": 0, "backup_state": False, "device_type": "x"}
    with transaction():
        found = queries.user_by_email(owner).webauthn[0].credential_id
        key = Passkey(**own, **more, lastuse_datetime=clock.now())
        person = queries.user_by_email(finder)
        person.webauthn.append(key)
    db.session.remove()

    def ask_for_the_found_one(route: Route) -> None:
        answer = route.fetch()
        changed = answer.text().replace(written(b"own"), written(found))
        route.fulfill(response=answer, body=changed)

    sign_in(page, finder)
    page.wait_for_url("**/wan-signin")
    page.route("**/wan-signin", ask_for_the_found_one)
    page.get_by_role("button", name="Use the passkey").click()
    page.get_by_text("This passkey is not known here.").wait_for()
    page.goto("/account")
    page.wait_for_url("**/login**")


def written(credential_id: bytes) -> str:
    """As it stands in the page."""
    return base64.urlsafe_b64encode(credential_id).decode().rstrip("=")
