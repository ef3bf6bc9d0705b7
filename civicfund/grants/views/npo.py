"""The organisation's pages: its awards, its bank account, its report with receipts."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.grants import policy, report_rules, services
from civicfund.grants.errors import ReportHasFaults
from civicfund.grants.forms import AccountForm, EvidenceForm, ReportForm, ReportLineForms
from civicfund.grants.models import Award, Report, ReportEvidence, ReportLine
from civicfund.grants.queries import awards, payees, reports
from civicfund.grants.summary import summaries_of, summary_of
from civicfund.grants.views.ground import bp
from civicfund.identity.models import Organisation
from civicfund.identity.queries import names_of_users, organisation_by_slug, organisations_of
from civicfund.web.forms import BaseForm
from civicfund.web.guards import found, requires


@bp.get("/desk/npo/awards")
@requires(policy.can_open_npo_awards)
def npo_awards() -> ResponseReturnValue:
    """What my organisations were granted, and where the money is sent."""
    mine = organisations_of(current_user)
    return render_template(
        "grants/npo_awards.html",
        summaries=summaries_of(awards.awards_of_organisations([one.id for one in mine])),
        accounts=[(one, payees.account_in_use(one.id), payees.proposal_of(one.id)) for one in mine],
    )


@bp.get("/desk/npo/awards/<reference>")
@requires(policy.can_write_for, load=awards.award_by_reference)
def npo_award(award: Award) -> ResponseReturnValue:
    """One award: the decision, the instalments, what to do next."""
    return _award_page(award, BaseForm())


@bp.post("/desk/npo/awards/<reference>/agree")
@requires(policy.can_write_for, load=awards.award_by_reference)
def agree(award: Award) -> ResponseReturnValue:
    """Take the money under the terms of the award."""
    reference, form = award.reference, BaseForm()
    if form.validate_on_submit() and form.attempt(
        lambda: services.agree_to_award(award, by=current_user)
    ):
        flash(_("Thank you. The fund can prepare the first instalment now."), "success")
        return redirect(url_for("grants.npo_award", reference=reference))
    return _award_page(award, form), 422


@bp.route("/desk/npo/awards/bank-account/<slug>", methods=["GET", "POST"])
@requires(policy.can_propose_account, load=organisation_by_slug)
def propose_account(organisation: Organisation) -> ResponseReturnValue:
    """Where our money should be sent."""
    form = AccountForm()
    if form.validate_on_submit() and form.attempt(
        lambda: services.propose_account(organisation, by=current_user, words=form.words)
    ):
        flash(_("Proposed. The office checks it and an approver confirms it."), "success")
        return redirect(url_for("grants.npo_awards"))
    status = 422 if request.method == "POST" else 200
    page = render_template(
        "grants/account_form.html",
        organisation=organisation,
        form=form,
        used=payees.account_in_use(organisation.id),
        proposal=payees.proposal_of(organisation.id),
        past=payees.accounts_of(organisation.id),
    )
    return page, status


@bp.route("/desk/npo/awards/<reference>/report", methods=["GET", "POST"])
@requires(policy.can_write_for, load=awards.award_by_reference)
def npo_report(award: Award) -> ResponseReturnValue:
    """Write the report: save a draft, or file it."""
    report = found(reports.report_of(award.id))
    if request.method == "POST":
        return _save(award, report)
    form = ReportForm(formdata=None, obj=report)
    return _report_page(award, form, ReportLineForms(report, sent=False)), 200


@bp.route("/desk/npo/awards/lines/<int:line_id>/receipts/new", methods=["GET", "POST"])
@requires(policy.can_write_line, load=reports.line_by_id)
def add_receipt(line: ReportLine) -> ResponseReturnValue:
    """Put a receipt under a line of the budget."""
    award = line.report.award
    reference, line_id = award.reference, line.id
    form = EvidenceForm()
    if request.method == "GET":
        form.addressee.data = award.organisation.name_ja
    elif form.validate():
        upload = form.file.data
        if form.attempt(
            lambda: services.add_evidence(
                line, by=current_user, upload=upload.stream, name=upload.filename or "",
                words=form.words,
            )
        ):  # fmt: skip
            flash(_("The receipt is saved."), "success")
            return redirect(url_for("grants.npo_report", reference=reference) + f"#line-{line_id}")
    status = 422 if request.method == "POST" else 200
    page = render_template("grants/receipt_form.html", award=award, line=line, form=form)
    return page, status


@bp.post("/desk/npo/awards/receipts/<int:evidence_id>/remove")
@requires(policy.can_remove_evidence, load=reports.evidence_by_id)
def remove_receipt(evidence: ReportEvidence) -> ResponseReturnValue:
    """Take a receipt out again."""
    award, line_id = evidence.line.report.award, evidence.report_line_id
    reference, report = award.reference, evidence.line.report
    form = BaseForm()
    if form.validate_on_submit() and form.attempt(
        lambda: services.remove_evidence(evidence, by=current_user)
    ):
        flash(_("The receipt is taken out."), "success")
        return redirect(url_for("grants.npo_report", reference=reference) + f"#line-{line_id}")
    shown = ReportForm(formdata=None, obj=report)
    shown.form_errors = form.form_errors
    return _report_page(award, shown, ReportLineForms(report, sent=False)), 422


def _save(award: Award, report: Report) -> ResponseReturnValue:
    reference = award.reference
    form, lines = ReportForm(), ReportLineForms(report, sent=True)
    is_whole = form.validate()
    if not lines.validate() or not is_whole:
        return _report_page(award, form, lines), 422
    saved = form.attempt(
        lambda: services.save_report(
            report,
            by=current_user,
            narrative=form.narrative.data or "",
            lines=lines.words,
            version=form.seen_version,
        )
    )
    if saved is None:
        # Whoever has read that somebody else saved meanwhile may save over it.
        form.version.data = None
        return _report_page(award, form, lines), 422
    line_id = request.form.get("deed", "").removeprefix("receipt-")
    if line_id.isdigit() and int(line_id) in lines.of:
        return redirect(url_for("grants.add_receipt", line_id=int(line_id)))
    if request.form.get("deed") != "file":
        flash(_("Saved as a draft."), "success")
        return redirect(url_for("grants.npo_report", reference=reference))
    return _file(award, report)


def _file(award: Award, report: Report) -> ResponseReturnValue:
    """What was typed is saved already; filing may still be refused, with what is missing."""
    reference, deed = award.reference, BaseForm(formdata=None)
    if deed.attempt(lambda: services.file_report(report, by=current_user)):
        flash(_("Filed. The office checks it, and you will hear by e-mail."), "success")
        return redirect(url_for("grants.npo_award", reference=reference))
    again = found(reports.report_of(award.id))
    form = ReportForm(formdata=None, obj=again)
    form.form_errors = deed.form_errors
    page = _report_page(
        award, form, ReportLineForms(again, sent=False), faults=report_rules.faults(again)
    )
    return page, ReportHasFaults.status


def _award_page(award: Award, form: BaseForm) -> str:
    people = (award.agreed_by_id,)
    return render_template(
        "grants/npo_award.html",
        award=award,
        form=form,
        summary=summary_of(award),
        account=payees.account_in_use(award.organisation_id),
        proposal=payees.proposal_of(award.organisation_id),
        names=names_of_users(person for person in people if person is not None),
    )


def _report_page(
    award: Award,
    form: ReportForm,
    lines: ReportLineForms,
    *,
    faults: list[report_rules.Fault] | None = None,
) -> str:
    report = found(reports.report_of(award.id))
    form.version.data = str(form.seen_version or report.version)
    return render_template(
        "grants/npo_report.html",
        award=award,
        report=report,
        form=form,
        lines=lines,
        faults=faults or [],
        labels={line.id: line.label for line in report.lines},
    )
