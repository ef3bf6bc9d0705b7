"""Asking for the city's word: for the organisation and for the fund's office."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.endorsements import cards, policy, queries, services
from civicfund.endorsements.errors import NoSuchIssuer, NoSuchSubject
from civicfund.endorsements.forms import RequestForm, TermsForm
from civicfund.endorsements.models import Endorsement, EndorsementDocument, Issuer
from civicfund.endorsements.subjects import Subject, find_subject
from civicfund.endorsements.views.ground import bp, file_page, uploaded
from civicfund.web.guards import requires
from civicfund.web.pagination import asked_page, paged
from civicfund.web.stored_files import send_stored


def asked_subject() -> Subject:
    """`?subject_kind=campaigns&subject_id=7` of the address."""
    number = request.args.get("subject_id", type=int)
    if number is None:
        raise NoSuchSubject
    return find_subject(request.args.get("subject_kind", ""), number)


def file_of(reference: str) -> Endorsement | None:
    """The file with this reference."""
    return queries.endorsement_by_reference(reference)


def paper_of(document_id: int) -> tuple[Endorsement, EndorsementDocument] | None:
    """A paper with its file."""
    document = queries.document_by_id(document_id)
    return None if document is None else (queries.file_of_document(document), document)


@bp.get("/desk/endorsements")
@requires(policy.can_open_requests)
def requested() -> ResponseReturnValue:
    """What was asked for: by my organisation; the fund's office sees all."""
    statement = (
        queries.requests()
        if policy.can_see_all_requests(current_user)
        else queries.requests_of(current_user.organisation_ids)
    )
    page = paged(statement, number=asked_page())
    return render_template("endorsements/requested.html", page=page, tag_of=cards.state_tag_of)


@bp.route("/desk/endorsements/new", methods=["GET", "POST"])
@requires(policy.can_request, load=asked_subject)
def request_new(subject: Subject) -> ResponseReturnValue:
    """Ask an office for its word about a subject."""
    issuers = list(queries.issuers())
    form = (
        RequestForm(issuers=issuers) if request.method == "POST" else RequestForm.starting(issuers)
    )
    if form.validate_on_submit():
        made = form.attempt(lambda: _ask(form, subject))
        if made is not None:
            flash(_("Your request is with the office. You will get an e-mail."), "success")
            return redirect(url_for("endorsements.request_file", reference=made.reference))
    page = render_template(
        "endorsements/request.html", form=form, subject=subject, has_offices=bool(issuers),
        action=url_for(
            "endorsements.request_new", subject_kind=subject.kind, subject_id=subject.id
        ),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.get("/desk/endorsements/<reference>")
@requires(policy.can_see_file, load=file_of)
def request_file(endorsement: Endorsement) -> ResponseReturnValue:
    """How a request stands."""
    return file_page(endorsement)


@bp.route("/desk/endorsements/<reference>/change", methods=["GET", "POST"])
@requires(policy.can_change_request, load=file_of)
def change_request(endorsement: Endorsement) -> ResponseReturnValue:
    """Answer the office's wish for changes."""
    form = TermsForm.answering(endorsement)
    if form.validate_on_submit() and form.attempt(lambda: _change(form, endorsement)):
        flash(_("Your request is with the office again."), "success")
        return redirect(url_for("endorsements.request_file", reference=endorsement.reference))
    page = render_template("endorsements/change.html", form=form, endorsement=endorsement)
    return page, 422 if form.errors else 200


@bp.route("/desk/endorsements/<reference>/renew", methods=["GET", "POST"])
@requires(policy.can_change_request, load=file_of)
def renew(endorsement: Endorsement) -> ResponseReturnValue:
    """Ask for the time after this one."""
    form = TermsForm(scope_text=endorsement.scope_text)
    if form.validate_on_submit():
        made = form.attempt(lambda: _renew(form, endorsement))
        if made is not None:
            flash(_("Your request is with the office. You will get an e-mail."), "success")
            return redirect(url_for("endorsements.request_file", reference=made.reference))
    page = render_template("endorsements/renew.html", form=form, endorsement=endorsement)
    return page, 422 if form.errors else 200


@bp.get("/desk/endorsements/documents/<int:document_id>")
@requires(policy.can_see_document, load=paper_of)
def document(paper: tuple[Endorsement, EndorsementDocument]) -> ResponseReturnValue:
    """A paper of a file, for those who may see the file."""
    return send_stored(paper[1].stored_file, public=False)


def _ask(form: RequestForm, subject: Subject) -> Endorsement:
    made = services.request_endorsement(
        issuer=_office(form.issuer_id.data),
        kind=form.kind.data,
        subject=subject,
        by=current_user,
        terms=form.terms(),
        form_key=form.form_key.data,
    )
    _attach(form, made)
    return made


def _office(issuer_id: int) -> Issuer:
    issuer = queries.issuer_by_id(issuer_id)
    if issuer is None:
        raise NoSuchIssuer
    return issuer


def _change(form: TermsForm, endorsement: Endorsement) -> Endorsement:
    services.resubmit(endorsement, by=current_user, terms=form.terms())
    _attach(form, endorsement)
    return endorsement


def _renew(form: TermsForm, endorsement: Endorsement) -> Endorsement:
    made = services.renew_endorsement(
        endorsement, by=current_user, terms=form.terms(), form_key=form.form_key.data
    )
    _attach(form, made)
    return made


def _attach(form: Any, endorsement: Endorsement) -> None:
    upload = uploaded(form.document)
    if upload is not None:
        services.attach_document(
            endorsement, by=current_user, upload=upload.stream, name=upload.filename, title=""
        )
