"""Finding messages."""

from typing import Any

from sqlalchemy import Select, select

from civicfund.core.db import db
from civicfund.notifications.models import Message, MessageState


def message_by_id(message_id: int) -> Message | None:
    """One message."""
    return db.session.get(Message, message_id)


def message_for_sending(message_id: int) -> Message | None:
    """The message, locked, if it still has to go; None when another worker has it or it went."""
    return db.session.scalar(
        select(Message)
        .where(Message.id == message_id, Message.state != MessageState.SENT)
        .with_for_update(skip_locked=True)
    )


def message_by_key(key: str) -> Message | None:
    """The message that was promised under `key`."""
    return db.session.scalar(select(Message).where(Message.key == key))


def messages(*, state: MessageState | None = None, recipient: str = "") -> Select[Any]:
    """Newest first, for the desk."""
    statement = select(Message).order_by(Message.id.desc())
    if state is not None:
        statement = statement.where(Message.state == state)
    if recipient:
        statement = statement.where(Message.recipient.icontains(recipient, autoescape=True))
    return statement


def messages_of(source_kind: str, source_id: int) -> list[Message]:
    """What was written about one row, oldest first."""
    return list(
        db.session.scalars(
            select(Message)
            .where(Message.source_kind == source_kind, Message.source_id == source_id)
            .order_by(Message.id)
        )
    )
