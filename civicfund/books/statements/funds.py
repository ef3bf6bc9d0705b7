"""基金別増減表 and 使途拘束資産: what each fund began with, took in, gave out and ended with."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask import url_for
from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Cell, Column, Document, Row, Section
from civicfund.books.statements import gift_queries, lines, queries, titles
from civicfund.books.statements.classes import program_mark
from civicfund.books.statements.figures import Figure, Measure, without
from civicfund.books.statements.lines import Codes
from civicfund.books.statements.queries import FundSums
from civicfund.books.statements.sheets import figure_url, in_japanese, span_of, statement
from civicfund.ledger.models import FundClass
from civicfund.web.filters import local_name

Parts = Mapping[str, Figure]

OTHER_REVENUE = without(lines.REVENUE, *lines.GIFTS, *lines.IN_KIND, *lines.SUBSIDIES)
OTHER_COSTS = without(lines.EXPENSE, *lines.GRANTS)
# What makes the year's change, by the column it stands in: lines, and do debits add to it?
MOVEMENTS: dict[str, tuple[Codes, bool]] = {
    "gifts": ((*lines.GIFTS, *lines.IN_KIND), False),
    "subsidies": (lines.SUBSIDIES, False),
    "other_revenue": (OTHER_REVENUE, False),
    "grants": (lines.GRANTS, True),
    "costs": (OTHER_COSTS, True),
    "between": (lines.BETWEEN_FUNDS, False),
    "transfer": (lines.TRANSFER, False),
}


def fund_movements(asked: Asked) -> Document:
    """基金別増減表: designated net assets fund by fund, then general ones."""
    columns = [
        Column(name="fund", label=_("Fund"), is_wide=True),
        Column(name="opening", label=_("Balance at the beginning"), kind="yen"),
        Column(name="gifts", label=_("Gifts received"), kind="yen"),
        Column(name="subsidies", label=_("Subsidies received"), kind="yen"),
        Column(name="other_revenue", label=_("Other revenue"), kind="yen"),
        Column(name="grants", label=_("Grants paid and promised"), kind="yen"),
        Column(name="costs", label=_("Other costs"), kind="yen"),
        Column(name="between", label=_("Between funds"), kind="yen"),
        Column(name="transfer", label=_("From designated to general"), kind="yen"),
        Column(name="closing", label=_("Balance at the end"), kind="yen"),
    ]
    funds = queries.fund_sums(asked.year)
    sections = []
    for fund_class, title in (
        (FundClass.DESIGNATED, _("Designated net assets")),
        (FundClass.GENERAL, _("General net assets")),
    ):
        figures = _figures(asked, fund_class)
        parts = {name: replace(figures["flow"], codes=codes, is_debit=is_debit)
                 for name, (codes, is_debit) in MOVEMENTS.items()}  # fmt: skip
        parts = {"opening": figures["opening"], **parts, "closing": figures["closing"]}
        rows = [fund_row(asked, of_fund, parts, fund=local_name(of_fund.fund)) for of_fund in funds]
        shown = with_total(asked, rows, parts)
        sections.append(Section(title=title, columns=columns, rows=shown))
    return statement(
        titles.MOVEMENTS, span=span_of(asked.year), sections=sections, is_landscape=True
    )


def restricted_assets(asked: Asked) -> Document:
    """使途拘束資産: 指定寄附資金 (６号) fund by fund, with the use that the donors set."""
    funds = queries.fund_sums(asked.year)
    uses = gift_queries.uses_of_funds()
    columns = [
        Column(name="fund", label=_("Name of the money"), is_wide=True),
        Column(name="program", label=_("Programme"), kind="code"),
        Column(name="use", label=_("Use set by the donors"), is_wide=True),
        Column(name="opening", label=_("End of the previous year"), kind="yen"),
        Column(name="decrease", label=_("Decrease of the year"), kind="yen"),
        Column(name="increase", label=_("Increase of the year"), kind="yen"),
        Column(name="closing", label=_("End of the year"), kind="yen"),
    ]
    figures = _figures(asked, FundClass.DESIGNATED)
    rows = []
    for of_fund in funds:
        parts = _rise_and_fall(of_fund, figures)
        use = uses.get(of_fund.fund.id) or _("Not recorded")
        program = program_mark(of_fund.fund.program, in_japanese=in_japanese())
        words = {"program": program, "use": use}
        rows.append(fund_row(asked, of_fund, parts, fund=local_name(of_fund.fund), **words))
    # Transfers between funds rise here and fall there: their sums lead nowhere.
    sums = dict.fromkeys(("opening", "decrease", "increase", "closing"))
    sums |= {name: figures[name] for name in ("opening", "closing")}
    return statement(
        titles.RESTRICTED,
        span=span_of(asked.year),
        sections=[
            Section(
                title=_("6. Designated gifts (指定寄附資金)"),
                columns=columns,
                rows=with_total(asked, rows, sums),
            )
        ],
        notes=[
            _("The balances are the designated net assets of each fund, after what it owes."),
            _("Other kinds of bound assets are not kept in this book."),
        ],
        is_landscape=True,
    )


def _figures(asked: Asked, fund_class: FundClass) -> dict[str, Figure]:
    flow = Figure(year=asked.year, codes=lines.NET_ASSETS, fund_class=fund_class)
    return {
        "flow": flow,
        "opening": replace(flow, measure=Measure.OPENING),
        "closing": replace(flow, measure=Measure.STOCK),
    }


def _rise_and_fall(of_fund: FundSums, figures: Parts) -> dict[str, Figure]:
    """Transfers between funds stand on the side on which they are more."""
    between = lines.BETWEEN_FUNDS
    came = of_fund.amount(replace(figures["flow"], codes=between)) > 0
    more: Codes = (*lines.REVENUE, *(between if came else ()))
    less: Codes = (*lines.EXPENSE, *lines.TRANSFER, *(() if came else between))
    return {
        "opening": figures["opening"],
        "decrease": replace(figures["flow"], codes=less, is_debit=True),
        "increase": replace(figures["flow"], codes=more),
        "closing": figures["closing"],
    }


def fund_row(asked: Asked, of_fund: FundSums, parts: Parts, **words: str) -> Row:
    """The figures of one fund, each with its way back."""
    cells: dict[str, Cell] = dict(words)
    links: dict[str, str] = {"fund": url_for("ledger.fund", code=of_fund.fund.code)}
    for name, part in parts.items():
        figure = replace(part, fund=of_fund.fund.code)
        amount = of_fund.amount(figure)
        cells[name] = amount
        if amount:
            links[name] = figure_url(asked, figure)
    return Row(cells=cells, links=links)


def with_total(asked: Asked, rows: Iterable[Row], parts: Mapping[str, Figure | None]) -> list[Row]:
    """The rows that say anything, and their sums with their way back."""
    shown = [row for row in rows if any(row.cells[name] for name in parts)]
    cells: dict[str, Cell] = {"fund": _("Total")}
    links = {}
    for name, figure in parts.items():
        amount = sum(int(str(row.cells[name])) for row in shown)
        cells[name] = amount
        if amount and figure is not None:
            links[name] = figure_url(asked, figure)
    return [*shown, Row(cells=cells, links=links, kind="total")]
