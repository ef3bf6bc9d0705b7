"""The auditor's room: the book with every name, the checks, the log of deeds, the files."""

from time import perf_counter
from typing import Any

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from civicfund.audit import checks, queries
from civicfund.audit.forms import ExportForm, LogForm, SampleForm, SpanForm
from civicfund.audit.policy import can_open_room
from civicfund.books.evidence.sections import papers_section
from civicfund.core import audit_log, clock
from civicfund.core.db import transaction
from civicfund.ledger import exports, rows, services, tables
from civicfund.ledger import queries as book
from civicfund.ledger.chart import CHART
from civicfund.ledger.forms import AuditSearchForm, DayForm
from civicfund.ledger.models import JournalEntry
from civicfund.ledger.queries import EntryFilter
from civicfund.ledger.queries.corrections import correction_of
from civicfund.ledger.sources import pages_of
from civicfund.ledger.views import asked_cursor, asked_day, asked_place, cursor_urls, slice_of
from civicfund.web.guards import found, requires
from civicfund.web.limits import count_file
from civicfund.web.pagination import asked_page, paged

bp = Blueprint("audit", __name__, url_prefix="/desk/audit")
READER = rows.Reader("audit", sees_names=True)


@bp.get("")
@requires(can_open_room)
def index() -> ResponseReturnValue:
    """What an auditor begins with."""
    trial = book.trial_balance()
    return render_template(
        "audit/index.html",
        trial=rows.trial_footer(trial),
        entry_count=book.entry_count(EntryFilter()),
        late_count=book.entry_count(EntryFilter(is_late=True)),
        reversal_count=book.entry_count(EntryFilter(kind="reversal")),
        periods=book.periods(),
    )


@bp.get("/entries")
@requires(can_open_room)
def entries() -> ResponseReturnValue:
    """The journal with every name."""
    form = AuditSearchForm(request.args)
    if not form.validate():
        return render_template("audit/entries.html", form=form, page=None), 422
    wanted = form.wanted()
    columns = tables.entry_columns()
    if request.args.get("download") == "csv":
        return rows.table_csv("entries", columns, rows.every_entry(wanted, READER))
    page = book.newest_entries(
        wanted, older_than=asked_cursor("older"), newer_than=asked_cursor("newer")
    )
    return render_template(
        "audit/entries.html",
        form=form,
        page=page,
        total=book.entry_count(wanted),
        entry_rows=rows.entry_rows(page.items, READER),
        columns=columns,
        **cursor_urls("audit.entries", page),
    )


@bp.get("/entries/<int(max=9223372036854775807):number>")
@requires(can_open_room)
def numbered_entry(number: int) -> ResponseReturnValue:
    """One entry by its 仕訳番号, with all that is known of it."""
    return _entry_page(found(book.entry_by_number(number)))


@bp.get("/entries/id/<int(max=9223372036854775807):entry_id>")
@requires(can_open_room)
def entry(entry_id: int) -> ResponseReturnValue:
    """One entry by its id; when sealed, it moves to its number."""
    shown: JournalEntry = found(book.entry_by_id(entry_id))
    if shown.number is not None:
        return redirect(url_for("audit.numbered_entry", number=shown.number))
    return _entry_page(shown)


def _entry_page(shown: JournalEntry) -> str:
    records, sources = [], pages_of("journal_entries", shown.id)
    if shown.source_kind is not None:
        records = queries.records_of(shown.source_kind, str(shown.source_id))
        sources += pages_of(shown.source_kind, shown.source_id or 0)
    people = [shown.recorded_by_id, shown.approved_by_id, *(r.actor_id for r in records)]
    return render_template(
        "audit/entry.html",
        reader=READER,
        entry=shown,
        party=rows.party_name(shown, READER),
        book_fund=rows.fund_of(shown),
        transfer_rows=rows.transfer_rows(shown.transfers, READER),
        columns=tables.transfer_columns(),
        reversed_by=book.reversal_of(shown.id),
        records=records,
        papers=papers_section(shown),
        source_pages=sources,
        correction=correction_of(shown),
        names=queries.names_of(people),
    )


@bp.get("/accounts/<path:code>")
@requires(can_open_room)
def account(code: str) -> ResponseReturnValue:
    """One account with every name, or a line of the chart with its accounts."""
    if "/" not in code:
        return _chart_line(code)
    columns = tables.line_columns()
    shown = book.account_page(found(book.account_by_code(code)), older_than=asked_place())
    if request.args.get("download") == "csv":
        return rows.table_csv(code.replace("/", "-"), columns, rows.line_rows(shown, READER))
    return render_template(
        "audit/account.html",
        page=shown,
        account=shown.account,
        line_rows=rows.line_rows(shown, READER),
        columns=columns,
    )


def _chart_line(code: str) -> ResponseReturnValue:
    line = found(CHART.get(code))
    on = asked_day()
    balances = book.balances_by_account(chart_code=code, on=on)
    page = slice_of(balances)
    return render_template(
        "audit/chart_line.html",
        line=line,
        on=on,
        total=sum(balance.balance for balance in balances),
        page=page,
        account_rows=rows.account_rows(page.items, READER),
        columns=tables.account_columns(),
    )


@bp.get("/trial-balance")
@requires(can_open_room)
def trial_balance() -> ResponseReturnValue:
    """The trial balance at the end of a day."""
    on = asked_day()
    trial = book.trial_balance(on=on)
    columns = tables.trial_columns()
    if request.args.get("download") == "csv":
        return rows.table_csv("trial-balance", columns, rows.trial_rows(trial, READER))
    return render_template(
        "audit/trial_balance.html",
        on=on,
        form=DayForm(request.args),
        trial_rows=rows.trial_rows(trial, READER),
        footer=rows.trial_footer(trial),
        columns=columns,
    )


@bp.get("/checks")
@requires(can_open_room)
def run_checks() -> ResponseReturnValue:
    """Every invariant, looked up now."""
    begun = perf_counter()
    parts = checks.run()
    return render_template(
        "audit/checks.html",
        parts=parts,
        failed=sum(not finding.holds for part in parts for finding in part.findings),
        at=clock.now(),
        seconds=perf_counter() - begun,
    )


@bp.get("/log")
@requires(can_open_room)
def log() -> ResponseReturnValue:
    """Who did what to what."""
    form = LogForm(request.args, deeds=queries.deeds())
    if not form.validate():
        return render_template("audit/log.html", form=form, page=None, names={}), 422
    page = paged(queries.log(form.wanted()), number=asked_page(), size=50)
    names = queries.names_of(record.actor_id for record in page.items)
    return render_template("audit/log.html", form=form, page=page, names=names)


@bp.get("/sample")
@requires(can_open_room)
def sample() -> ResponseReturnValue:
    """Entries drawn by lot from a seed."""
    asked = "seed" in request.args
    form = SampleForm(request.args if asked else None, size=25)
    if not asked or not form.validate():
        return render_template("audit/sample.html", form=form), 422 if asked else 200
    wanted = EntryFilter(date_from=form.date_from.data, date_to=form.date_to.data)
    drawn = queries.sampled_entries(wanted, seed=form.seed.data or "", size=form.size.data or 1)
    columns = tables.entry_columns()
    drawn_rows = rows.entry_rows(drawn, READER)
    if request.args.get("download") == "csv":
        return rows.table_csv("sample", columns, drawn_rows)
    return render_template("audit/sample.html", form=form, entry_rows=drawn_rows, columns=columns)


@bp.get("/exports")
@requires(can_open_room)
def export_form() -> ResponseReturnValue:
    """Which file, and which days."""
    asked = SpanForm(request.args)
    days = {"date_from": asked.date_from.data, "date_to": asked.date_to.data}
    form = ExportForm(format="csv", **(days if asked.validate() else {}))
    return render_template("audit/exports.html", form=form)


@bp.post("/exports")
@requires(can_open_room)
def export() -> ResponseReturnValue:
    """The book as a file, sent while it is read; that it was taken is written down."""
    form = ExportForm()
    if not form.validate_on_submit():
        return render_template("audit/exports.html", form=form), 422
    count_file()
    asked = {"date_from": form.date_from.data, "date_to": form.date_to.data}
    with transaction():
        audit_log.record(
            current_user, "export_book", current_user, after=_said(form.format.data, asked)
        )
    _seal()
    name = exports.MAIN_FILE[form.format.data]
    pieces = exports.stream(form.format.data, **asked)
    response = Response(
        stream_with_context(pieces), content_type=exports.MEDIA_TYPES[form.format.data]
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _seal() -> None:
    """An export covers what is sealed: seal what has settled by now."""
    is_full = True
    while is_full:
        with transaction():
            is_full = services.seal_entries().is_full


def _said(format: str, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: A002  # the form's word
    days = {key: value.isoformat() for key, value in asked.items() if value}
    return {"format": format} | days
