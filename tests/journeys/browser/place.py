"""A house that really serves: a database of its own, a web server, a worker, and a browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from passlib.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect
from sqlalchemy import create_engine

from civicfund.core.db import db
from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer
from civicfund.identity.models import User
from config import TestConfig
from tests.factories.identity import PASSWORD, TOTP_SECRET

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WAIT = 30_000
# Expectations have a patience of their own, five seconds, which a busy machine can outlast.
expect.set_options(timeout=WAIT)
_used: dict[str, str] = {}


@dataclass
class Place:
    """The served house, and the way into its database for what no page can do."""

    app: Flask
    url: str
    database: str

    @contextmanager
    def inside(self) -> Iterator[Flask]:
        """Services called here write into the served house's database."""
        with self.app.app_context():
            db.session.remove()
            engines = db._app_engines[self.app]
            before = db.engine
            here = create_engine(self.database.replace("postgresql://", "postgresql+psycopg://"))
            engines[None] = here
            try:
                yield self.app
            finally:
                db.session.remove()
                here.dispose()
                engines[None] = before


@contextmanager
def serving(app: Flask, server: EmbeddedServer) -> Iterator[Place]:
    """Web and worker as processes of their own, as in life; stopped at the end."""
    name, port = f"served_{os.getpid()}", _free_port()
    server.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    server.psql(f"CREATE DATABASE {name} TEMPLATE template_of_tests OWNER {OWNER_ROLE}")
    place = Place(app, f"http://127.0.0.1:{port}", server.url(database=name))
    environment = os.environ | {
        "FLASK_APP": "wsgi.py",
        "DATABASE_URL": place.database,
        "MIGRATION_DATABASE_URL": server.url(role=OWNER_ROLE, database=name),
        "SECRET_KEY": TestConfig.SECRET_KEY,
        "SANDBOX_WEBHOOK_SECRET": TestConfig.SANDBOX_WEBHOOK_SECRET,
        "CIVICFUND_INSTANCE": str(app.config["INSTANCE"]),
        "CIVICFUND_DEMO": "",
        "CIVICFUND_PRODUCTION": "",
        "MAIL_SERVER": "",
        "SITE_URL": place.url,
    }
    address = f"127.0.0.1:{port}"
    commands = [
        [sys.executable, "-m", "gunicorn", "--bind", address, "--threads", "8", "wsgi:app"],
        [sys.executable, "-m", "flask", "civicfund", "worker"],
    ]
    running = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]  # fmt: skip
    try:
        _wait_for(f"{place.url}/readyz", running)
        yield place
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                process.kill()
        server.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, running: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert all(process.poll() is None for process in running), "a process ended by itself"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # our own
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer")


@dataclass
class Visitor:
    """Opens windows of the one browser, and hears what their consoles complain about."""

    browser: Browser
    place: Place
    complaints: list[str] = field(default_factory=list)

    @contextmanager
    def window(
        self, language: str = "en", *, person: User | None = None, width: int = 1280,
        scripts: bool = True,
    ) -> Iterator[Page]:  # fmt: skip
        """A fresh window in a language; signed in through the pages when a person is named."""
        context: BrowserContext = self.browser.new_context(
            viewport={"width": width, "height": 900},
            locale={"ja": "ja-JP", "en": "en-GB"}[language],
            base_url=self.place.url,
            java_script_enabled=scripts,
            timezone_id="Asia/Tokyo",
        )
        context.add_cookies([{"name": "lang", "value": language, "url": self.place.url}])
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        try:
            if person is not None:
                sign_in(page, person)
            yield page
        finally:
            context.close()

    def axe(self, page: Page) -> list[str]:
        """What axe finds on the page as it stands, in one line each."""
        return [
            f"{page.url}: {fault['id']} ({fault['help']}): "
            + "; ".join(str(node["target"]) for node in fault["nodes"][:3])
            for fault in Axe().run(page).response["violations"]
        ]

    def _hear(self, message: ConsoleMessage) -> None:
        # A refusal (422) or an unknown page (404) is an answer, and not a mistake of the page.
        is_answer = "Failed to load resource" in message.text
        # Axe tries colours by styles of its own, which the policy forbids: they have no address.
        is_axe = not message.location["url"]
        if message.type == "error" and not is_answer and not is_axe:
            self.complaints.append(f"{message.location}: {message.text}")


@contextmanager
def visiting(playwright: Playwright, place: Place) -> Iterator[Visitor]:
    """A browser in this house; closed at the end."""
    browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
    try:
        yield Visitor(browser, place)
    finally:
        browser.close()


def sign_in(page: Page, person: User) -> None:
    """Password, then the code of the telephone."""
    page.goto("/login")
    page.fill("[name=email]", person.email)
    page.fill("[name=password]", PASSWORD)
    press(page, "form[action='/login']")
    page.fill("[name=code]", _unused_code(person))
    press(page, "form:has([name=code])")
    page.wait_for_url("**/desk**")


def _unused_code(person: User) -> str:
    """A code serves once: whoever signs in again so soon waits for the telephone's next one."""
    telephone = TOTP(key=TOTP_SECRET, format="base32")
    while (code := telephone.generate().token) == _used.get(person.email):
        time.sleep(0.5)
    _used[person.email] = code
    return code


def press(page: Page, form: str, button: str = "button.button") -> None:
    """The first button of a form."""
    page.locator(form).locator(button).first.click()
