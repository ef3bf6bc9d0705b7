"""The office finds a message; the keys to accounts stay closed; the demo has a mailbox."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.core.db import transaction
from civicfund.notifications import mailbox, services
from civicfund.notifications.models import Message, MessageState
from civicfund.notifications.queries import message_by_id
from tests.factories.identity import make_user, sign_in
from tests.statements import counted


def _message(**changes: object) -> Message:
    words = {"to": "hana@example.jp", "template": "t/t", "context": {}, "key": "k/1"}
    with transaction():
        number = services.enqueue(**(words | changes))  # type: ignore[arg-type]
    found = message_by_id(number)
    assert found is not None
    return found


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_staff_find_a_message(client: FlaskClient, lang: str) -> None:
    message = _message()
    sign_in(client, make_user(roles=["staff"]))
    page = client.get(f"/desk/outbox?to=HANA&state=waiting&lang={lang}")
    assert page.status_code == 200
    assert "hana@example.jp" in page.text
    assert client.get(f"/desk/outbox/{message.id}?lang={lang}").status_code == 200


def test_others_do_not(client: FlaskClient) -> None:
    _message()
    assert client.get("/desk/outbox").status_code == 302
    sign_in(client, make_user(roles=["officer"]))
    assert client.get("/desk/outbox").status_code == 403


def test_unknown_messages_are_not_found(client: FlaskClient) -> None:
    sign_in(client, make_user(roles=["admin"]))
    assert client.get("/desk/outbox/999999").status_code == 404


def test_a_failed_message_is_sent_again(client: FlaskClient) -> None:
    message = _message()
    with transaction():
        message.state = MessageState.FAILED
        message.tries = 8
    sign_in(client, make_user(roles=["staff"]))
    again = client.post(f"/desk/outbox/{message.id}/again")
    assert again.status_code == 302
    assert (message.state, message.tries) == (MessageState.WAITING, 0)
    assert client.post(f"/desk/outbox/{message.id}/again").status_code == 409


def test_the_list_takes_a_constant_number_of_statements(client: FlaskClient) -> None:
    sign_in(client, make_user(roles=["staff"]))
    _message()
    with counted() as few:
        client.get("/desk/outbox")
    for number in range(15):
        _message(key=f"many/{number}")
    with counted() as many:
        client.get("/desk/outbox")
    assert many.count <= few.count


def test_the_mailbox_exists_in_the_demo_only(client: FlaskClient, house: Flask) -> None:
    assert client.get("/sandbox/mailbox").status_code == 404
    assert "mailbox" not in house.blueprints
    assert mailbox.bp.name == "mailbox"
