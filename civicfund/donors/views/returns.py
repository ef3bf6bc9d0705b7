"""Money that goes back by bank transfer: the list for the bank, and its confirmation."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.core import audit_log
from civicfund.core.db import transaction
from civicfund.donors import policy, queries, services
from civicfund.donors.forms import AccountForm, ReturnedForm
from civicfund.donors.models import RefundRequest
from civicfund.donors.views.desk import csv_file
from civicfund.donors.views.ground import bp
from civicfund.payments import queries as payments
from civicfund.web.filters import day, money
from civicfund.web.guards import found, requires


@bp.get("/desk/gifts/returns")
@requires(policy.can_open_gift_desk)
def returns() -> ResponseReturnValue:
    """What is to be transferred, the oldest first."""
    return render_template(
        "donors/returns.html",
        returns=queries.returns_to_transfer(),
        can_decide=policy.can_decide_refunds(current_user),
    )


@bp.get("/desk/gifts/returns.csv")
@requires(policy.can_decide_refunds)
def returns_csv() -> ResponseReturnValue:
    """For the bank: to whom how much; gifts whose account is not known are left out."""
    ready = [known for known in queries.returns_to_transfer() if known.donation.refund_account]
    rows = [
        (
            known.donation.reference, *(known.donation.refund_account or {}).values(),
            known.amount_yen,
        )
        for known in ready
    ]  # fmt: skip
    header = [_("Number"), _("Bank"), _("Branch"), _("Kind"), _("Account number"),
              _("Account holder"), _("Amount")]  # fmt: skip
    with transaction():
        for known in ready:
            audit_log.record(current_user, "export_return", known)
    return csv_file("returns", header, rows)


@bp.route("/desk/gifts/returns/<int:request_id>", methods=["GET", "POST"])
@requires(policy.can_decide, load=queries.refund_by_id)
def confirm_return(refund: RefundRequest) -> ResponseReturnValue:
    """The bank's line shows that the money went out."""
    form = ReturnedForm()
    lines = payments.open_bank_lines(amount_yen=-refund.amount_yen)
    form.bank_line.choices = [
        (line.id, f"{day(line.booked_on)} {money(line.amount_yen)} {line.counterparty}")
        for line in lines
    ]
    if form.validate_on_submit():
        line = found(payments.bank_line_by_id(form.bank_line.data))
        if form.attempt(lambda: services.mark_returned(refund, line=line, by=current_user)):
            flash(_("Confirmed. The donor was told."), "success")
            return redirect(url_for("donors.returns"), 303)
    page = render_template("donors/confirm_return.html", refund=refund, form=form, lines=lines)
    return page, 422 if form.is_submitted() else 200


@bp.route("/desk/gifts/returns/<int:request_id>/account", methods=["GET", "POST"])
@requires(policy.can_decide, load=queries.refund_by_id)
def return_by_bank(refund: RefundRequest) -> ResponseReturnValue:
    """The account that the donor told the office, or another way for what a card refused."""
    form = AccountForm(data=refund.donation.refund_account or {})
    named = form.account() if form.validate_on_submit() else None
    if named and form.attempt(
        lambda: services.send_by_bank(refund, by=current_user, account=named)
    ):
        flash(_("The return stands on the list for the bank now."), "success")
        return redirect(url_for("donors.returns"), 303)
    page = render_template("donors/return_account.html", refund=refund, form=form)
    return page, 422 if form.is_submitted() else 200
