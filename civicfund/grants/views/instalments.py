"""Instalments: prepared by the office, signed by an approver, confirmed by the bank's line."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.core.money import yen
from civicfund.grants import policy, services
from civicfund.grants.forms import DisbursementForm, PaidForm, ReturnedForm, WordsForm
from civicfund.grants.models import Award, Disbursement
from civicfund.grants.queries import awards, payees
from civicfund.grants.queries.disbursements import disbursement_by_id
from civicfund.grants.services.bank_lines import MOST_FEE_YEN
from civicfund.grants.summary import summary_of
from civicfund.grants.views.ground import bp
from civicfund.identity.queries import names_of_users
from civicfund.payments.queries import open_bank_lines
from civicfund.web.forms import BaseForm
from civicfund.web.guards import requires


@bp.route("/desk/grants/<reference>/instalments/new", methods=["GET", "POST"])
@requires(policy.can_work_on_award, load=awards.award_by_reference)
def prepare(award: Award) -> ResponseReturnValue:
    """Prepare an instalment for the organisation's account."""
    reference = award.reference
    form = DisbursementForm()
    if form.validate_on_submit():
        prepared = form.attempt(
            lambda: services.prepare_disbursement(
                award,
                amount=yen(form.amount.data),
                purpose=form.purpose.data or "",
                by=current_user,
                form_key=form.form_key.data or "",
            )
        )
        if prepared is not None:
            flash(_("Prepared. Another person with the approver role must sign it now."), "success")
            return redirect(url_for("grants.show", reference=reference))
    status = 422 if request.method == "POST" else 200
    page = render_template(
        "grants/prepare.html",
        award=award,
        form=form,
        summary=summary_of(award),
        account=payees.account_in_use(award.organisation_id),
    )
    return page, status


@bp.get("/desk/grants/instalments/<int:disbursement_id>")
@requires(policy.can_see_disbursement, load=disbursement_by_id)
def instalment(disbursement: Disbursement) -> ResponseReturnValue:
    """One instalment with its signatures, and the next deed."""
    return _page(disbursement, BaseForm())


@bp.post("/desk/grants/instalments/<int:disbursement_id>/approve")
@requires(policy.can_sign_disbursement, load=disbursement_by_id)
def approve(disbursement: Disbursement) -> ResponseReturnValue:
    """The second signature."""
    return _sign(
        disbursement,
        lambda: services.approve_disbursement(disbursement, by=current_user),
        _("Signed. The office can give it to the bank now."),
        go_to=url_for("grants.approvals"),
    )


@bp.post("/desk/grants/instalments/<int:disbursement_id>/export")
@requires(policy.can_work_on_disbursement, load=disbursement_by_id)
def export(disbursement: Disbursement) -> ResponseReturnValue:
    """It was given to the bank."""
    return _sign(
        disbursement,
        lambda: services.mark_exported(disbursement, by=current_user),
        _("Noted. Confirm it when the bank statement shows it."),
        go_to=url_for("grants.instalment", disbursement_id=disbursement.id),
    )


@bp.route("/desk/grants/instalments/<int:disbursement_id>/paid", methods=["GET", "POST"])
@requires(policy.can_work_on_disbursement, load=disbursement_by_id)
def paid(disbursement: Disbursement) -> ResponseReturnValue:
    """Confirm it by the bank's line."""
    number, form = disbursement.id, PaidForm()
    lines = open_bank_lines(amount_yen=-disbursement.amount_yen)
    fees = [line for line in open_bank_lines() if -MOST_FEE_YEN <= line.amount_yen < 0]
    known = {line.id: line for line in [*fees, *lines]}
    form.offer(lines)
    form.offer_fees(fees)
    if form.validate_on_submit():
        done = form.attempt(
            lambda: services.mark_paid(
                disbursement,
                line=known[form.bank_line.data],
                fee_line=known.get(form.fee_line.data),
                by=current_user,
            )
        )
        if done:
            flash(_("Paid and booked. The organisation gets an e-mail."), "success")
            return redirect(url_for("grants.instalment", disbursement_id=number))
    status = 422 if request.method == "POST" else 200
    page = render_template("grants/paid.html", disbursement=disbursement, form=form, lines=lines)
    return page, status


@bp.route("/desk/grants/instalments/<int:disbursement_id>/returned", methods=["GET", "POST"])
@requires(policy.can_work_on_disbursement, load=disbursement_by_id)
def returned(disbursement: Disbursement) -> ResponseReturnValue:
    """The bank sent it back."""
    number, form = disbursement.id, ReturnedForm()
    lines = open_bank_lines(amount_yen=disbursement.amount_yen)
    known = {line.id: line for line in lines}
    form.offer(lines)
    if form.validate_on_submit():
        done = form.attempt(
            lambda: services.mark_returned(
                disbursement,
                line=known[form.bank_line.data],
                reason=form.reason.data or "",
                by=current_user,
            )
        )
        if done:
            flash(_("Booked as sent back. The award has room for it again."), "success")
            return redirect(url_for("grants.instalment", disbursement_id=number))
    status = 422 if request.method == "POST" else 200
    page = render_template(
        "grants/returned.html", disbursement=disbursement, form=form, lines=lines
    )
    return page, status


@bp.route("/desk/grants/instalments/<int:disbursement_id>/withdraw", methods=["GET", "POST"])
@requires(policy.can_withdraw, load=disbursement_by_id)
def withdraw(disbursement: Disbursement) -> ResponseReturnValue:
    """Stop it before the bank has it, with a reason."""
    number, form = disbursement.id, WordsForm()
    if form.validate_on_submit():
        done = form.attempt(
            lambda: services.withdraw_disbursement(
                disbursement, by=current_user, reason=form.reason.data or ""
            )
        )
        if done:
            flash(_("Withdrawn. Nothing was paid."), "success")
            return redirect(url_for("grants.instalment", disbursement_id=number))
    status = 422 if request.method == "POST" else 200
    return render_template("grants/withdraw.html", disbursement=disbursement, form=form), status


def _sign(
    disbursement: Disbursement, deed: Callable[[], Disbursement], words: str, *, go_to: str
) -> ResponseReturnValue:
    """A deed of one button; its refusal stands above the page that it was pressed on."""
    form = BaseForm()
    if form.validate_on_submit() and form.attempt(deed):
        flash(words, "success")
        return redirect(go_to)
    return _page(disbursement, form), 422


def _page(disbursement: Disbursement, form: BaseForm) -> str:
    people = (
        disbursement.prepared_by_id,
        disbursement.approved_by_id,
        disbursement.exported_by_id,
        disbursement.closed_by_id,
    )
    return render_template(
        "grants/instalment.html",
        disbursement=disbursement,
        form=form,
        summary=summary_of(disbursement.award),
        names=names_of_users(person for person in people if person is not None),
        may_work=policy.can_work_on_disbursement(current_user, disbursement),
        may_sign=policy.can_sign_disbursement(current_user, disbursement),
        is_mine=disbursement.prepared_by_id == current_user.id,
    )
