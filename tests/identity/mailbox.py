"""Reading mails before they go: afterwards the outbox forgets what they said."""

import re
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from civicfund.core.db import db
from civicfund.notifications.models import Message
from civicfund.notifications.rendering import render


def mails_to(address: str) -> list[Message]:
    """What was written to `address`, oldest first, with text."""
    found = db.session.scalars(
        select(Message).where(Message.recipient == address).order_by(Message.id)
    ).all()
    for message in found:
        db.session.expunge(message)
        with current_app.app_context():
            render(message)
    db.session.remove()
    return list(found)


def last_mail(address: str) -> Message:
    """The newest mail to `address`."""
    mails = mails_to(address)
    assert mails, f"no mail to {address}"
    return mails[-1]


def link_in(message: Message) -> str:
    """The first link of ours that carries a token, without scheme and host."""
    links = re.findall(r"http://localhost(/\S{12,})", message.body_text or "")
    assert links, message.body_text
    parts = urlsplit(links[0])
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
