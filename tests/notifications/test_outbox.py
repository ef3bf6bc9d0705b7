"""A message is promised once, kept with its deed, and sent after it."""

import smtplib
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import DictLoader

from civicfund.core.db import db, transaction
from civicfund.notifications import queries, services
from civicfund.notifications.errors import MessageKeyReused
from civicfund.notifications.models import Message, MessageState
from tests.jobs import run_jobs, waiting_jobs


@pytest.fixture
def templates(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        "emails/test/thanks.txt": "Thank you, {{ name }}\n\n"
        "{{ 1000 | money_sentence }} {{ site_url }}",
        "emails/identity/reset.txt": "Your key\n\nkey {{ key }}",
    }
    monkeypatch.setattr(house.jinja_env, "loader", DictLoader(texts))


def _promise(**changes: object) -> int:
    words = {
        "to": "hana@example.jp",
        "template": "test/thanks",
        "context": {"name": "花"},
        "key": "test/thanks/1",
    }
    with transaction():
        return services.enqueue(**(words | changes))  # type: ignore[arg-type]


def test_a_promised_message_is_sent_in_the_language_asked(templates: None, house: Flask) -> None:
    message_id = _promise(locale="en")
    assert run_jobs() == ["notifications.send"]
    sent = queries.message_by_id(message_id)
    assert sent is not None
    assert sent.state is MessageState.SENT
    assert sent.subject == "Thank you, 花"
    assert sent.body_text == "1,000 yen http://localhost\n"
    files = list((Path(house.config["INSTANCE"]) / "mail").glob(f"{message_id:08d}.eml"))
    assert len(files) == 1


def test_promising_twice_sends_once(templates: None) -> None:
    assert _promise() == _promise()
    assert run_jobs() == ["notifications.send"]
    services_again = queries.message_by_key("test/thanks/1")
    assert services_again is not None
    assert services_again.tries == 1


def test_a_key_names_one_address(templates: None) -> None:
    _promise()
    with pytest.raises(MessageKeyReused):
        _promise(to="taro@example.jp")


def test_nothing_is_sent_of_a_deed_that_failed(templates: None) -> None:
    def fail() -> None:
        with transaction():
            services.enqueue(to="a@example.jp", template="test/thanks", context={}, key="k")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert waiting_jobs() == []
    assert db.session.query(Message).count() == 0


def test_a_mail_server_that_is_away_is_asked_again(
    templates: None, house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise ConnectionRefusedError("no server")

    monkeypatch.setitem(house.config, "MAIL_SERVER", "mail.example")
    monkeypatch.setattr(smtplib, "SMTP", away)
    message_id = _promise()
    run_jobs()
    waiting = queries.message_by_id(message_id)
    assert waiting is not None
    assert (waiting.state, waiting.tries) == (MessageState.WAITING, 1)
    assert "no server" in (waiting.last_error or "")
    assert waiting_jobs() == ["notifications.send"]


def test_a_key_to_an_account_is_not_kept(templates: None) -> None:
    message_id = _promise(template="identity/reset", context={"key": "s3cret"})
    run_jobs()
    sent = queries.message_by_id(message_id)
    assert sent is not None
    assert (sent.state, sent.body_text, sent.context) == (MessageState.SENT, None, {})
