"""The whole house on one machine: database, web, worker and invented people, until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_migrate import upgrade
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from civicfund.cli import seed
from civicfund.identity.queries import user_by_email

CAMPAIGNS, GIFTS, SEED = 14, 260, 2026


def show(app: Flask, *, port: int) -> None:
    """Start everything, print who can sign in, and wait; SystemExit says why it cannot."""
    if app.config["PRODUCTION"]:
        raise SystemExit("The demo's people have printed passwords: not in production.")
    if "EMBEDDED_SERVER" not in app.config:
        raise SystemExit("The demo uses the embedded database. Unset DATABASE_URL and try again.")
    _refuse_taken_port(port)
    # Where the demo stands, for the name of its log and the links in its mails.
    app.config["SITE_URL"] = _address(port)
    console = Console()
    with _stopping_database(app):
        upgrade()
        _fill(console)
        with _processes(port) as running:
            _announce(console, port=port)
            _wait(running)
        console.print("Stopped.")


def _fill(console: Console) -> None:
    if user_by_email(seed.PEOPLE[0].email) is not None:
        return
    with Progress(console=console) as bar:
        row = bar.add_task("inventing a town", total=GIFTS)
        seed.seed_demo(
            campaigns=CAMPAIGNS,
            donations=GIFTS,
            seed=SEED,
            progress=lambda done, _all: bar.update(row, completed=done),
        )


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise SystemExit(
                f"Port {port} is taken. Choose another one: make demo PORT={port + 1}"
            ) from taken


@contextmanager
def _stopping_database(app: Flask) -> Iterator[None]:
    try:
        yield
    finally:
        app.config["EMBEDDED_SERVER"].stop()


@contextmanager
def _processes(port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    environment = os.environ | {
        "CIVICFUND_DEMO": "1",
        "SITE_URL": _address(port),
        "FLASK_APP": "wsgi.py",
    }
    python = sys.executable
    commands = [
        [python, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "8",
         "--log-level", "warning", "wsgi:app"],
        [python, "-m", "flask", "civicfund", "worker"],
    ]  # fmt: skip
    # Each in a session of its own: Ctrl-C reaches us, and we stop them in order.
    running = [
        subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603
        for command in commands
    ]
    try:
        yield running
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                process.kill()


def _announce(console: Console, *, port: int) -> None:
    table = Table(title="Who can sign in", title_justify="left")
    for heading in ("role", "e-mail", "password", "TOTP secret"):
        table.add_column(heading, no_wrap=True, overflow="ignore")
    for person in seed.PEOPLE:
        table.add_row(person.part, person.email, person.password, person.totp_secret)
    # Never cut: secrets are copied from here.
    console.print(table, soft_wrap=True, crop=False)
    console.print("The present code of a secret: .venv/bin/flask --app wsgi civicfund totp SECRET")
    console.print(f"Mails of the demo: http://127.0.0.1:{port}/sandbox/mailbox")
    console.print(f"[bold]http://127.0.0.1:{port}[/]   Ctrl-C stops everything.")


def _wait(running: list[subprocess.Popen[bytes]]) -> None:
    asked = False

    def ask(_signal: int, _frame: object) -> None:
        nonlocal asked
        asked = True

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    while not asked:
        for process in running:
            if process.poll() is not None:
                raise SystemExit(f"A part of the demo ended by itself ({process.args!r}).")
        time.sleep(0.2)
