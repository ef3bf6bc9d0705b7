"""Promising a message, and keeping the promise."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from civicfund.core import clock, queue
from civicfund.core.db import db
from civicfund.core.states import advance
from civicfund.notifications import queries
from civicfund.notifications.errors import MessageKeyReused
from civicfund.notifications.models import Message, MessageState

Deliver = Callable[[Message], None]
LAST_TRY = 8


def enqueue(
    *,
    to: str,
    template: str,
    context: dict[str, Any],
    key: str,
    locale: str = "ja",
    source: Any = None,
) -> int:
    """Keep a message in this transaction; it is sent after the commit. Returns its id.

    `key` names the occasion (`donors/thanks/42`): promising it again promises nothing new.
    Raises `MessageKeyReused` when the key was used for another address.
    """
    written: int | None = db.session.scalar(
        insert(Message)
        .values(
            key=key, recipient=to, template=template, context=context, locale=locale,
            source_kind=source.__tablename__ if source is not None else None,
            source_id=source.id if source is not None else None,
            state=MessageState.WAITING, created_at=clock.now(), tries=0,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Message.id)
    )  # fmt: skip
    if written is None:
        known = queries.message_by_key(key)
        assert known is not None
        if known.recipient != to:
            raise MessageKeyReused
        return known.id
    queue.defer("notifications.send", message_id=written)
    return written


def send(message_id: int, *, render: Callable[[Message], None], deliver: Deliver) -> bool:
    """Send a waiting message: write its text, hand it over, note it. True when it is done with.

    A mail server that takes the message and then fails to say so gets it twice: at least once is
    the promise, and the Message-ID stays the same so that readers' programs can tell.
    """
    message = queries.message_for_sending(message_id)
    if message is None:
        return True
    message.tries += 1
    try:
        render(message)
        deliver(message)
    except OSError as failure:
        message.last_error = f"{type(failure).__name__}: {failure}"
        if message.tries >= LAST_TRY:
            advance(message, to=MessageState.FAILED)
            return True
        return False
    if message.holds_secret:
        message.context, message.body_text, message.body_html = {}, None, None
    message.sent_at = clock.now()
    message.last_error = None
    advance(message, to=MessageState.SENT)
    return True


def send_again(message: Message) -> None:
    """Try a failed message once more."""
    advance(message, to=MessageState.WAITING)
    message.tries = 0
    queue.defer("notifications.send", message_id=message.id)
