"""A gift's own pages: thank you, follow my yen, pay again, cancel, ask for the money back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from civicfund.campaigns import queries as campaigns
from civicfund.core.db import transaction
from civicfund.core.errors import DomainError
from civicfund.donors import queries, services
from civicfund.donors.forms import AccountForm, RefundForm, account_of
from civicfund.donors.links import gift_by_token
from civicfund.donors.models import Donation
from civicfund.donors.standing import needs_account, refusal_of_refund, standing_of
from civicfund.donors.trace import timeline_of, way_of
from civicfund.donors.views.give import go_to_payment
from civicfund.donors.views.ground import bp
from civicfund.web.errors import words_of
from civicfund.web.forms import BaseForm
from civicfund.web.guards import found, public
from civicfund.web.limits import limiter


@bp.get("/gifts/<token>/thanks")
@public
def thanks(token: str) -> ResponseReturnValue:
    """Back from the payment page: the number of the gift, and how it honestly stands."""
    donation = gift_by_token(token)
    fragment = request.headers.get("HX-Request") == "true"
    template = "donors/_standing.html" if fragment else "donors/thanks.html"
    standing = standing_of(donation, was_left="left" in request.args)
    return render_template(template, token=token, donation=donation, standing=standing)


@bp.get("/gifts/<token>")
@public
def gift(token: str) -> ResponseReturnValue:
    """Follow my yen: the whole way of one gift, and what its donor can do."""
    donation = gift_by_token(token)
    return render_template(
        "donors/gift.html",
        token=token,
        donation=donation,
        standing=standing_of(donation),
        items=timeline_of(way_of(donation)),
        why_no_refund=_why_no_refund(donation),
        refundable_until=services.refundable_until(donation) if donation.paid_at else None,
        needs_account=needs_account(donation),
    )


@bp.post("/gifts/<token>/retry")
@limiter.limit("20 per minute")
@public
def retry(token: str) -> ResponseReturnValue:
    """Pay again, or give another card, without typing again."""
    donation = gift_by_token(token)
    campaign = found(campaigns.campaign_by_id(donation.campaign_id))
    try:
        with transaction():
            services.try_again(donation, campaign)
    except DomainError as refusal:
        flash(words_of(refusal), "error")
        return redirect(url_for("donors.gift", token=token), 303)
    return go_to_payment(donation)


@bp.route("/gifts/<token>/cancel", methods=["GET", "POST"])
@public
def cancel(token: str) -> ResponseReturnValue:
    """Take back a gift that has not been paid."""
    donation = gift_by_token(token)
    form = BaseForm()
    if form.validate_on_submit():
        try:
            with transaction():
                services.cancel_donation(donation)
        except DomainError as refusal:
            flash(words_of(refusal), "error")
        else:
            flash(_("Your gift is cancelled. Nothing was taken from you."), "success")
        return redirect(url_for("donors.gift", token=token), 303)
    return render_template("donors/cancel.html", token=token, donation=donation, form=form)


@bp.route("/gifts/<token>/refund", methods=["GET", "POST"])
@public
def refund(token: str) -> ResponseReturnValue:
    """Ask for the money back while the policy allows."""
    donation = gift_by_token(token)
    form = RefundForm()
    payment = queries.payment_of(donation)
    asks_account = payment is not None and not payment.can_be_sent_back
    if form.validate_on_submit() and _ask_back(donation, form, asks_account=asks_account):
        flash(_("We have your request. The office will answer by e-mail."), "success")
        return redirect(url_for("donors.gift", token=token), 303)
    status = 422 if form.is_submitted() else 200
    page = render_template(
        "donors/refund.html",
        token=token,
        donation=donation,
        form=form,
        asks_account=asks_account,
        why_no_refund=_why_no_refund(donation),
    )
    return page, status


@bp.route("/gifts/<token>/account", methods=["GET", "POST"])
@public
def account(token: str) -> ResponseReturnValue:
    """Tell where money is to be returned that cannot go back the way it came."""
    donation = gift_by_token(token)
    form = AccountForm()
    named = form.account() if form.validate_on_submit() else None
    if named and form.attempt(lambda: services.name_account(donation, named)) is not None:
        flash(_("Thank you. We will transfer the money to this account."), "success")
        return redirect(url_for("donors.gift", token=token), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("donors/account.html", token=token, donation=donation, form=form), status


def _why_no_refund(donation: Donation) -> str | None:
    refusal = refusal_of_refund(donation)
    return words_of(refusal) if refusal is not None else None


def _ask_back(donation: Donation, form: RefundForm, *, asks_account: bool) -> bool:
    account = account_of(form) if asks_account else None
    if asks_account and account is None:
        return False
    asked = form.attempt(
        lambda: services.request_refund(donation, reason=form.reason.data or "", account=account)
    )
    return asked is not None
