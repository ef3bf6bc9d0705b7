"""The desks of money: payments, the gateways' inbox, the bank's lines."""

import json
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from civicfund.core.db import transaction
from civicfund.core.enums import Labelled
from civicfund.payments import policy, queries, services
from civicfund.payments.forms import BankLineForm
from civicfund.payments.models import (
    BankLine,
    EventState,
    GatewayEvent,
    Payment,
    PaymentState,
    Payout,
)
from civicfund.web.guards import requires
from civicfund.web.pagination import asked_page, paged

Kind = TypeVar("Kind", bound=Labelled)

bp = Blueprint("payments", __name__)


@bp.get("/desk/payments")
@requires(policy.can_see_payments)
def index() -> ResponseReturnValue:
    state = _asked(PaymentState)
    page = paged(queries.payments(state), number=asked_page())
    return render_template(
        "payments/index.html", page=page, state=state, counts=queries.payment_counts(),
        failed_events=queries.event_counts()[EventState.FAILED],
    )  # fmt: skip


@bp.get("/desk/payments/<int:payment_id>")
@requires(policy.can_see, load=queries.payment_by_id)
def show(payment: Payment) -> ResponseReturnValue:
    return render_template(
        "payments/show.html",
        payment=payment,
        events=queries.events_of_payment(payment.id),
        refunds=queries.refunds_of_payment(payment.id),
        words=words,
    )


@bp.get("/desk/payments/events")
@requires(policy.can_see_payments)
def events() -> ResponseReturnValue:
    state = _asked(EventState)
    page = paged(queries.events(state), number=asked_page())
    return render_template(
        "payments/events.html", page=page, state=state, counts=queries.event_counts(), words=words
    )


@bp.get("/desk/payments/events/<int:event_id>")
@requires(policy.can_see, load=queries.event_by_id)
def show_event(event: GatewayEvent) -> ResponseReturnValue:
    return render_template(
        "payments/event.html",
        event=event,
        note=words(event),
        payload=json.dumps(event.payload, ensure_ascii=False, indent=2),
        may_handle=policy.can_act_on(current_user, event)
        and event.state in {EventState.FAILED, EventState.RECEIVED},
    )


@bp.post("/desk/payments/events/<int:event_id>/handle")
@requires(policy.can_act_on, load=queries.event_by_id)
def handle_event(event: GatewayEvent) -> ResponseReturnValue:
    with transaction():
        handled = services.handle_again(event, by=current_user)
        state, note = handled.state, words(handled)
    if state is EventState.FAILED:
        flash(gettext("It still cannot be handled: %(why)s", why=note), "error")
    else:
        flash(gettext("The event was handled."), "success")
    return redirect(url_for("payments.show_event", event_id=event.id))


@bp.get("/desk/payments/payouts")
@requires(policy.can_see_payments)
def payouts() -> ResponseReturnValue:
    page = paged(queries.payouts(), number=asked_page())
    columns = ("paid_on", "gateway", "gateway_ref", "amount_yen", "entry_id")
    payout_rows = [
        {column: getattr(item, column) for column in columns}
        | {"url": url_for("payments.payout", payout_id=item.id)}
        for item in page.items
    ]
    return render_template("payments/payouts.html", page=page, payout_rows=payout_rows)


@bp.get("/desk/payments/payouts/<int:payout_id>")
@requires(policy.can_see, load=queries.payout_by_id)
def payout(payout: Payout) -> ResponseReturnValue:
    return render_template("payments/payout.html", payout=payout)


@bp.get("/desk/bank/<int:line_id>")
@requires(policy.can_see, load=queries.bank_line_by_id)
def bank_line(line: BankLine) -> ResponseReturnValue:
    return render_template("payments/bank_line.html", line=line)


@bp.get("/desk/bank")
@requires(policy.can_see_payments)
def bank() -> ResponseReturnValue:
    only_open = request.args.get("open") == "1"
    page = paged(queries.bank_lines(only_open=only_open), number=asked_page(), size=50)
    may_enter = policy.can_act_on_payments(current_user)
    return render_template(
        "payments/bank.html", page=page, only_open=only_open, may_enter=may_enter
    )


@bp.route("/desk/bank/new", methods=["GET", "POST"])
@requires(policy.can_act_on_payments)
def enter_bank_line() -> ResponseReturnValue:
    form = BankLineForm()
    if not form.is_submitted():
        return render_template("payments/bank_line_new.html", form=form)
    line = form.validate() and form.attempt(lambda: _enter(form))
    if not line:
        return render_template("payments/bank_line_new.html", form=form), 422
    flash(gettext("The bank line was entered."), "success")
    return redirect(url_for("payments.bank"))


def words(event: GatewayEvent) -> str:
    """Why an event stands where it stands, in the language of the page."""
    if event.note is None:
        return ""
    places = {
        name: gettext(value) if isinstance(value, str) else value
        for name, value in (event.note_places or {}).items()
    }
    text = str(gettext(event.note))
    return text % places if places else text


def _enter(form: BankLineForm) -> BankLine:
    assert form.booked_on.data is not None, "validated"
    return services.record_bank_line(
        account_code=form.account_code.data,
        booked_on=form.booked_on.data,
        amount=form.signed_amount,
        counterparty=form.counterparty.data or "",
        reference=form.reference.data or "",
        by=current_user,
    )


def _asked(kind: type[Kind]) -> Kind | None:
    """`?state=` of the request; nonsense is no filter."""
    asked = request.args.get("state", "")
    return next((member for member in kind if member.value == asked), None)
