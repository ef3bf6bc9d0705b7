"""The way back from a figure: the accounts that it is the sum of, then the lines of each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Column, Document, Row, Section
from civicfund.books.queries import BookLine, every_line, line_page
from civicfund.books.statements import queries, titles
from civicfund.books.statements.figures import Figure, Measure, named
from civicfund.books.statements.lines import TAKEN_OVER
from civicfund.books.statements.sheets import figure_url, span_of, statement
from civicfund.books.statements.years import FiscalYear
from civicfund.books.words import account_words, number_words, what_happened
from civicfund.core.errors import NotFound
from civicfund.ledger.models import LedgerAccount
from civicfund.ledger.queries import account_by_code
from civicfund.web.filters import label, local_name


def breakdown(asked: Asked) -> Document:
    """The accounts of what was asked for, or the lines of one of them."""
    figures = named(asked.figure, year=asked.year)
    if not figures:
        raise NotFound
    figure = figures[0]
    if not figure.account:
        return _accounts(asked, figures)
    account = account_by_code(figure.account)
    if account is None:
        raise NotFound
    return _lines(asked, figure, account)


def _accounts(asked: Asked, figures: Sequence[Figure]) -> Document:
    rows = [row for figure in figures for row in _account_rows(asked, figure)]
    total = sum(int(str(row.cells["amount"])) for row in rows)
    columns = [
        Column(name="account", label=_("Ledger account"), kind="code"),
        Column(name="name", label=_("Account name"), is_wide=True),
        Column(name="fund", label=_("Fund"), is_wide=True),
        Column(name="amount", label=_("Amount"), kind="yen"),
    ]
    rows.append(Row(cells={"account": _("Total"), "amount": total}, kind="total"))
    title = " + ".join(map(_what, figures))
    return _document(figures[0], Section(columns=columns, rows=rows, title=title))


def _what(figure: Figure) -> str:
    """What the accounts were chosen by: `当年度の増減額 · 指定 · 公1 · 4, 5101`."""
    parts = [
        label(figure.measure),
        label(figure.fund_class),
        ", ".join(figure.programs),
        figure.fund,
        ", ".join(f"{code}…" if len(code) < 4 else code for code in figure.codes),
    ]
    return " · ".join(part for part in parts if part)


def _account_rows(asked: Asked, figure: Figure) -> Iterator[Row]:
    for one in queries.account_sums(figure):
        code = one.account.chart_code
        amount = figure.measured(code, *one.sums)
        if amount and figure.takes(code, one.account.fund_class, one.program):
            of_account = replace(figure, account=one.account.code)
            yield Row(
                cells={
                    "account": one.account.code,
                    "name": local_name(one.account),
                    "fund": local_name(one.fund),
                    "amount": amount,
                },
                links={"amount": figure_url(asked, of_account)},
            )


def _lines(asked: Asked, figure: Figure, account: LedgerAccount) -> Document:
    """What stood there before the year, every line in it, and the figure that they add up to."""
    year = FiscalYear(figure.year)
    before, after = queries.account_balances(account, days=figure.days)
    rows: list[Row] = []
    if figure.measure is not Measure.FLOW and asked.after is None:
        brought = figure.measured(account.chart_code, before, before)
        rows.append(Row(cells={"entry": _("Brought forward"), "amount": brought}, kind="subtotal"))
    shown: Iterable[BookLine] = []
    earlier = later = ""
    if figure.measure is not Measure.OPENING or account.chart_code in TAKEN_OVER:
        days, only = (year.starts_on, year.until), queries.of_account(account)
        if asked.is_whole:
            shown = every_line(*days, only=only)
        else:
            page = line_page(*days, after=asked.after, before=asked.before, only=only)
            shown = page.lines
            earlier, later = str(page.earlier or ""), str(page.later or "")
    total = figure.measured(account.chart_code, before, after)
    columns = [
        Column(name="entry", label=_("Entry no."), kind="code"),
        Column(name="on", label=_("Day"), kind="day"),
        Column(name="what", label=_("Description"), is_wide=True),
        Column(name="other", label=_("Other account"), is_wide=True),
        Column(name="amount", label=_("Amount"), kind="yen"),
    ]
    section = Section(
        columns=columns,
        rows=_with_lines(asked, figure, account, rows=rows, shown=shown, total=total),
        title=f"{account.code} {local_name(account)}",
    )
    return _document(figure, section, earlier=earlier, later=later)


def _with_lines(
    asked: Asked,
    figure: Figure,
    account: LedgerAccount,
    *,
    rows: list[Row],
    shown: Iterable[BookLine],
    total: int,
) -> Iterator[Row]:
    yield from rows
    for line in shown:
        is_debited = line.debit.code == account.code
        amount = line.amount if is_debited is figure.is_debit else -line.amount
        other = line.credit if is_debited else line.debit
        yield Row(
            cells={
                "entry": number_words(line),
                "on": line.place.on,
                "what": what_happened(line, asked),
                "other": account_words(other),
                "amount": amount,
            },
            links={"entry": asked.entry_url(line.place.entry_id)},
        )
    yield Row(cells={"entry": _("Total of all lines"), "amount": total}, kind="total")


def _document(figure: Figure, section: Section, *, earlier: str = "", later: str = "") -> Document:
    made = statement(
        titles.FIGURE,
        span=span_of(figure.year),
        sections=[section],
        notes=[_("Closing entries of years are left out.")],
    )
    return replace(made, earlier=earlier, later=later)
