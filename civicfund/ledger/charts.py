"""Pictures of the book, as the chart components take them; each has its table behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from civicfund.ledger.models import AccountKind
from civicfund.ledger.queries import FundBalance, MonthResult, TrialBalance


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


def monthly(months: Sequence[MonthResult], what: str) -> dict[str, Any]:
    """A column chart of income or spending."""
    titles = {"income": _("Income by month"), "spending": _("Spending by month")}
    return {
        "id": f"by-month-{what}",
        "title": titles[what],
        "desc": _("The last twelve months, in yen. Refunds are taken off."),
        "label_heading": _("Month"),
        "amount_heading": _("Amount"),
        "items": [
            {
                "label": f"{month.month.year % 100}/{month.month.month}",
                "amount": max(getattr(month, what), 0),
            }
            for month in months
        ],
    }


def flow(trial: TrialBalance) -> dict[str, Any] | None:
    """Where all money came from and where it went since the book began; None without money."""
    sources = _positive(
        {
            "gifts": (_("Gifts for projects"), ("4111", "4112", "4113", "4115", "4116"), "4111"),
            "share": (_("Gifts, operating share"), ("4191",), "4191"),
            "general": (_("Gifts to the fund itself"), ("4101",), "4101"),
            "match": (_("Companies and city"), ("4114", "4201", "4202", "4203"), "4114"),
            "other": (_("Other income"), ("4301", "4401", "4501", "4601", "4691"), "4691"),
        },
        trial,
    )
    uses = _positive(
        {
            "grants": (_("Grants to groups"), ("5101",), "5101"),
            "fees": (_("Fees of payments"), ("5231", "5232", "5233"), "5231"),
            "costs": (_("Running costs"), _other_costs(trial), "5131"),
        },
        trial,
    )
    income = sum(amount for _, _, amount, _ in sources)
    left = income - sum(amount for _, _, amount, _ in uses)
    if income <= 0:
        return None
    if left > 0:
        uses.append(("left", _("Still in the fund"), left, url_for("ledger.funds")))
    fund = ("fund", _("The fund"), url_for("ledger.trial_balance"))
    return {
        "id": "flow",
        "title": _("Where the money came from and where it went"),
        "desc": _("All income since the book began on the left, its uses on the right."),
        "columns": [
            [{"key": key, "label": name, "url": url} for key, name, _, url in sources],
            [{"key": fund[0], "label": fund[1], "url": fund[2]}],
            [{"key": key, "label": name, "url": url} for key, name, _, url in uses],
        ],
        "links": [
            *(
                {"source": key, "target": "fund", "amount": amount, "url": url}
                for key, _, amount, url in sources
            ),
            *(
                {"source": "fund", "target": key, "amount": amount, "url": url}
                for key, _, amount, url in uses
            ),
        ],
    }


def _other_costs(trial: TrialBalance) -> tuple[str, ...]:
    named = {"5101", "5231", "5232", "5233"}
    return tuple(
        line.code
        for line in trial.lines
        if line.kind is AccountKind.EXPENSE and line.code not in named
    )


def _positive(
    groups: dict[str, tuple[str, tuple[str, ...], str]], trial: TrialBalance
) -> list[tuple[str, str, int, str]]:
    """(key, name, amount, link to its rows) of the groups that have an amount."""
    found = []
    for key, (name, codes, linked) in groups.items():
        amount = trial.of_codes(codes)
        present = {line.code for line in trial.lines} & set(codes)
        if amount > 0:
            code = linked if linked in present else min(present)
            found.append((key, name, amount, url_for("ledger.account", code=code)))
    return found
