"""The office reads a report beside its receipts."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.grants import policy, report_rules, services
from civicfund.grants.forms import DecisionForm
from civicfund.grants.models import Award, ReportState
from civicfund.grants.queries import awards, reports
from civicfund.grants.summary import summary_of
from civicfund.grants.views.ground import bp
from civicfund.identity.queries import names_of_users
from civicfund.web.guards import found, requires


@bp.route("/desk/grants/<reference>/report", methods=["GET", "POST"])
@requires(policy.can_see_award, load=awards.award_by_reference)
def report(award: Award) -> ResponseReturnValue:
    """Read it; accept it, or ask for changes."""
    if request.method == "POST":
        return _decide(award)
    return _page(award, DecisionForm(formdata=None)), 200


def _decide(award: Award) -> ResponseReturnValue:
    reference, form = award.reference, DecisionForm()
    filed = found(reports.report_of(award.id))
    if not form.validate_on_submit():
        return _page(award, form), 422
    if form.decision.data == "accept":
        done = form.attempt(lambda: services.accept_report(filed, by=current_user))
        words = _("Accepted. The campaign is completed, and donors can see the receipts now.")
    else:
        notes = form.reason.data or ""
        done = form.attempt(lambda: services.ask_for_changes(filed, by=current_user, notes=notes))
        words = _("Sent back with your notes.")
    if not done:
        return _page(award, form), 422
    flash(words, "success")
    return redirect(url_for("grants.show", reference=reference))


def _page(award: Award, form: DecisionForm) -> str:
    summary = summary_of(award)
    filed = found(summary.report)
    organisation = award.organisation
    elsewhere = dict(reports.files_used_elsewhere(filed.id))
    hints = report_rules.hints(
        filed, names=(organisation.name_ja, organisation.name_en), used_elsewhere=elsewhere
    )
    hints_of: dict[int, list[str]] = {}
    for hint in hints:
        hints_of.setdefault(hint.evidence_id, []).append(_(hint.message))
    people = (filed.submitted_by_id, filed.accepted_by_id)
    return render_template(
        "grants/report.html",
        award=award,
        summary=summary,
        report=filed,
        form=form,
        hints_of=hints_of,
        names=names_of_users(person for person in people if person is not None),
        may_decide=filed.state is ReportState.SUBMITTED
        and policy.can_work_on_award(current_user, award),
    )
