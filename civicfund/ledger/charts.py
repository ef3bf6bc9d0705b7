"""Pictures of the book, as the chart components take them; each has its table behind."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from civicfund.core import clock
from civicfund.core.errors import N_
from civicfund.ledger.models import AccountKind
from civicfund.ledger.queries import FundBalance, LineResult, TrialBalance
from civicfund.web.filters import local_name


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the fund has, what of it is owed or held for others, and what is left for whom."""

    assets: int
    held: int
    promised: int
    other_debts: int
    designated: int
    general: int


def holdings(trial: TrialBalance, funds: Sequence[FundBalance]) -> Holdings:
    """The balance sheet in six numbers: assets are the sum of the other five."""
    held = trial.of_codes(("2133", "2134"))
    promised = trial.of_codes(("2121", "2122"))
    return Holdings(
        assets=trial.of_kind(AccountKind.ASSET),
        held=held,
        promised=promised,
        other_debts=trial.of_kind(AccountKind.LIABILITY) - held - promised,
        designated=sum(fund.designated for fund in funds),
        general=sum(fund.general for fund in funds),
    )


# More columns than these are summed up by fiscal year.
MOST_MONTHS, MONTHS_OF_A_YEAR = 24, 12
# Where a line of the chart stands in the picture; the rest is other income and running costs.
GROUPS = {
    "4101": "general", "4111": "gifts", "4112": "gifts", "4113": "gifts", "4114": "match",
    "4115": "gifts", "4116": "gifts", "4191": "share", "4201": "match", "4202": "match",
    "4203": "match", "5101": "grants", "5231": "fees", "5232": "fees", "5233": "fees",
}  # fmt: skip
# In the order in which they stand in the picture.
NAMES = {
    "gifts": N_("Gifts for projects"),
    "share": N_("Gifts, operating share"),
    "general": N_("Gifts to the fund itself"),
    "match": N_("Companies and city"),
    "other": N_("Other income"),
    "returned": N_("Returned by groups"),
    "before": N_("Held from before"),
    "grants": N_("Grants to groups"),
    "fees": N_("Fees of payments"),
    "costs": N_("Running costs"),
    "back": N_("Given back"),
    "kept": N_("Kept for later"),
}
Url = Callable[..., str]


def by_month(results: Sequence[LineResult], first: date, last: date, url: Url) -> dict[str, Any]:
    """Income and spending side by side, month by month, or by fiscal year over a long time.

    `url` gives the address of a book, as the reader may open it.
    """
    months = _months(first, last)
    by_year = len(months) > MOST_MONTHS
    places = sorted({clock.fiscal_year(month) for month in months}) if by_year else months
    sums: dict[Any, dict[str, int]] = {place: {"income": 0, "spending": 0} for place in places}
    for result in results:
        place = clock.fiscal_year(result.month) if by_year else result.month
        series = "income" if result.line.kind is AccountKind.REVENUE else "spending"
        sums[place][series] += result.amount
    items = []
    for place, amounts in sums.items():
        year = place if by_year else clock.fiscal_year(place)
        address = url("monthly-trial-balance", year=year, before_closing="y")
        label = _("FY %(year)s", year=year) if by_year else _month_words(place, months)
        items.append({"label": label, "amounts": amounts, "urls": dict.fromkeys(amounts, address)})
    return {
        "id": "by-month",
        "title": _("Income and spending by fiscal year") if by_year
        else _("Income and spending by month"),
        "desc": _("In yen. Refunds are taken off the income. The hatched columns are spending."),
        "label_heading": _("Fiscal year") if by_year else _("Month"),
        "series": [
            {"key": "income", "label": _("Income")},
            {"key": "spending", "label": _("Spending")},
        ],
        "items": items,
    }  # fmt: skip


def flow(results: Sequence[LineResult], first: date, last: date, url: Url) -> dict[str, Any] | None:
    """Where the money of these days came from and where it went; None when nothing moved.

    Both sides are equal: what was not spent was kept, what was overspent came from before.
    `url` gives the address of a book, as the reader may open it.
    """
    sums: dict[str, int] = defaultdict(int)
    lines = {result.line.code: result.line for result in results}
    for result in results:
        sums[result.line.code] += result.amount
    links = []
    for code in sorted(code for code, amount in sums.items() if amount):
        comes = (lines[code].kind is AccountKind.REVENUE) == (sums[code] > 0)
        days = {"from": first.isoformat(), "to": last.isoformat()}
        address = url("general-ledger", account=code, before_closing="y", **days)
        links.append(_link(lines[code], sums[code], comes=comes, url=address))
    if not links:
        return None
    balance = sum(-link["amount"] if link["source"] == "fund" else link["amount"] for link in links)
    if balance:
        links.append(_rest(balance, url_for("ledger.funds", on=last)))
    order = list(NAMES)
    links.sort(
        key=lambda link: order.index(link["source" if link["target"] == "fund" else "target"])
    )
    return {
        "id": "flow",
        "title": _("Where the money came from and where it went"),
        "desc": _("What came in, and what became of it. The table behind leads to the entries."),
        "columns": _flow_columns(links),
        "links": links,
        "sides": (_("Where it came from"), _("Where it went")),
    }


def _link(line: Any, amount: int, *, comes: bool, url: str) -> dict[str, Any]:
    is_revenue = line.kind is AccountKind.REVENUE
    group = GROUPS.get(line.code, "other" if is_revenue else "costs")
    if comes and not is_revenue:
        group = "returned"
    if not comes and is_revenue:
        group = "back"
    ends = (group, "fund") if comes else ("fund", group)
    return {
        "source": ends[0],
        "target": ends[1],
        "label": f"{line.code} {local_name(line)}",
        "amount": abs(amount),
        "url": url,
    }


def _rest(balance: int, url: str) -> dict[str, Any]:
    ends = ("fund", "kept") if balance > 0 else ("before", "fund")
    name = _("Income less spending") if balance > 0 else _("Spending less income")
    return {
        "source": ends[0], "target": ends[1], "label": name, "amount": abs(balance), "url": url
    }  # fmt: skip


def _flow_columns(links: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    def side(end: str) -> list[dict[str, Any]]:
        urls: dict[str, list[str]] = defaultdict(list)
        for link in links:
            urls[link[end]].append(link["url"])
        return [
            {
                "key": key,
                "label": _(NAMES[key]),
                "url": urls[key][0] if len(urls[key]) == 1 else None,
            }
            for key in NAMES
            if key in urls
        ]

    return [side("source"), [{"key": "fund", "label": _("The fund")}], side("target")]


def _month_words(month: date, months: Sequence[date]) -> str:
    """`4月`, `Apr`; over more than a year `26/4`."""
    if len(months) > MONTHS_OF_A_YEAR:
        return f"{month.year % 100}/{month.month}"
    return str(format_date(month, "MMM"))


def _months(first: date, last: date) -> list[date]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]
