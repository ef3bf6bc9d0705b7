"""The demo's mailbox: every message that a mail server would have taken, open to everyone.

`app.py` registers it in the demo only, where all people are invented.
"""

import email
import email.policy
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from civicfund.core.settings import setting
from civicfund.web.guards import found, public

bp = Blueprint("mailbox", __name__)
MOST = 100


@dataclass(frozen=True)
class Letter:
    """A message as it was sent."""

    number: int
    to: str
    subject: str
    text: str


@bp.get("/sandbox/mailbox")
@public
def index() -> ResponseReturnValue:
    """The newest messages first."""
    files = sorted(_folder().glob("*.eml"), reverse=True)[:MOST]
    return render_template("notifications/mailbox.html", letters=[_read(file) for file in files])


@bp.get("/sandbox/mailbox/<int:number>")
@public
def letter(number: int) -> ResponseReturnValue:
    """One message."""
    file = _folder() / f"{number:08d}.eml"
    read = _read(file) if file.exists() else None
    return render_template("notifications/letter.html", letter=found(read))


def _folder() -> Path:
    return Path(setting("INSTANCE")) / "mail"


def _read(file: Path) -> Letter:
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    body = mail.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return Letter(int(file.stem), str(mail["To"]), str(mail["Subject"]), text)
