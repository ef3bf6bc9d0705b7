"""The public book: what the fund holds, every entry, and the rows behind every number."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from civicfund.core import clock, events
from civicfund.ledger import charts, queries, rows, tables
from civicfund.ledger.chart import CHART
from civicfund.ledger.forms import DayForm, EntrySearchForm, SpanForm
from civicfund.ledger.models import JournalEntry
from civicfund.ledger.queries import EntryFilter
from civicfund.ledger.views.asked import asked_cursor, asked_day, asked_place, cursor_urls, slice_of
from civicfund.web.guards import found, public

bp = Blueprint("ledger", __name__, url_prefix="/ledger")
bp.app_template_filter("entry_name")(rows.entry_name)
SHOWN_FUNDS = 10
SHOWN_ENTRIES = 10


@bp.get("")
@public
def index() -> ResponseReturnValue:
    """What the fund holds now, fund by fund, and what was booked last."""
    funds = queries.balances_by_fund()
    newest = queries.newest_entries(EntryFilter(), limit=SHOWN_ENTRIES)
    year = clock.fiscal_year(clock.today())
    days = clock.fiscal_days(year)
    return render_template(
        "ledger/index.html",
        year=year,
        flow=charts.flow(queries.results_by_line(*days), *days, public_book_url),
        holdings=charts.holdings(queries.trial_balance(), funds),
        fund_rows=rows.fund_rows(funds[:SHOWN_FUNDS]),
        fund_columns=tables.brief_fund_columns(),
        fund_count=len(funds),
        entry_rows=rows.entry_rows(newest.items),
        entry_columns=tables.entry_columns(),
        form=EntrySearchForm(),
    )


@bp.get("/flow")
@public
def flow() -> ResponseReturnValue:
    """Where the money of a year came from and where it went; its months; how old it is."""
    form = SpanForm(request.args)
    if not form.validate():
        return render_template("ledger/flow.html", form=form, is_asked=False), 422
    first, last = form.days()
    results = queries.results_by_line(first, last)
    return render_template(
        "ledger/flow.html",
        form=form,
        is_asked=True,
        first=first,
        last=last,
        flow=charts.flow(results, first, last, public_book_url),
        months=charts.by_month(results, first, last, public_book_url),
        pictures=events.collect("flow_pictures", last),
    )


def public_book_url(slug: str, **parameters: Any) -> str:
    """The address of a book that everybody may open."""
    return url_for("books.show", slug=slug, **parameters)


@bp.get("/entries")
@public
def entries() -> ResponseReturnValue:
    """The journal, searched by day, amount, party and fund."""
    form = EntrySearchForm(request.args)
    if not form.validate():
        return render_template("ledger/entries.html", form=form, page=None), 422
    wanted = form.wanted()
    if request.args.get("download") == "csv":
        return rows.table_csv("entries", tables.entry_columns(), rows.every_entry(wanted))
    page = queries.newest_entries(
        wanted,
        older_than=asked_cursor("older"),
        newer_than=asked_cursor("newer"),
    )
    return render_template(
        "ledger/entries.html",
        form=form,
        page=page,
        entry_rows=rows.entry_rows(page.items),
        columns=tables.entry_columns(),
        **cursor_urls("ledger.entries", page),
    )


@bp.get("/entries/<int(max=9223372036854775807):number>")
@public
def numbered_entry(number: int) -> ResponseReturnValue:
    """One entry by its 仕訳番号."""
    return _entry_page(found(queries.entry_by_number(number)))


@bp.get("/entries/id/<int(max=9223372036854775807):entry_id>")
@public
def entry(entry_id: int) -> ResponseReturnValue:
    """One entry by the id that it has from the first moment; a sealed one is at its number."""
    shown: JournalEntry = found(queries.entry_by_id(entry_id))
    if shown.number is not None:
        return redirect(url_for("ledger.numbered_entry", number=shown.number))
    return _entry_page(shown)


def _entry_page(shown: JournalEntry) -> str:
    return render_template(
        "ledger/entry.html",
        reader=rows.PUBLIC,
        entry=shown,
        party=rows.party_name(shown),
        book_fund=rows.fund_of(shown),
        transfer_rows=rows.transfer_rows(shown.transfers),
        columns=tables.transfer_columns(),
        reversed_by=queries.reversal_of(shown.id),
    )


@bp.get("/funds")
@public
def funds() -> ResponseReturnValue:
    """Every fund on a day."""
    on = asked_day()
    balances = queries.balances_by_fund(on=on)
    columns = tables.fund_columns()
    if request.args.get("download") == "csv":
        return rows.table_csv("funds", columns, rows.fund_rows(balances))
    page = slice_of(balances)
    return render_template(
        "ledger/funds.html",
        on=on,
        form=DayForm(request.args),
        page=page,
        fund_rows=rows.fund_rows(page.items),
        columns=columns,
    )


@bp.get("/funds/<code>")
@public
def fund(code: str) -> ResponseReturnValue:
    """One fund: what it was given, passed on and holds."""
    [balance] = queries.balances_by_fund(code=found(queries.fund_by_code(code)).code)
    accounts = queries.balances_by_account(fund=code)
    columns = tables.account_columns()
    if request.args.get("download") == "csv":
        return rows.table_csv(f"fund-{code}", columns, rows.account_rows(accounts))
    newest = queries.newest_entries(EntryFilter(fund=code), limit=SHOWN_ENTRIES)
    return render_template(
        "ledger/fund.html",
        balance=balance,
        book_fund=balance.fund,
        pages=events.collect("fund_pages", balance.fund),
        account_rows=rows.account_rows(accounts),
        columns=columns,
        entry_rows=rows.entry_rows(newest.items),
        entry_columns=tables.entry_columns(),
    )


@bp.get("/accounts/<path:code>")
@public
def account(code: str) -> ResponseReturnValue:
    """One account with its lines; or a line of the chart with its accounts in every fund."""
    if "/" not in code:
        return _chart_line(code)
    columns = tables.line_columns()
    shown = queries.account_page(found(queries.account_by_code(code)), older_than=asked_place())
    if request.args.get("download") == "csv":
        return rows.table_csv(code.replace("/", "-"), columns, rows.line_rows(shown))
    return render_template(
        "ledger/account.html",
        page=shown,
        account=shown.account,
        line_rows=rows.line_rows(shown),
        columns=columns,
    )


def _chart_line(code: str) -> ResponseReturnValue:
    line = found(CHART.get(code))
    on = asked_day()
    balances = queries.balances_by_account(chart_code=code, on=on)
    columns = tables.account_columns()
    if request.args.get("download") == "csv":
        return rows.table_csv(code, columns, rows.account_rows(balances))
    page = slice_of(balances)
    return render_template(
        "ledger/chart_line.html",
        line=line,
        on=on,
        total=sum(balance.balance for balance in balances),
        page=page,
        account_rows=rows.account_rows(page.items),
        columns=columns,
    )


@bp.get("/trial-balance")
@public
def trial_balance() -> ResponseReturnValue:
    """The trial balance (合計残高試算表) at the end of a day."""
    on = asked_day()
    trial = queries.trial_balance(on=on)
    columns = tables.trial_columns()
    if request.args.get("download") == "csv":
        return rows.table_csv("trial-balance", columns, rows.trial_rows(trial))
    return render_template(
        "ledger/trial_balance.html",
        on=on,
        form=DayForm(request.args),
        trial_rows=rows.trial_rows(trial),
        footer=rows.trial_footer(trial),
        columns=columns,
    )
