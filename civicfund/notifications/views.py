"""The outbox as the office sees it: what went to whom, and what did not."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from civicfund.core.db import transaction
from civicfund.notifications import policy, queries, services
from civicfund.notifications.models import Message, MessageState
from civicfund.web.forms import BaseForm
from civicfund.web.guards import requires
from civicfund.web.pagination import asked_page, paged

bp = Blueprint("notifications", __name__)


@bp.get("/desk/outbox")
@requires(policy.can_see_outbox)
def outbox() -> ResponseReturnValue:
    """All messages, newest first."""
    state = MessageState.of(request.args.get("state"))
    recipient = request.args.get("to", "").strip()
    page = paged(queries.messages(state=state, recipient=recipient), number=asked_page())
    return render_template(
        "notifications/outbox.html",
        page=page,
        state=state,
        recipient=recipient,
        states=list(MessageState),
        form=BaseForm(),
    )


@bp.get("/desk/outbox/<int:message_id>")
@requires(lambda user, _message: policy.can_see_outbox(user), load=queries.message_by_id)
def message(message: Message) -> ResponseReturnValue:
    """One message as it went out."""
    return render_template("notifications/message.html", message=message, form=BaseForm())


@bp.post("/desk/outbox/<int:message_id>/again")
@requires(lambda user, _message: policy.can_see_outbox(user), load=queries.message_by_id)
def send_again(message: Message) -> ResponseReturnValue:
    """Try a failed message once more."""
    with transaction():
        services.send_again(message)
    return redirect(url_for("notifications.message", message_id=message.id))
