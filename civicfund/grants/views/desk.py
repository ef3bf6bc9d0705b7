"""The payments desk of the office: awards, and what waits."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.grants import policy, services
from civicfund.grants.forms import LineForm
from civicfund.grants.models import Award, DisbursementState, PayeeState, ReportState
from civicfund.grants.queries import awards, disbursements, payees, reports
from civicfund.grants.summary import summaries_of, summary_of
from civicfund.grants.views.ground import bp
from civicfund.identity.queries import names_of_users
from civicfund.payments.queries import open_bank_lines
from civicfund.web.guards import requires
from civicfund.web.pagination import asked_page, paged


@bp.get("/desk/grants")
@requires(policy.can_open_desk)
def desk() -> ResponseReturnValue:
    """What waits for the office, oldest first, and every award."""
    page = paged(awards.awards_newest_first(), number=asked_page())
    return render_template(
        "grants/desk.html",
        page=page,
        summaries=summaries_of(page.items),
        accounts=payees.accounts_in(PayeeState.PROPOSED),
        to_bank=disbursements.disbursements_in(DisbursementState.APPROVED),
        to_confirm=disbursements.disbursements_in(DisbursementState.EXPORTED),
        reports=reports.reports_in(ReportState.SUBMITTED),
        to_get_back=awards.awards_to_get_back(),
    )


@bp.get("/desk/grants/<reference>")
@requires(policy.can_see_award, load=awards.award_by_reference)
def show(award: Award) -> ResponseReturnValue:
    """One award: its sums, its instalments, its report, its account."""
    summary = summary_of(award)
    people = {award.accepted_by_id, award.agreed_by_id} | {
        person
        for row in summary.disbursements
        for person in (row.prepared_by_id, row.approved_by_id)
    }
    return render_template(
        "grants/award.html",
        award=award,
        summary=summary,
        account=payees.account_in_use(award.organisation_id),
        proposal=payees.proposal_of(award.organisation_id),
        names=names_of_users(person for person in people if person is not None),
        may_work=policy.can_work_on_award(current_user, award),
        may_pay=award.state in services.disbursements.PAYABLE,
    )


@bp.route("/desk/grants/<reference>/returned-money", methods=["GET", "POST"])
@requires(policy.can_work_on_award, load=awards.award_by_reference)
def returned_money(award: Award) -> ResponseReturnValue:
    """Unused money is back: choose the bank's line."""
    reference = award.reference
    form = LineForm()
    lines = open_bank_lines(amount_yen=award.to_return_yen)
    form.offer(lines)
    if form.validate_on_submit():
        chosen = {line.id: line for line in lines}[form.bank_line.data]
        done = form.attempt(
            lambda: services.record_returned_money(award, line=chosen, by=current_user)
        )
        if done:
            flash(_("The returned money is booked."), "success")
            return redirect(url_for("grants.show", reference=reference))
    status = 422 if request.method == "POST" else 200
    page = render_template("grants/returned_money.html", award=award, form=form, lines=lines)
    return page, status
