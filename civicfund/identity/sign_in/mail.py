"""Flask-Security's mails leave through our outbox, kept in the deed's own transaction."""

import secrets
from typing import Any

from flask import after_this_request, has_request_context, request
from flask_babel import get_locale
from flask_security import MailUtil
from flask_security.utils import _view_commit

from civicfund.notifications import services as outbox

# What a template may know. Links are built there, from the site's own address: the address of
# the request is whatever the client says it is.
TOKENS = {
    "confirmation_token": "confirmation_token",
    "reset_token": "reset_token",
    "token": "token",
    "login_token": "code",
    "within": "within",
}


class OutboxMail(MailUtil):
    """Promises a message instead of sending it."""

    def send_mail(
        self,
        template: str,
        subject: str,  # noqa: ARG002  # the template's first line is the subject
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],  # noqa: ARG002
        body: str | None,  # noqa: ARG002
        html: str | None,  # noqa: ARG002
        **kwargs: Any,
    ) -> None:
        """Keep the message with the deed."""
        user: Any = kwargs.get("user")
        context = {ours: kwargs[name] for name, ours in TOKENS.items() if kwargs.get(name)}
        if user is not None:
            context |= {"name": user.name, "email": user.email}
        if kwargs.get("login_link"):
            context["link_id"] = user.fs_uniquifier
        if has_request_context():
            context["next"] = request.values.get("next", "")
            # Some of the library's views write nothing themselves and so do not commit.
            after_this_request(_view_commit)
        address = recipient if isinstance(recipient, str) else recipient[1]
        outbox.enqueue(
            to=address,
            template=template,
            context=context,
            locale=user.locale if address == getattr(user, "email", None) else str(get_locale()),
            key=f"{template}/{secrets.token_hex(12)}",
        )
