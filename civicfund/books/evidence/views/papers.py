"""Papers: looked for, attached, downloaded, withdrawn."""

from collections.abc import Sequence
from itertools import chain

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.books.evidence.errors import FileDiffers
from civicfund.books.evidence.forms import AttachForm, PaperSearchForm, WithdrawForm
from civicfund.books.evidence.policy import can_add, can_change, can_read, can_see
from civicfund.books.evidence.tables import paper_columns, paper_rows
from civicfund.books.evidence.views.ground import bp
from civicfund.books.evidence.views.reading import entry_page
from civicfund.core.db import streamed_batches
from civicfund.core.storage import intact_content
from civicfund.ledger import queries as book
from civicfund.ledger import services
from civicfund.ledger.models import EntryEvidence
from civicfund.ledger.queries.evidence import evidence_by_id, evidence_list, reasons_of
from civicfund.ledger.queries.log import numbers_of
from civicfund.ledger.rows import table_csv
from civicfund.web.guards import found, requires
from civicfund.web.pagination import asked_page, paged
from civicfund.web.stored_files import attachment

# How many papers of a download are in memory at a time.
BATCH = 500


@bp.get("/papers")
@requires(can_read)
def papers() -> ResponseReturnValue:
    """Papers by day, amount and party (電子取引の検索): ranges, all joined by AND."""
    form = PaperSearchForm(request.args)
    if not form.validate():
        return render_template("books/evidence_papers.html", form=form, page=None), 422
    wanted = evidence_list(form.wanted(), kind=form.kind.data or "")
    columns = paper_columns()
    if request.args.get("download") == "csv":
        batches = streamed_batches(wanted, at_a_time=BATCH)
        return table_csv("papers", columns, chain.from_iterable(map(_rows, batches)))
    page = paged(wanted, number=asked_page(), size=50)
    return render_template(
        "books/evidence_papers.html",
        form=form,
        page=page,
        paper_rows=_rows(page.items),
        columns=columns,
    )


@bp.post("/entries/<int(max=9223372036854775807):entry_id>")
@requires(can_add)
def attach(entry_id: int) -> ResponseReturnValue:
    """Put a document behind an entry."""
    shown = found(book.entry_by_id(entry_id))
    form = AttachForm()
    if not form.validate():
        return entry_page(shown, form), 422
    upload = form.file.data
    attached = form.attempt(
        lambda: services.attach_evidence(
            [entry_id],
            upload=upload.stream,
            name=upload.filename or "",
            kind=form.chosen_kind,
            by=current_user,
        )
    )
    if not attached:
        return entry_page(found(book.entry_by_id(entry_id)), form), 422
    flash(_("The file was attached."), "success")
    return redirect(url_for("evidence.entry", entry_id=entry_id))


@bp.get("/papers/<int(max=9223372036854775807):evidence_id>")
@requires(can_see, load=evidence_by_id)
def download(evidence: EntryEvidence) -> ResponseReturnValue:
    """The file as it was received, if it still is that; else an alarm and no file."""
    stored = evidence.stored_file
    body = intact_content(stored, sha256=evidence.sha256)
    if body is None:
        raise FileDiffers(number=evidence.id, entry=evidence.entry_id)
    response = Response(body, content_type=stored.media_type)
    response.headers["Content-Disposition"] = attachment(stored.original_name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/papers/<int(max=9223372036854775807):evidence_id>/withdraw", methods=["GET", "POST"])
@requires(can_change, load=evidence_by_id)
def withdraw(evidence: EntryEvidence) -> ResponseReturnValue:
    """Say that a piece was attached in error, and why."""
    form, entry_id = WithdrawForm(), evidence.entry_id
    if not form.is_submitted():
        return _withdraw_page(evidence, form)
    done = form.validate() and form.attempt(
        lambda: services.withdraw_evidence(evidence, reason=form.reason.data or "", by=current_user)
    )
    if not done:
        again = found(evidence_by_id(evidence.id))
        return _withdraw_page(again, form), 422
    flash(_("The paper was withdrawn. It stays, with the reason."), "success")
    return redirect(url_for("evidence.entry", entry_id=entry_id))


def _withdraw_page(evidence: EntryEvidence, form: WithdrawForm) -> str:
    number = numbers_of([evidence.entry_id]).get(evidence.entry_id)
    return render_template(
        "books/evidence_withdraw.html", evidence=evidence, number=number, form=form
    )


def _rows(listed: Sequence[EntryEvidence]) -> list[dict[str, object]]:
    return paper_rows(listed, reasons_of([paper.id for paper in listed]))
