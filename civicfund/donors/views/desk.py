"""The office's desk of gifts: finding one, and answering those who want their money back."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.core import audit_log
from civicfund.core.db import transaction
from civicfund.core.money import yen
from civicfund.donors import policy, queries, services
from civicfund.donors.forms import DecisionForm, GiftFilterForm, OfficeRefundForm
from civicfund.donors.models import Donation, DonationState, Method, RefundRequest, RefundState
from civicfund.donors.queries import GiftFilter
from civicfund.donors.standing import standing_of
from civicfund.donors.trace import timeline_of, way_of
from civicfund.donors.views.ground import bp
from civicfund.payments.models import Payment
from civicfund.web.csv_files import csv_response
from civicfund.web.filters import label
from civicfund.web.guards import requires
from civicfund.web.pagination import asked_page, paged


@bp.get("/desk/gifts")
@requires(policy.can_open_gift_desk)
def desk() -> ResponseReturnValue:
    """What waits for the office, and every gift."""
    form = GiftFilterForm(request.args)
    page = paged(queries.donations(_wanted(form)), number=asked_page())
    return render_template(
        "donors/desk.html",
        form=form,
        page=page,
        titles=queries.campaign_titles({gift.campaign_id for gift in page.items}),
        waiting=queries.refunds_waiting(),
        failed=queries.refunds_failed(),
        returns=len(queries.returns_to_transfer()),
        can_decide=policy.can_decide_refunds(current_user),
    )


@bp.get("/desk/gifts.csv")
@requires(policy.can_open_gift_desk)
def desk_csv() -> ResponseReturnValue:
    """The same list as a file; that it was taken is in the audit log."""
    gifts = queries.all_donations(_wanted(GiftFilterForm(request.args)))
    titles = queries.campaign_titles({gift.campaign_id for gift in gifts})
    rows = [
        (
            gift.reference, gift.started_at.isoformat(), titles[gift.campaign_id][0],
            gift.amount_yen, label(gift.method), label(gift.state), gift.donor.email,
            gift.donor_name, gift.pen_name, label(gift.publicity), gift.refunded_yen,
        )
        for gift in gifts
    ]  # fmt: skip
    header = [
        _("Number"), _("Begun"), _("Project"), _("Amount"), _("Paid by"), _("State"),
        _("E-mail"), _("Name"), _("Pen name"), _("Shown as"), _("Amount returned"),
    ]  # fmt: skip
    with transaction():
        audit_log.record(current_user, "export_gifts", current_user, after={"rows": len(rows)})
    return csv_file("gifts", header, rows)


@bp.get("/desk/gifts/<reference>")
@requires(policy.can_see_gift, load=queries.donation_by_reference)
def show(donation: Donation) -> ResponseReturnValue:
    """One gift as the office sees it."""
    return _gift_page(donation, OfficeRefundForm(formdata=None))


@bp.post("/desk/gifts/<reference>/refund")
@requires(policy.can_decide, load=queries.donation_by_reference)
def refund_by_office(donation: Donation) -> ResponseReturnValue:
    """The office returns a gift, all or a part, and says why."""
    form = OfficeRefundForm()
    if not form.validate_on_submit():
        return _gift_page(donation, form, status=422)
    request_made = form.attempt(
        lambda: services.refund_by_office(
            donation,
            by=current_user,
            amount=yen(form.amount.data or 0),
            reason=form.note.data or "",
        )
    )
    if request_made is None:
        return _gift_page(donation, form, status=409)
    flash(_("The refund is on its way. The donor was told."), "success")
    return redirect(url_for("donors.show", reference=donation.reference), 303)


@bp.route("/desk/gifts/refunds/<int:request_id>", methods=["GET", "POST"])
@requires(policy.can_decide, load=queries.refund_by_id)
def decide(refund: RefundRequest) -> ResponseReturnValue:
    """Answer a donor who wants the money back."""
    form = DecisionForm(data={"amount": refund.amount_yen})
    if form.validate_on_submit() and form.attempt(lambda: _decide(refund, form)):
        flash(_("Answered. The donor was told by e-mail."), "success")
        return redirect(url_for("donors.desk"), 303)
    page = render_template(
        "donors/decide.html",
        refund=refund,
        form=form,
        standing=standing_of(refund.donation),
        is_open=refund.state is RefundState.ASKED,
    )
    return page, 422 if form.is_submitted() else 200


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A list of people to save; no cache keeps it."""
    response = csv_response(name, [header, *rows])
    response.headers["Cache-Control"] = "no-store"
    return response


def _decide(refund: RefundRequest, form: DecisionForm) -> RefundRequest:
    note = form.note.data or ""
    if request.form.get("deed") == "decline":
        return services.decline_refund(refund, by=current_user, note=note)
    amount = yen(form.amount.data or refund.amount_yen)
    return services.grant_refund(refund, by=current_user, amount=amount, note=note)


def _gift_page(
    donation: Donation, form: OfficeRefundForm, *, status: int = 200
) -> ResponseReturnValue:
    shown: dict[str, Any] = {
        "donation": donation,
        "standing": standing_of(donation),
        "payments": [_payment_row(payment) for payment in queries.payments_of(donation)],
        "refunds": queries.refunds_of(donation),
        "items": timeline_of(way_of(donation)),
        "form": form,
        "can_decide": policy.can_decide_refunds(current_user),
    }
    return render_template("donors/show.html", **shown), status


def _payment_row(payment: Payment) -> dict[str, Any]:
    return {
        "id": payment.id,
        "url": url_for("payments.show", payment_id=payment.id),
        "at": payment.started_at,
        "purpose": label(payment.purpose),
        "amount": payment.amount_yen,
        "fee": payment.fee_yen,
        "state": (label(payment.state), payment.state.value),
    }


def _wanted(form: GiftFilterForm) -> GiftFilter:
    return GiftFilter(
        words=form.q.data or "",
        state=DonationState.of(form.state.data),
        method=Method.of(form.method.data),
    )
