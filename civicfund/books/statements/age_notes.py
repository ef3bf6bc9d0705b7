"""指定寄附資金の注記: balances by age of receipt, and what older ones still lack."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _

from civicfund.books.asking import DESK_ROOM, Asked
from civicfund.books.documents import Cell, Column, Document, Row, Section
from civicfund.books.lists import stretch
from civicfund.books.statements import ages, gift_queries, lines, titles
from civicfund.books.statements.ages import Lots
from civicfund.books.statements.figures import Figure, Measure
from civicfund.books.statements.gift_queries import GiftYears
from civicfund.books.statements.plan_queries import plan_of, plans_for, wants_plan
from civicfund.books.statements.sheets import figure_url, moment_of, statement
from civicfund.books.words import year_words
from civicfund.ledger.models import FundClass
from civicfund.web.filters import local_name


@dataclass(frozen=True, slots=True)
class FundsOfPage:
    """The funds that stand on a page, with their lots; and those of all funds."""

    book: GiftYears
    lots: dict[int, Lots]
    everywhere: dict[int, Lots]
    is_last: bool


def designated_ages(asked: Asked) -> Document:
    """受入年度別残高: in each fund the oldest money is spent first."""
    book = gift_queries.gift_years(asked.year)
    every = sorted(ages.lots_of(book.years, book.moves).items())
    held = {fund_id: lots for fund_id, lots in every if lots.left}
    page = stretch(list(held), asked)
    shown = dict(list(held.items())[page.start : page.stop])
    funds = FundsOfPage(book, shown, held, is_last=page.stop == len(held))
    plans = list(_plan_rows(asked, funds))
    missing = any(row.cells["planned_use"] == _("Missing") for row in plans)
    lacking = _("Missing: no plan has been written, or its year or its money has passed.")
    made = statement(
        titles.AGES,
        span=moment_of(asked.year),
        sections=[
            Section(
                title=_("Balances by age of receipt"),
                columns=_age_columns(),
                rows=list(_age_rows(asked, funds)),
            ),
            Section(
                title=_("Held for more than five years: plan of spending"),
                columns=_plan_columns(),
                rows=plans,
                notes=[lacking] if missing else [],
                empty=_("No money has been held for so long."),
            ),
            Section(
                title=_("What is left of each year's receipts"),
                columns=_lot_columns(),
                rows=list(_lot_rows(asked, funds)),
                notes=list(_lot_notes(funds)),
            ),
        ],
        notes=[
            _("In each fund the oldest money is spent first."),
            _("Money passed on between funds keeps its year of receipt."),
        ],
        is_landscape=True,
    )
    return replace(made, earlier=page.earlier, later=page.later)


def _age_columns() -> list[Column]:
    return [
        Column(name="fund", label=_("Fund"), is_wide=True),
        Column(name="1", label=_("Up to 1 year"), kind="yen"),
        Column(name="5", label=_("Over 1 and up to 5 years"), kind="yen"),
        Column(name="10", label=_("Over 5 and up to 10 years"), kind="yen"),
        Column(name="over", label=_("Over 10 years"), kind="yen"),
        Column(name="unknown", label=_("Year not known (taken over)"), kind="yen"),
        Column(name="total", label=_("Total"), kind="yen"),
    ]


def _age_rows(asked: Asked, funds: FundsOfPage) -> Iterator[Row]:
    whole = Figure(
        year=asked.year,
        codes=lines.NET_ASSETS,
        measure=Measure.STOCK,
        fund_class=FundClass.DESIGNATED,
    )
    for fund_id, of_fund in funds.lots.items():
        fund = funds.book.funds[fund_id]
        sums = ages.by_age([of_fund], at_end_of=asked.year)
        cells: dict[str, Cell] = {"fund": local_name(fund), **sums, "total": sum(sums.values())}
        links = {
            "fund": url_for("ledger.fund", code=fund.code),
            "total": figure_url(asked, replace(whole, fund=fund.code)),
        }
        yield Row(cells=cells, links=links)
    if not funds.is_last:
        return
    sums = ages.by_age(funds.everywhere.values(), at_end_of=asked.year)
    total = {"fund": _("Total"), **sums, "total": sum(sums.values())}
    yield Row(cells=total, links={"total": figure_url(asked, whole)}, kind="total")


def _plan_columns() -> list[Column]:
    return [
        Column(name="fund", label=_("Fund"), is_wide=True),
        Column(name="year", label=_("Year of receipt"), kind="code"),
        Column(name="left", label=_("Balance"), kind="yen"),
        Column(name="planned_year", label=_("Planned year"), kind="code"),
        Column(name="planned_amount", label=_("Planned amount"), kind="yen"),
        Column(name="planned_use", label=_("Planned use"), is_wide=True),
    ]


def _plan_rows(asked: Asked, funds: FundsOfPage) -> Iterator[Row]:
    plans = plans_for(asked.year)
    for fund_id, year, left in _each_lot(funds.lots):
        if not wants_plan(year, year=asked.year):
            continue
        fund = funds.book.funds[fund_id]
        plan = plan_of(plans, fund_id, year, year=asked.year, left=left)
        cells: dict[str, Cell] = {
            "fund": local_name(fund),
            "year": year_of_receipt(year),
            "left": left,
            "planned_year": year_words(plan.planned_year) if plan else _("Missing"),
            "planned_amount": plan.amount_yen if plan else _("Missing"),
            "planned_use": plan.planned_use if plan else _("Missing"),
        }
        links = {}
        if asked.room == DESK_ROOM and left > 0:
            links["planned_use"] = url_for(
                "spending_plans.plan", year=asked.year, code=fund.code, received=year
            )
        yield Row(cells=cells, links=links)


def _lot_columns() -> list[Column]:
    return [
        Column(name="fund", label=_("Fund"), is_wide=True),
        Column(name="year", label=_("Year of receipt"), kind="code"),
        Column(name="received", label=_("Received in the fund"), kind="yen"),
        Column(name="left", label=_("Balance"), kind="yen"),
    ]


def _lot_rows(asked: Asked, funds: FundsOfPage) -> Iterator[Row]:
    for fund_id, year, left in _each_lot(funds.lots):
        fund = funds.book.funds[fund_id]
        did = funds.book.years.get(year, {}).get(fund_id)
        cells: dict[str, Cell] = {
            "fund": local_name(fund),
            "year": year_of_receipt(year),
            "left": left,
        }
        links = {}
        if did is not None and did.received:
            cells["received"] = did.received
            received = Figure(
                year=year,
                codes=lines.REVENUE,
                fund_class=FundClass.DESIGNATED,
                fund=fund.code,
            )
            links["received"] = figure_url(asked, received)
        yield Row(cells=cells, links=links)


def _lot_notes(funds: FundsOfPage) -> Iterator[str]:
    """Earlier books hand over what is left of a year's receipts, not what these were."""
    did = (of_year.get(fund_id) for of_year in funds.book.years.values() for fund_id in funds.lots)
    if any(one is not None and any(one.brought.values()) for one in did):
        yield _("What earlier books handed over has a balance here, and no amount received.")


def _each_lot(lots: dict[int, Lots]) -> Iterator[tuple[int, int, int]]:
    """(fund, year of receipt, what is left), the oldest of a fund first."""
    for fund_id, of_fund in lots.items():
        for year in sorted(of_fund.left):
            yield fund_id, year, of_fund.left[year]


def year_of_receipt(year: int) -> str:
    """`2020年度`, 不明."""
    if year == ages.UNKNOWN:
        return str(_("Not known"))
    return str(_("Fiscal year %(year)s", year=year))
