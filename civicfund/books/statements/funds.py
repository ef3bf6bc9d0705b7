"""基金別増減表 and 使途拘束資産: what each fund began with, took in, gave out and ended with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Cell, Column, Document, Row, Section
from civicfund.books.lists import Stretch, stretch
from civicfund.books.statements import gift_queries, lines, queries, titles
from civicfund.books.statements.figures import Figure, Measure, without
from civicfund.books.statements.lines import Codes
from civicfund.books.statements.queries import FundSums
from civicfund.books.statements.sheets import figure_url, span_of, statement
from civicfund.ledger.models import Fund, FundClass
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
    tables = []
    for fund_class, title in (
        (FundClass.DESIGNATED, _("Designated net assets")),
        (FundClass.GENERAL, _("General net assets")),
    ):
        figures = _figures(asked, fund_class)
        parts = {name: replace(figures["flow"], codes=codes, is_debit=is_debit)
                 for name, (codes, is_debit) in MOVEMENTS.items()}  # fmt: skip
        parts = {"opening": figures["opening"], **parts, "closing": figures["closing"]}
        of_funds = [FundLine.of(of_fund, parts) for of_fund in funds]
        tables.append((title, parts, [line for line in of_funds if line.says_something]))
    page = FundPage.of(asked, *(of_funds for _title, _parts, of_funds in tables))
    made = statement(
        titles.MOVEMENTS,
        span=span_of(asked.year),
        sections=[
            Section(title=title, columns=columns, rows=page.rows(of_funds, parts))
            for title, parts, of_funds in tables
        ],
        is_landscape=True,
    )
    return replace(made, earlier=page.stretch.earlier, later=page.stretch.later)


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
    of_funds = []
    for of_fund in funds:
        use = uses.get(of_fund.fund.id) or _("Not recorded")
        words = {"program": of_fund.fund.program, "use": use}
        line = FundLine.of(of_fund, _rise_and_fall(of_fund, figures), words)
        of_funds += [line] if line.says_something else []
    # Transfers between funds rise here and fall there: their sums lead nowhere.
    sums = dict.fromkeys(("opening", "decrease", "increase", "closing"))
    sums |= {name: figures[name] for name in ("opening", "closing")}
    page = FundPage.of(asked, of_funds)
    made = statement(
        titles.RESTRICTED,
        span=span_of(asked.year),
        sections=[
            Section(
                title=_("6. Designated gifts (指定寄附資金)"),
                columns=columns,
                rows=page.rows(of_funds, sums),
            )
        ],
        notes=[
            _("The balances are the designated net assets of each fund, after what it owes."),
            _("Other kinds of bound assets are not kept in this book."),
        ],
        is_landscape=True,
    )
    return replace(made, earlier=page.stretch.earlier, later=page.stretch.later)


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


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund with its figures and their amounts, before anybody shows it."""

    fund: Fund
    parts: Parts
    amounts: Mapping[str, int]
    words: Mapping[str, str]

    @classmethod
    def of(
        cls, of_fund: FundSums, parts: Parts, words: Mapping[str, str] | None = None
    ) -> "FundLine":
        """What these figures are in one fund."""
        amounts = {name: of_fund.amount(part) for name, part in parts.items()}
        return cls(of_fund.fund, parts, amounts, words or {})

    @property
    def says_something(self) -> bool:
        """Is any of it not nothing?"""
        return any(self.amounts.values())

    def row(self, asked: Asked) -> Row:
        """The figures, each with its way back."""
        links: dict[str, str] = {"fund": url_for("ledger.fund", code=self.fund.code)}
        for name, part in self.parts.items():
            if self.amounts[name]:
                links[name] = figure_url(asked, replace(part, fund=self.fund.code))
        cells: dict[str, Cell] = {"fund": local_name(self.fund), **self.words, **self.amounts}
        return Row(cells=cells, links=links)


@dataclass(frozen=True, slots=True)
class FundPage:
    """Which funds stand on the asked page; sums of all of them stand on the last."""

    asked: Asked
    stretch: Stretch
    shown: frozenset[int]
    is_last: bool

    @classmethod
    def of(cls, asked: Asked, *tables: Sequence[FundLine]) -> "FundPage":
        """Of the funds that stand in any of these tables."""
        ids = sorted({line.fund.id for lines in tables for line in lines})
        page = stretch(ids, asked)
        return cls(asked, page, frozenset(ids[page.start : page.stop]), page.stop == len(ids))

    def rows(self, lines: Sequence[FundLine], sums: Mapping[str, Figure | None]) -> list[Row]:
        """The rows of a table that stand here; behind the last their sums with their way back."""
        rows = [line.row(self.asked) for line in lines if line.fund.id in self.shown]
        if not self.is_last:
            return rows
        cells: dict[str, Cell] = {"fund": _("Total")}
        links = {}
        for name, figure in sums.items():
            amount = sum(line.amounts[name] for line in lines)
            cells[name] = amount
            if amount and figure is not None:
                links[name] = figure_url(self.asked, figure)
        return [*rows, Row(cells=cells, links=links, kind="total")]
