"""電子帳簿保存法: the overview, the history of corrections, the master data. Only to read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select

from civicfund.audit import queries
from civicfund.audit.forms import MasterSearchForm, SpanForm
from civicfund.audit.policy import can_open_room
from civicfund.books.queries.years import fiscal_years
from civicfund.core.db import streamed_batches
from civicfund.core.errors import N_
from civicfund.ledger import queries as book
from civicfund.ledger import rows
from civicfund.ledger.models import Fund, LedgerAccount, Party
from civicfund.ledger.queries import EntryFilter
from civicfund.ledger.queries.corrections import (
    Correction,
    corrections,
    every_correction,
    reversals,
)
from civicfund.ledger.queries.masters import account_list, fund_list, party_list
from civicfund.ledger.tables import Columns
from civicfund.web.filters import label
from civicfund.web.guards import found, requires
from civicfund.web.pagination import asked_page, paged

bp = Blueprint("electronic_books", __name__, url_prefix="/desk/audit")
BATCH = 500


@bp.get("/electronic-books")
@requires(can_open_room)
def index() -> ResponseReturnValue:
    """What the law on electronic books asks for, and where it is."""
    return render_template(
        "audit/electronic_books.html",
        late_count=book.entry_count(EntryFilter(is_late=True)),
        reversal_count=book.entry_count(EntryFilter(kind="reversal")),
        years=list(_years()),
    )


@bp.get("/corrections")
@requires(can_open_room)
def history() -> ResponseReturnValue:
    """訂正・削除の履歴: every reversal, with what it undid and what was booked anew."""
    form = SpanForm(request.args)
    if not form.validate():
        return render_template("audit/corrections.html", form=form, page=None), 422
    days = {"date_from": form.date_from.data, "date_to": form.date_to.data}
    columns = correction_columns()
    if request.args.get("download") == "csv":
        return rows.table_csv("corrections", columns, _in_batches(every_correction(**days)))
    page = paged(reversals(**days), number=asked_page())
    return render_template(
        "audit/corrections.html",
        form=form,
        page=page,
        correction_rows=correction_rows(corrections(page.items)),
        columns=columns,
    )


@bp.get("/masters/<name>")
@requires(can_open_room)
def masters(name: str) -> ResponseReturnValue:
    """Master data: accounts, funds, parties."""
    master: Master = found(MASTERS.get(name))
    form = MasterSearchForm(request.args)
    if not form.validate():
        return render_template("audit/masters.html", name=name, form=form, page=None), 422
    columns = master.columns()
    wanted = master.listed(form.words.data or "")
    if request.args.get("download") == "csv":
        everything = chain.from_iterable(streamed_batches(wanted, at_a_time=BATCH))
        return rows.table_csv(name, columns, map(master.row, everything))
    page = paged(wanted, number=asked_page(), size=50)
    return render_template(
        "audit/masters.html",
        name=name,
        form=form,
        page=page,
        columns=columns,
        master_rows=[master.row(item) for item in page.items],
    )


def correction_columns() -> Columns:
    """The history of corrections."""
    return [
        {"key": "number", "label": _("Reversal"), "head": True, "href": "url", "nowrap": True},
        {"key": "recorded_at", "label": _("Recorded"), "format": "datetime"},
        {"key": "on", "label": _("Day"), "format": "date"},
        {"key": "original", "label": _("Original entry"), "href": "original_url", "nowrap": True},
        {"key": "original_on", "label": _("Its day"), "format": "date"},
        {"key": "name", "label": _("What happened"), "wide": True},
        {"key": "party", "label": _("Party")},
        {"key": "amount", "label": _("Amount"), "format": "money"},
        {"key": "reason", "label": _("Reason"), "wide": True},
        {"key": "by", "label": _("Recorded by")},
        {"key": "approved_by", "label": _("Approved by")},
        {"key": "anew", "label": _("Booked anew"), "href": "anew_url", "nowrap": True},
    ]


def correction_rows(history: Iterable[Correction]) -> list[rows.Row]:
    """Each correction as a row that leads to its entries."""
    listed = list(history)
    names = queries.names_of(
        person
        for one in listed
        for person in (one.reversal.recorded_by_id, one.reversal.approved_by_id)
    )
    reader = rows.Reader("audit", sees_names=True)
    return [_correction_row(one, names, reader) for one in listed]


def _correction_row(one: Correction, names: dict[int, str], reader: rows.Reader) -> rows.Row:
    undone, original, anew = one.reversal, one.original, one.anew
    recorder = names.get(undone.recorded_by_id or 0)
    return {
        "number": rows.number_of(undone),
        "url": reader.entry_url(undone),
        "recorded_at": undone.recorded_at,
        "on": undone.effective_on,
        "original": rows.number_of(original),
        "original_url": reader.entry_url(original),
        "original_on": original.effective_on,
        "name": _(original.name),
        "party": rows.party_name(original, reader),
        "amount": original.amount_minor,
        "reason": undone.memo,
        "by": recorder or _("the machine"),
        "approved_by": names.get(undone.approved_by_id or 0, ""),
        "anew": rows.number_of(anew) if anew else None,
        "anew_url": reader.entry_url(anew) if anew else None,
    }


def _in_batches(history: Iterator[Correction]) -> Iterator[rows.Row]:
    batch: list[Correction] = []
    for one in history:
        batch.append(one)
        if len(batch) == BATCH:
            yield from correction_rows(batch)
            batch = []
    yield from correction_rows(batch)


@dataclass(frozen=True, slots=True)
class Master:
    """A list of master data: how it is searched, its columns, a row of it."""

    title: str
    listed: Callable[[str], Select[Any]]
    columns: Callable[[], Columns]
    row: Callable[[Any], rows.Row]


def _account_columns() -> Columns:
    return [
        {"key": "code", "label": _("Ledger account"), "head": True, "href": "url", "nowrap": True},
        {"key": "chart_code", "label": _("Line of the chart")},
        {"key": "fund", "label": _("Fund (code)"), "nowrap": True},
        {"key": "name_ja", "label": _("Name in Japanese"), "wide": True},
        {"key": "name_en", "label": _("Name in English"), "wide": True},
        {"key": "kind", "label": _("Type of account")},
        {"key": "class", "label": _("Class of money")},
        {"key": "guard", "label": _("Guard")},
        {"key": "currency", "label": _("Currency")},
        {"key": "opened_on", "label": _("Opened on"), "format": "date"},
        {"key": "closed_on", "label": _("Closed on"), "format": "date"},
    ]


def _account_row(account: LedgerAccount) -> rows.Row:
    return {
        "code": account.code,
        "url": url_for("audit.account", code=account.code),
        "chart_code": account.chart_code,
        "fund": account.fund.code,
        "name_ja": account.name_ja,
        "name_en": account.name_en,
        "kind": label(account.kind),
        "class": label(account.fund_class) if account.fund_class else "",
        "guard": label(account.guard),
        "currency": account.currency,
        "opened_on": account.opened_on,
        "closed_on": account.closed_on,
    }


def _fund_columns() -> Columns:
    return [
        {"key": "code", "label": _("Fund (code)"), "head": True, "href": "url", "nowrap": True},
        {"key": "name_ja", "label": _("Name in Japanese"), "wide": True},
        {"key": "name_en", "label": _("Name in English"), "wide": True},
        {"key": "kind", "label": _("Kind of fund")},
        {"key": "designation", "label": _("Class of money")},
        {"key": "program", "label": _("Programme")},
        {"key": "source", "label": _("Comes from")},
        {"key": "opened_on", "label": _("Opened on"), "format": "date"},
        {"key": "closed_on", "label": _("Closed on"), "format": "date"},
    ]


def _fund_row(fund: Fund) -> rows.Row:
    return {
        "code": fund.code,
        "url": url_for("ledger.fund", code=fund.code),
        "name_ja": fund.name_ja,
        "name_en": fund.name_en,
        "kind": label(fund.kind),
        "designation": label(fund.designation),
        "program": fund.program,
        "source": f"{fund.source_kind}/{fund.source_id}" if fund.source_kind else "",
        "opened_on": fund.opened_on,
        "closed_on": fund.closed_on,
    }


def _party_columns() -> Columns:
    return [
        {"key": "id", "label": _("Number"), "head": True},
        {"key": "full_name", "label": _("Name"), "href": "url", "wide": True},
        {"key": "public_name", "label": _("Public name"), "wide": True},
        {"key": "kind", "label": _("Kind of party")},
        {"key": "ref", "label": _("Reference"), "nowrap": True},
    ]


def _party_row(party: Party) -> rows.Row:
    return {
        "id": party.id,
        "full_name": party.full_name,
        "url": url_for("audit.entries", party=party.full_name),
        "public_name": party.public_name,
        "kind": party.kind,
        "ref": party.ref,
    }


MASTERS = {
    "accounts": Master(N_("Accounts"), account_list, _account_columns, _account_row),
    "funds": Master(N_("Funds"), fund_list, _fund_columns, _fund_row),
    "parties": Master(N_("Parties"), party_list, _party_columns, _party_row),
}


def _years() -> Iterator[tuple[int, str]]:
    """The fiscal years of the book, newest first: their number, and the link to their file."""
    for year in fiscal_years():
        days: dict[str, Any] = {"from": f"{year}-04-01", "to": f"{year + 1}-03-31", "format": "csv"}
        yield year, url_for("audit.export_form", **days)
