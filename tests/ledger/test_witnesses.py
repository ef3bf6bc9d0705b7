"""Checkpoints go to those who keep them: by mail, and by POST to a server of theirs."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from flask import Flask

from civicfund import jobs
from civicfund.cli import doctor
from civicfund.core.db import db, transaction
from civicfund.ledger import queries, services, witnesses
from civicfund.notifications.models import Message
from tests.factories.ledger import make_fund, make_gift
from tests.jobs import waiting_jobs


class Keeper(HTTPServer):
    """Somebody who keeps what is posted, or answers `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.kept: list[tuple[str, str, str]] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/keep"


class Desk(BaseHTTPRequestHandler):
    server: Keeper

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.kept.append((self.path, self.headers["Content-Type"], body))
        self.send_response(self.server.status)
        if self.server.status in {301, 302, 307, 308}:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    server = Keeper()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def sealed(house: Flask) -> str:
    with transaction():
        make_gift(make_fund())
        services.seal_entries()
    newest = queries.newest_checkpoint()
    assert newest is not None
    return newest.signed_note


@pytest.fixture
def named(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["auditor@city.example", "https://paper.example/keep"]
    monkeypatch.setitem(house.config, "CHECKPOINT_RECIPIENTS", names)


@pytest.mark.usefixtures("named")
def test_everybody_on_the_list_gets_the_newest_once(sealed: str) -> None:
    for _ in range(2):
        jobs.send_checkpoint()
    [message] = db.session.query(Message).all()
    assert (message.recipient, message.template) == ("auditor@city.example", "ledger/checkpoint")
    assert message.context["note"] == sealed
    assert set(waiting_jobs()) == {"notifications.send", "ledger.post_checkpoint"}


@pytest.mark.usefixtures("named")
def test_the_mail_holds_the_checkpoint_in_two_languages(
    house: Flask, sealed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.send_checkpoint()
    [message] = db.session.query(Message).all()
    jobs.send_message(message.id)
    db.session.refresh(message)
    assert message.body_text is not None
    assert sealed in message.body_text
    assert "このメールを保管してください" in message.body_text
    assert "Please keep this mail" in message.body_text
    newest = queries.newest_checkpoint()
    assert newest is not None
    assert f"/ledger/consistency?from={newest.tree_size}" in message.body_text


def test_nothing_is_sent_before_anything_is_sealed(house: Flask) -> None:
    jobs.send_checkpoint()
    assert waiting_jobs() == []


def test_a_checkpoint_is_posted_as_it_is(keeper: Keeper, sealed: str) -> None:
    newest = queries.newest_checkpoint()
    assert newest is not None
    jobs.post_checkpoint(keeper.url, newest.tree_size)
    assert keeper.kept == [("/keep", "text/plain; charset=utf-8", sealed)]


@pytest.mark.parametrize("status", [302, 307, 404, 409, 500])
def test_what_is_not_taken_is_tried_again(keeper: Keeper, status: int) -> None:
    keeper.status = status
    with pytest.raises(witnesses.NotTaken, match=str(status)):
        witnesses.post(keeper.url, "note\n")
    assert len(keeper.kept) == 1, "a redirect is not followed"


def test_a_server_that_is_away(keeper: Keeper) -> None:
    keeper.server_close()
    with pytest.raises(OSError, match=r"refused|reset"):
        witnesses.post(keeper.url, "note\n")


@pytest.mark.parametrize(
    ("names", "state"),
    [
        ([], "advice"),
        (["auditor@city.example"], "good"),
        (["http://plain.example/"], "bad"),
        (["ftp://x@y/"], "bad"),
        (["nonsense"], "bad"),
    ],
)
def test_the_doctor_reads_the_list(
    house: Flask, monkeypatch: pytest.MonkeyPatch, names: list[str], state: str
) -> None:
    monkeypatch.setitem(house.config, "CHECKPOINT_RECIPIENTS", names)
    found = {finding.title: finding.state for finding in doctor.examine(house)}
    assert found["checkpoint recipients"] == state


def test_the_doctor_tells_of_a_key_that_cannot_be_opened(
    house: Flask, sealed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = {finding.title: finding.state for finding in doctor.examine(house)}
    assert (states["log keys"], states["sealing"]) == ("good", "good")
    monkeypatch.setitem(house.config, "SECRET_KEY", "another")
    states = {finding.title: finding.state for finding in doctor.examine(house)}
    assert states["log keys"] == "bad"
