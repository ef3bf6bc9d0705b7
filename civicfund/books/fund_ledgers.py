"""補助元帳 of funds and of campaigns: what each had, what came, what went, what it has."""

from collections.abc import Sequence

from flask_babel import gettext as _

from civicfund.books import queries
from civicfund.books.asking import Asked
from civicfund.books.documents import Column, Document, Row, Section
from civicfund.books.ledgers import ledger_page, whole_ledger
from civicfund.books.lists import listed
from civicfund.books.queries import FundMovement, Scope
from civicfund.books.words import span_words
from civicfund.ledger.chart import CHART
from civicfund.ledger.models import Fund
from civicfund.web.filters import label, local_name

FUNDS, CAMPAIGNS = "fund-ledger", "campaign-ledger"


def fund_ledger(asked: Asked) -> Document:
    """補助元帳（基金別）: what a fund owns (its net assets, with what came and went since the last
    close); without a fund, all of them. Their sum is that of the trial balance.
    """
    title = str(_("Subsidiary ledger by fund"))
    if asked.fund is None:
        movements = queries.fund_movements(asked.first, asked.last)
        return _all(FUNDS, title, movements, asked, parameter="fund")
    return _one(FUNDS, title, asked.fund, queries.scope_of_fund(asked.fund), asked)


def campaign_ledger(asked: Asked) -> Document:
    """補助元帳（プロジェクト別）: what is here for a campaign, be it given to it already, held on
    condition (2133), or promised on and not yet paid (2121); without a campaign, all of them.
    """
    title = str(_("Subsidiary ledger by campaign"))
    if asked.fund is None:
        movements = queries.campaign_movements(asked.first, asked.last)
        return _all(CAMPAIGNS, title, movements, asked, parameter="campaign")
    return _one(CAMPAIGNS, title, asked.fund, queries.scope_of_campaign(asked.fund), asked)


def _all(
    slug: str, title: str, movements: Sequence[FundMovement], asked: Asked, *, parameter: str
) -> Document:
    columns = [
        Column(name="code", label=_("Fund code"), kind="code"),
        Column(name="name", label=_("Fund"), is_wide=True),
        Column(name="class", label=_("Class of money")),
        *_sum_columns(),
    ]
    rows = [
        (
            moved.fund.id,
            Row(
                cells={
                    "code": moved.fund.code,
                    "name": local_name(moved.fund),
                    "class": label(moved.fund.designation),
                    **_sums([moved]),
                },
                links=dict.fromkeys(
                    ("code", "opening", "debits", "credits", "closing"),
                    asked.book_url(slug, **{parameter: moved.fund.code}, **asked.days),
                ),
            ),
        )
        for moved in movements
    ]
    total = Row(cells={"name": _("Total"), **_sums(movements)}, kind="total")
    page = listed(rows, asked, total=total)
    return Document(
        name=slug,
        title=title,
        span=span_words(asked.first, asked.last),
        sections=[Section(columns=columns, rows=page.rows)],
        earlier=page.earlier,
        later=page.later,
    )


def _one(slug: str, title: str, fund: Fund, scope: Scope, asked: Asked) -> Document:
    accounts = _accounts(fund, asked)
    name = f"{fund.code} {local_name(fund)}"
    earlier = later = ""
    if asked.is_whole:
        lines = whole_ledger(scope, asked, title=name)
    else:
        page = ledger_page(scope, asked, title=name)
        lines, earlier, later = page.section, page.earlier, page.later
    is_first = asked.after is None and asked.before is None
    return Document(
        name=slug,
        title=title,
        span=span_words(asked.first, asked.last),
        sections=[accounts, lines] if is_first else [lines],
        is_landscape=True,
        earlier=earlier,
        later=later,
    )


def _accounts(fund: Fund, asked: Asked) -> Section:
    """The accounts of the fund, each leading to its ledger."""
    rows = []
    for code, before, debits, credits in queries.accounts_of(fund, asked.first, asked.last):
        line = CHART[code.partition("/")[0]]
        sign = line.kind.sign
        url = asked.book_url("general-ledger", account=code, **asked.days)
        rows.append(
            Row(
                cells={
                    "code": code,
                    "name": local_name(line),
                    "opening": sign * before,
                    "debits": debits,
                    "credits": credits,
                    "closing": sign * (before + debits - credits),
                },
                links=dict.fromkeys(("code", "opening", "debits", "credits", "closing"), url),
            )
        )
    columns = [
        Column(name="code", label=_("Ledger account"), kind="code"),
        Column(name="name", label=_("Account name"), is_wide=True),
        *_sum_columns(),
    ]
    return Section(columns=columns, rows=rows, title=_("Accounts of this fund"))


def _sum_columns() -> list[Column]:
    return [
        Column(name="opening", label=_("Balance before"), kind="yen"),
        Column(name="debits", label=_("Debits"), kind="yen"),
        Column(name="credits", label=_("Credits"), kind="yen"),
        Column(name="closing", label=_("Balance"), kind="yen"),
    ]


def _sums(movements: Sequence[FundMovement]) -> dict[str, int]:
    return {
        column: sum(getattr(moved, column) for moved in movements)
        for column in ("opening", "debits", "credits", "closing")
    }
