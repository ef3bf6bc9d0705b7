"""The desk of second signatures: everything that waits for another person."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.campaigns.progress import progress_of
from civicfund.grants import policy, services
from civicfund.grants.forms import WordsForm
from civicfund.grants.models import Award, AwardState, DisbursementState, PayeeState
from civicfund.grants.queries import awards, disbursements, payees
from civicfund.grants.views.ground import bp
from civicfund.identity.queries import names_of_users
from civicfund.ledger import queries as book
from civicfund.web.guards import requires


@bp.get("/desk/approvals")
@requires(policy.can_open_approvals)
def approvals() -> ResponseReturnValue:
    """Payments, accounts and awards far over target, the oldest first."""
    prepared = disbursements.disbursements_in(DisbursementState.PREPARED)
    accounts = payees.accounts_in(PayeeState.CHECKED)
    people = {row.prepared_by_id for row in prepared} | {row.checked_by_id for row in accounts}
    return render_template(
        "grants/approvals.html",
        disbursements=prepared,
        accounts=accounts,
        awards=awards.awards_to_accept(),
        names=names_of_users(person for person in people if person is not None),
    )


@bp.route("/desk/approvals/awards/<reference>", methods=["GET", "POST"])
@requires(policy.can_sign_award, load=awards.award_by_reference)
def accept_award(award: Award) -> ResponseReturnValue:
    """Let a sum far over target go to the project, with a reason."""
    form = WordsForm()
    if form.validate_on_submit() and form.attempt(
        lambda: services.accept_over_target(award, by=current_user, reason=form.reason.data or "")
    ):
        flash(_("Accepted. The award is booked and the organisation gets an e-mail."), "success")
        return redirect(url_for("grants.approvals"))
    status = 422 if request.method == "POST" else 200
    page = render_template(
        "grants/accept_award.html",
        award=award,
        form=form,
        progress=progress_of([award.campaign])[award.campaign_id],
        held=book.available_in(award.fund_id),
        is_open=award.state is AwardState.PROPOSED,
    )
    return page, status
