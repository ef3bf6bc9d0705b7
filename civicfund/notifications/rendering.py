"""From a template and its context to the text of a mail."""

from flask import current_app, has_request_context, render_template
from flask_babel import force_locale
from jinja2 import TemplateNotFound

from civicfund.notifications.models import Message


def render(message: Message) -> None:
    """Fill in subject and bodies. The first line of the `.txt` template is the subject."""
    if message.body_text is not None:
        return
    if has_request_context():
        _render(message)
        return
    with current_app.test_request_context(base_url=current_app.config["SITE_URL"]):
        _render(message)


def _render(message: Message) -> None:
    with force_locale(message.locale):
        text = render_template(f"emails/{message.template}.txt", **message.context).strip()
        subject, _, body = text.partition("\n")
        message.subject = " ".join(subject.split())
        message.body_text = body.strip() + "\n"
        try:
            message.body_html = render_template(
                f"emails/{message.template}.html", subject=message.subject, **message.context
            )
        except TemplateNotFound as missing:
            if missing.name != f"emails/{message.template}.html":
                raise
