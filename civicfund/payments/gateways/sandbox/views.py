"""The sandbox's own pages: a hosted checkout, the card company's question, the shop's till."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from civicfund.core.db import transaction
from civicfund.core.settings import setting
from civicfund.payments.gateways.sandbox import hosted, queries
from civicfund.payments.gateways.sandbox.errors import CardDeclined, CheckoutClosed
from civicfund.payments.gateways.sandbox.forms import CardForm
from civicfund.payments.gateways.sandbox.models import CheckoutState, SandboxCheckout
from civicfund.web.guards import found, public

bp = Blueprint("sandbox", __name__, url_prefix="/sandbox")


@bp.before_request
def _only_where_no_real_money_moves() -> None:
    if setting("PRODUCTION") or "sandbox" not in setting("GATEWAYS"):
        abort(404)


@bp.get("/checkouts/<ref>")
@public
def checkout(ref: str) -> ResponseReturnValue:
    return _where_it_stands(found(queries.checkout_by_ref(ref)))


@bp.post("/checkouts/<ref>/card")
@public
def use_card(ref: str) -> ResponseReturnValue:
    opened = found(queries.checkout_by_ref(ref))
    if opened.state is not CheckoutState.OPEN or opened.method != "card":
        return redirect(url_for("sandbox.checkout", ref=ref))
    form = CardForm(mode=opened.mode)
    used = form.validate() and form.attempt(lambda: hosted.use_card(ref, form.chosen))
    if used and used.state is CheckoutState.OPEN:
        form.refuse(CardDeclined())
    if form.errors or not used:
        return render_template("payments/sandbox/card.html", checkout=opened, form=form), 422
    return _onwards(used)


@bp.route("/checkouts/<ref>/authentication", methods=["GET", "POST"])
@public
def authentication(ref: str) -> ResponseReturnValue:
    waiting = found(queries.checkout_by_ref(ref))
    if waiting.state is not CheckoutState.AUTHENTICATING:
        return redirect(url_for("sandbox.checkout", ref=ref))
    if request.method == "GET":
        return render_template("payments/sandbox/authentication.html", checkout=waiting)
    confirmed = request.form.get("answer") == "confirm"
    with transaction():
        answered = hosted.answer_authentication(ref, is_confirmed=confirmed)
    if not confirmed:
        flash(gettext("The card company did not confirm it was you. Nothing was charged."), "error")
    return _onwards(answered)


@bp.post("/checkouts/<ref>/voucher")
@public
def issue_voucher(ref: str) -> ResponseReturnValue:
    opened = found(queries.checkout_by_ref(ref))
    if opened.state is not CheckoutState.OPEN or opened.method != "konbini":
        return redirect(url_for("sandbox.checkout", ref=ref))
    with transaction():
        issued = hosted.issue_voucher(ref)
    return redirect(url_for("sandbox.voucher", number=issued.voucher_number))


@bp.get("/vouchers/<number>")
@public
def voucher(number: str) -> ResponseReturnValue:
    issued = found(queries.checkout_by_voucher(number))
    return render_template("payments/sandbox/voucher.html", checkout=issued)


@bp.post("/vouchers/<number>/<deed>")
@public
def play_shop(number: str, deed: str) -> ResponseReturnValue:
    issued = found(queries.checkout_by_voucher(number))
    deeds = {"pay": hosted.pay_at_shop, "expire": hosted.let_expire}
    if deed not in deeds:
        abort(404)
    try:
        with transaction():
            deeds[deed](issued.ref)
    except CheckoutClosed:
        flash(gettext("This voucher is no longer open. Nothing was changed."), "info")
    return redirect(url_for("sandbox.voucher", number=number))


def _where_it_stands(checkout: SandboxCheckout) -> ResponseReturnValue:
    if checkout.voucher_number is not None:
        return redirect(url_for("sandbox.voucher", number=checkout.voucher_number))
    if checkout.state is CheckoutState.AUTHENTICATING:
        return redirect(url_for("sandbox.authentication", ref=checkout.ref))
    if checkout.state is not CheckoutState.OPEN or checkout.is_over:
        return render_template("payments/sandbox/closed.html", checkout=checkout)
    if checkout.method == "konbini":
        return render_template("payments/sandbox/konbini.html", checkout=checkout)
    form = CardForm(mode=checkout.mode)
    return render_template("payments/sandbox/card.html", checkout=checkout, form=form)


def _onwards(checkout: SandboxCheckout) -> ResponseReturnValue:
    """Back to the fund once it is done, else to the page that comes next."""
    if checkout.state in {CheckoutState.PAID, CheckoutState.SAVED}:
        return redirect(checkout.return_url)
    return _where_it_stands(checkout)
