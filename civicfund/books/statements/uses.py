"""寄附等の使途記載書類: how designated money was asked for, how much came, and what for.

Publicly solicited money by appeal, without its donors; other gifts one by one, with what kind of
donor gave and by name only where it is the state or a municipality.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from flask import url_for
from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Cell, Column, Document, Row, Section
from civicfund.books.statements import gift_queries, lines, queries, titles
from civicfund.books.statements.figures import Figure, Measure
from civicfund.books.statements.gift_queries import Appeal
from civicfund.books.statements.queries import FundSums
from civicfund.books.statements.sheets import figure_url, moment_of, span_of, statement
from civicfund.books.statements.single_gifts import GiftPage, SingleGift, SingleGifts
from civicfund.books.words import cell_words
from civicfund.campaigns.models import BudgetLine
from civicfund.ledger.models import Fund
from civicfund.web.filters import label, local_name, money_sentence

# What answered an appeal: gifts for its purpose, and the share that was a term of them.
ANSWERED = ("4111", "4112", "4113", "4191")
SHARE = ("4191",)
MUNICIPAL = "4201"


def uses_of_gifts(asked: Asked) -> Document:
    """Every appeal and every other designated gift; or the page of the fund that was asked for."""
    if asked.fund is not None:
        return _page_of(asked, asked.fund)
    gifts = SingleGifts.of_year(asked.year)
    page = _asked_page(asked, gifts)
    made = statement(
        titles.USES,
        span=span_of(asked.year),
        sections=[*_on_the_first(page, lambda: [_appeals(asked)]), _others(asked, gifts, page)],
        notes=[_held_note()],
        is_landscape=True,
    )
    return _between_its_pages(made, page)


def _asked_page(asked: Asked, gifts: SingleGifts) -> GiftPage | None:
    """One page of the other gifts; None for a file, which has them all."""
    return None if asked.is_whole else gifts.page(after=asked.after, before=asked.before)


def _on_the_first(page: GiftPage | None, build: Callable[[], list[Section]]) -> list[Section]:
    """What stands before the other gifts is not said again on each page of them."""
    return build() if page is None or page.earlier is None else []


def _between_its_pages(made: Document, page: GiftPage | None) -> Document:
    if page is None:
        return made
    return replace(made, earlier=str(page.earlier or ""), later=str(page.later or ""))


def _appeals(asked: Asked) -> Section:
    sums = {one.fund.id: one for one in queries.fund_sums(asked.year)}
    rows = [
        _appeal_row(asked, appeal, sums.get(appeal.fund.id)) for appeal in gift_queries.appeals()
    ]
    return Section(
        title=_("Publicly solicited"),
        columns=_appeal_columns(),
        rows=rows,
        empty=_("No appeal has been opened yet."),
    )


def _appeal_columns() -> list[Column]:
    return [
        Column(name="name", label=_("Appeal"), is_wide=True),
        Column(name="period", label=_("Period of the appeal"), kind="code"),
        Column(name="money", label=_("Money of the year"), kind="yen"),
        Column(name="so_far", label=_("Money so far"), kind="yen"),
        Column(name="goods", label=_("Fair value of goods"), kind="yen"),
        Column(name="use", label=_("Use"), is_wide=True),
    ]


def _appeal_row(asked: Asked, appeal: Appeal, sums: FundSums | None) -> Row:
    parts = _appeal_figures(asked, appeal.fund)
    cells: dict[str, Cell] = {
        "name": appeal.campaign.title,
        "period": _period(appeal),
        "use": appeal.campaign.summary,
    }
    links = {"name": asked.book_url(titles.USES.slug, year=asked.year, fund=appeal.fund.code)}
    for name, figure in parts.items():
        amount = sums.amount(figure) if sums else 0
        cells[name] = amount
        if amount:
            links[name] = figure_url(asked, figure)
    return Row(cells=cells, links=links)


def _appeal_figures(asked: Asked, fund: Fund) -> dict[str, Figure]:
    money = Figure(year=asked.year, codes=ANSWERED, fund=fund.code)
    return {
        "money": money,
        "so_far": replace(money, measure=Measure.STOCK),
        "goods": replace(money, codes=lines.IN_KIND, measure=Measure.STOCK),
    }


def _period(appeal: Appeal) -> str:
    first, last = appeal.campaign.starts_on, appeal.campaign.deadline_on
    return f"{cell_words(first, 'day')} – {cell_words(last, 'day')}"


def _others(asked: Asked, gifts: SingleGifts, page: GiftPage | None) -> Section:
    total = gifts.total
    uses = gift_queries.uses_of_funds() if total is not None else {}
    has_more = page is not None and page.later is not None

    def rows() -> Iterator[Row]:
        for gift in gifts.every() if page is None else page.gifts:
            yield _gift_row(asked, gift, uses)
        if total is not None and not has_more:
            yield Row(cells={"donor": _("Total"), "amount": total}, kind="total")

    notes = []
    if has_more and total is not None:
        notes = [_("All of these gifts together: %(amount)s.", amount=money_sentence(total))]
    return Section(
        title=_("Other designated gifts"),
        columns=_gift_columns(),
        rows=rows(),
        notes=notes,
        empty=_("No other designated gift was received in this year."),
    )


def _gift_columns() -> list[Column]:
    return [
        Column(name="entry", label=_("Entry no."), kind="code"),
        Column(name="on", label=_("Day"), kind="day"),
        Column(name="donor", label=_("Kind of donor"), is_wide=True),
        Column(name="amount", label=_("Amount"), kind="yen"),
        Column(name="fund", label=_("Fund"), is_wide=True),
        Column(name="use", label=_("Use set by the donors"), is_wide=True),
        Column(name="goods", label=_("Content of goods"), is_wide=True),
    ]


def _gift_row(asked: Asked, gift: SingleGift, uses: dict[int, str]) -> Row:
    has_goods = any(code in lines.IN_KIND for code in gift.codes)
    return Row(
        cells={
            "entry": str(gift.number or _("not sealed yet")),
            "on": gift.on,
            "donor": _donor(gift),
            "amount": gift.amount,
            "fund": local_name(gift.fund),
            "use": uses.get(gift.fund.id) or local_name(gift.fund),
            "goods": _("Missing: see the evidence of the entry") if has_goods else "",
        },
        links={
            "entry": asked.entry_url(gift.entry_id),
            "fund": asked.book_url(titles.USES.slug, year=asked.year, fund=gift.fund.code),
        },
    )


def _donor(gift: SingleGift) -> str:
    """The kind of donor; the name of the state or a municipality, and of nobody else."""
    if MUNICIPAL in gift.codes:
        name = gift.party.public_name or gift.party.full_name if gift.party else _("name missing")
        return str(_("State or municipality: %(name)s", name=name))
    if "4114" in gift.codes:
        return str(_("Corporate"))
    if {"4202", "4203"} & set(gift.codes):
        return str(_("Other body"))
    return str(_("Missing: kind of donor is not recorded"))


def _page_of(asked: Asked, fund: Fund) -> Document:
    found = gift_queries.appeals(fund_id=fund.id)
    gifts = SingleGifts.of_year(asked.year, fund_id=fund.id)
    page = _asked_page(asked, gifts)
    sections = _on_the_first(page, lambda: [_facts(asked, appeal) for appeal in found])
    if not found or gifts.total is not None:
        sections.append(_others(asked, gifts, page))
    made = statement(
        titles.USES, span=moment_of(asked.year), sections=sections, notes=[_held_note()]
    )
    made = replace(made, title=f"{made.title} – {local_name(fund)}")
    return _between_its_pages(made, page)


def _facts(asked: Asked, appeal: Appeal) -> Section:
    """What the law asks of publicly solicited money, in its order."""
    columns = [
        Column(name="item", label=_("What is to be stated"), is_wide=True),
        Column(name="content", label=_("Content"), is_wide=True),
        Column(name="amount", label=_("Amount"), kind="yen"),
    ]
    rows = list(_fact_rows(asked, appeal))
    return Section(title=appeal.campaign.title, columns=columns, rows=rows)


def _fact_rows(asked: Asked, appeal: Appeal) -> Iterator[Row]:
    campaign = appeal.campaign
    [sums] = queries.fund_sums(asked.year, fund_id=appeal.fund.id) or [FundSums(appeal.fund, {})]
    figures = _appeal_figures(asked, appeal.fund)
    page = url_for("campaigns.show", slug=campaign.slug)
    methods = [label(method) for method in gift_queries.methods_of(campaign.id)]

    def fact(item: str, content: str, figure: Figure | None = None, link: str = "") -> Row:
        cells: dict[str, Cell] = {"item": item, "content": content}
        links = {"content": link} if link else {}
        if figure is not None:
            cells["amount"] = sums.amount(figure)
            links |= {"amount": figure_url(asked, figure)} if cells["amount"] else {}
        return Row(cells=cells, links=links)

    yield fact(_("Publicly solicited or not"), _("Publicly solicited"))
    yield fact(_("Period of the appeal"), _period(appeal))
    yield fact(_("How it was asked for"), _("Page of the campaign on this site"), link=page)
    yield fact(_("How it was paid"), ", ".join(methods) or _("No gift yet"))
    yield fact(_("Total of money"), _("in this year"), figures["money"])
    yield fact(_("Total of money"), _("so far"), figures["so_far"])
    share = replace(figures["so_far"], codes=SHARE)
    yield fact(_("Total of money"), _("of it the operating share"), share)
    yield fact(_("Fair value of goods"), _("so far"), figures["goods"])
    yield fact(_("Use"), campaign.summary)
    for line in campaign.budget_lines:
        yield _budget_row(line)
    has_goods = sums.amount(figures["goods"]) != 0
    content = _("Missing: see the evidence of the entry") if has_goods else _("No goods")
    yield fact(_("Content of goods"), content)


def _budget_row(line: BudgetLine) -> Row:
    return Row(
        cells={"item": _("Use, as planned"), "content": line.label, "amount": line.amount_yen},
        indent=1,
    )


def _held_note() -> str:
    return str(_("Gifts held on condition are counted when their condition is met."))
