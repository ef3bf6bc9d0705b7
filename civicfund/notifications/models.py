"""Messages, from the moment a deed promised them until the mail server took them."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_


class MessageState(Labelled):
    """Where a message is."""

    WAITING = "waiting", N_("Waiting to be sent")
    SENT = "sent", N_("Sent")
    FAILED = "failed", N_("Could not be sent")


class Message(Numbered):
    """One message to one address. What was sent is kept as it was sent."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_state", "state", "id"),
        Index("ix_outbox_messages_source", "source_kind", "source_id"),
    )
    MOVES: ClassVar[dict[Labelled, frozenset[Labelled]]] = {
        MessageState.WAITING: frozenset({MessageState.SENT, MessageState.FAILED}),
        MessageState.FAILED: frozenset({MessageState.WAITING, MessageState.SENT}),
    }

    @property
    def holds_secret(self) -> bool:
        """Does it carry a key to somebody's account, which nobody else may read?"""
        return self.template.startswith("identity/")

    key: Mapped[str] = mapped_column(String(200), unique=True)
    recipient: Mapped[str] = mapped_column(String(320))
    template: Mapped[str] = mapped_column(String(100))
    context: Mapped[dict[str, Any]] = mapped_column(JSONB)
    locale: Mapped[str] = mapped_column(String(5))
    source_kind: Mapped[str | None] = mapped_column(String(60))
    source_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[MessageState] = mapped_column(enum_type(MessageState))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    body_text: Mapped[str | None] = mapped_column(Text)
    body_html: Mapped[str | None] = mapped_column(Text)
