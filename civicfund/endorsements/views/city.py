"""The city's desk: what waits, the check, the decision, the withdrawal. Its officers alone act."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.core.db import transaction
from civicfund.core.errors import NotAllowedNow
from civicfund.endorsements import cards, policy, queries, services
from civicfund.endorsements.errors import AlreadyEnded, CriteriaChanged, CriteriaNotMet
from civicfund.endorsements.forms import CriteriaForm, DecisionForm, WordsForm
from civicfund.endorsements.kinds import meaning
from civicfund.endorsements.models import (
    ENDLESS,
    OPEN,
    Endorsement,
    EndorsementCondition,
    EndorsementState,
    MisuseReport,
    StateNow,
)
from civicfund.endorsements.views.ground import bp, file_page, uploaded
from civicfund.endorsements.views.requests import file_of
from civicfund.web.guards import requires
from civicfund.web.pagination import asked_page, paged

Duty = tuple[Endorsement, EndorsementCondition]


def duty_of(condition_id: int) -> Duty | None:
    """A condition with its endorsement."""
    condition = queries.condition_by_id(condition_id)
    return None if condition is None else (queries.endorsement_of(condition), condition)


@bp.get("/desk/city")
@requires(policy.can_open_city_desk)
def city_desk() -> ResponseReturnValue:
    """What waits for my offices, the oldest first."""
    offices = queries.issuers_of(current_user.organisation_ids)
    ids = [office.id for office in offices]
    return render_template(
        "endorsements/city_desk.html",
        offices=offices,
        waiting=queries.waiting_for(ids),
        with_applicant=queries.back_with_applicant(ids),
        misuse=queries.misuse_open(ids),
        conditions=queries.conditions_awaited(ids),
        reports=queries.reports_awaited(ids),
        expiring=queries.expiring_soon(ids),
    )


@bp.get("/desk/city/decided")
@requires(policy.can_open_city_desk)
def decided() -> ResponseReturnValue:
    """Everything that my offices have decided, refusals too."""
    ids = [office.id for office in queries.issuers_of(current_user.organisation_ids)]
    page = paged(queries.decided_by_offices(ids), number=asked_page())
    return render_template("endorsements/decided.html", page=page, tag_of=cards.state_tag_of)


@bp.get("/desk/city/<reference>")
@requires(policy.can_decide, load=file_of)
def city_file(endorsement: Endorsement) -> ResponseReturnValue:
    """One file, with the next deed."""
    return file_page(endorsement)


@bp.post("/desk/city/<reference>/criteria")
@requires(policy.can_decide, load=file_of)
def check(endorsement: Endorsement) -> ResponseReturnValue:
    """Say of each criterion whether it is met."""
    form = CriteriaForm()
    if len(form.criteria) != len(endorsement.criteria):
        raise CriteriaChanged
    if not form.validate_on_submit() or not form.attempt(lambda: _check(form, endorsement)):
        return file_page(endorsement, form=form), 422
    flash(_("The check is recorded."), "success")
    return redirect(url_for("endorsements.city_file", reference=endorsement.reference))


@bp.route("/desk/city/<reference>/issue", methods=["GET", "POST"])
@requires(policy.can_decide, load=file_of)
def issue(endorsement: Endorsement) -> ResponseReturnValue:
    """Vouch: the form of the decision, and the decision."""
    if endorsement.state is not EndorsementState.REQUESTED:
        raise NotAllowedNow(state=_(endorsement.state.label))
    if not endorsement.criteria_met:
        raise CriteriaNotMet
    form = DecisionForm() if request.method == "POST" else DecisionForm.starting(endorsement)
    if form.validate_on_submit() and form.attempt(lambda: _issue(form, endorsement)):
        flash(
            _("Issued. It stands in the register as %(number)s.", number=endorsement.register_no),
            "success",
        )
        return redirect(url_for("endorsements.city_file", reference=endorsement.reference))
    rules = meaning(endorsement.kind)
    form.valid_until.flags.required = endorsement.kind not in ENDLESS
    page = render_template(
        "endorsements/issue.html",
        endorsement=endorsement,
        form=form,
        cost_possible=rules.cost_possible,
        vouches=[cards.in_language(words.stored()) for words in rules.vouches_for],
        limits=[cards.in_language(words.stored()) for words in rules.does_not_vouch_for],
    )
    return page, 422 if form.errors else 200


@bp.route("/desk/city/<reference>/changes", methods=["GET", "POST"])
@requires(policy.can_decide, load=file_of)
def ask_changes(endorsement: Endorsement) -> ResponseReturnValue:
    """Send the request back with what has to change."""
    return _say_why(endorsement, "changes", services.ask_for_changes)


@bp.route("/desk/city/<reference>/decline", methods=["GET", "POST"])
@requires(policy.can_decide, load=file_of)
def decline(endorsement: Endorsement) -> ResponseReturnValue:
    """Say no, and why."""
    return _say_why(endorsement, "decline", services.decline_endorsement)


@bp.route("/desk/city/<reference>/revoke", methods=["GET", "POST"])
@requires(policy.can_decide, load=file_of)
def revoke(endorsement: Endorsement) -> ResponseReturnValue:
    """Withdraw the word: a page that asks, with a reason that everyone reads."""
    return _say_why(endorsement, "revoke", services.revoke_endorsement)


@bp.post("/desk/city/conditions/<int:condition_id>/met")
@requires(lambda user, duty: policy.can_decide(user, duty[0]), load=duty_of)
def condition_met(duty: Duty) -> ResponseReturnValue:
    """The office has seen that a condition is met."""
    endorsement, condition = duty
    with transaction():
        services.mark_condition_met(endorsement, condition=condition, by=current_user)
    return redirect(url_for("endorsements.city_file", reference=endorsement.reference))


@bp.post("/desk/city/<reference>/report")
@requires(policy.can_decide, load=file_of)
def report_received(endorsement: Endorsement) -> ResponseReturnValue:
    """The report on how it went has come."""
    with transaction():
        services.receive_report(endorsement, by=current_user)
    return redirect(url_for("endorsements.city_file", reference=endorsement.reference))


@bp.route("/desk/city/misuse/<int:report_id>", methods=["GET", "POST"])
@requires(policy.can_settle, load=queries.misuse_by_id)
def settle_misuse(report: MisuseReport) -> ResponseReturnValue:
    """Look into a report of misuse and write down what was found."""
    form = WordsForm()
    if form.validate_on_submit() and form.attempt(lambda: _settle(form, report)):
        flash(_("The report is settled."), "success")
        return redirect(url_for("endorsements.city_desk"))
    page = render_template("endorsements/settle_misuse.html", report=report, form=form)
    return page, 422 if form.errors else 200


def _say_why(endorsement: Endorsement, deed: str, verb: Callable[..., None]) -> ResponseReturnValue:
    is_there = endorsement.state_now in {StateNow.VALID, StateNow.UPCOMING}
    if deed == "revoke" and not is_there:
        raise AlreadyEnded
    if deed != "revoke" and endorsement.state not in OPEN:
        raise NotAllowedNow(state=_(endorsement.state.label))
    form = WordsForm()
    if form.validate_on_submit():
        done = form.attempt(lambda: _done(verb, endorsement, form.reason.data or ""))
        if done:
            flash(_("Done. The one who asked gets an e-mail."), "success")
            return redirect(url_for("endorsements.city_file", reference=endorsement.reference))
    page = render_template(f"endorsements/{deed}.html", endorsement=endorsement, form=form)
    return page, 422 if form.errors else 200


def _done(verb: Callable[..., None], endorsement: Endorsement, reason: str) -> bool:
    verb(endorsement, by=current_user, reason=reason)
    return True


def _check(form: CriteriaForm, endorsement: Endorsement) -> bool:
    rows = list(form.criteria)
    services.check_criteria(
        endorsement,
        by=current_user,
        checked=[bool(row.form.checked.data) for row in rows],
        notes=[row.form.note.data or "" for row in rows],
    )
    return True


def _issue(form: DecisionForm, endorsement: Endorsement) -> bool:
    services.issue_endorsement(endorsement, by=current_user, decision=form.decision())
    letter = uploaded(form.letter)
    if letter is not None:
        services.attach_document(
            endorsement, by=current_user, upload=letter.stream, name=letter.filename,
            title=_("Letter of decision"),
        )  # fmt: skip
    return True


def _settle(form: WordsForm, report: MisuseReport) -> bool:
    services.settle_misuse(report, by=current_user, outcome=form.reason.data or "")
    return True
