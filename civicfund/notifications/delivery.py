"""Handing a message to a mail server, or to a folder where there is none."""

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from civicfund.core.settings import setting
from civicfund.notifications.models import Message


def as_mail(message: Message) -> EmailMessage:
    """The message as RFC 5322 has it."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = message.subject or ""
    mail["From"] = setting("MAIL_DEFAULT_SENDER")
    mail["To"] = message.recipient
    mail["Message-ID"] = f"<outbox-{message.id}@{setting('MAIL_DEFAULT_SENDER').split('@')[-1]}>"
    mail["Date"] = message.created_at
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.locale
    mail.set_content(message.body_text or "")
    if message.body_html:
        mail.add_alternative(message.body_html, subtype="html")
    return mail


def by_smtp(message: Message) -> None:
    """Hand it to the mail server of the settings. Raises OSError when that fails."""
    with smtplib.SMTP(setting("MAIL_SERVER"), setting("MAIL_PORT"), timeout=30) as server:
        if setting("MAIL_USE_TLS"):
            server.starttls()
        if setting("MAIL_USERNAME"):
            server.login(setting("MAIL_USERNAME"), setting("MAIL_PASSWORD"))
        server.send_message(as_mail(message))


def to_folder(message: Message) -> None:
    """Without a mail server: a file under the instance folder, for demo and development."""
    folder = Path(setting("INSTANCE")) / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{message.id:08d}.eml").write_bytes(as_mail(message).as_bytes())


def way_out() -> Callable[[Message], None]:
    """How messages leave this house."""
    return by_smtp if setting("MAIL_SERVER") else to_folder
