"""試算表: of a month or a year with both sides, and the months of a year side by side."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from flask_babel import gettext as _

from civicfund.books import queries
from civicfund.books.asking import Asked
from civicfund.books.documents import Cell, Column, Document, Row, RowKind, Section
from civicfund.books.queries import ChartMovement
from civicfund.books.words import month_words, span_words
from civicfund.core import clock
from civicfund.ledger.models import AccountKind
from civicfund.web.filters import label, local_name

RESULTS = frozenset({AccountKind.REVENUE, AccountKind.EXPENSE})
LEDGER = "general-ledger"
Sums = dict[str, Cell]


def trial_balance(asked: Asked) -> Document:
    """合計残高試算表: what stood on each side, what moved, what stands; both sides are equal."""
    lines = _movements(asked)
    return Document(
        name="trial-balance",
        title=_("Trial balance"),
        span=span_words(asked.first, asked.last),
        sections=[
            Section(
                title=_of_fund(asked),
                columns=_side_columns(),
                rows=list(_rows(lines, asked, _sides, _side_links)),
            )
        ],
        notes=[_closing_words(asked)],
        is_landscape=True,
    )


def months_side_by_side(asked: Asked) -> Document:
    """月次推移試算表: what stands at the end of each month; of revenue and expense, what came."""
    lines = _movements(asked)
    shown = _shown_months(lines, asked)

    def figures(line: ChartMovement) -> Sums:
        return _course(line, shown)

    def links(line: ChartMovement, asked: Asked) -> dict[str, str]:
        return _course_links(line, asked, shown)

    rows = list(_rows(lines, asked, figures, links, has_total=False))
    return Document(
        name="monthly-trial-balance",
        title=_("Trial balance, month by month"),
        span=span_words(asked.first, asked.last),
        sections=[Section(title=_of_fund(asked), columns=_month_columns(asked), rows=rows)],
        notes=[
            _("Assets, liabilities and net assets: the balance at the end of the month. "
              "Revenue and expenses: what came in that month, and in the year."),
            _closing_words(asked),
        ],
        is_landscape=True,
    )  # fmt: skip


def _of_fund(asked: Asked) -> str:
    """Of which fund, if of one: a sheet of paper must say so itself."""
    return f"{asked.fund.code} {local_name(asked.fund)}" if asked.fund is not None else ""


def ledger_url(line: ChartMovement, asked: Asked, first: date, last: date) -> str:
    """The ledger that these figures are made of."""
    return asked.book_url(
        LEDGER,
        account=line.line.code,
        fund=asked.fund.code if asked.fund is not None else None,
        before_closing="y" if asked.is_before_closing else None,
        **{"from": first, "to": last},
    )


def _movements(asked: Asked) -> list[ChartMovement]:
    return queries.chart_movements(
        asked.first, asked.last, fund=asked.fund, before_closings=asked.is_before_closing
    )


def _rows(
    lines: Sequence[ChartMovement],
    asked: Asked,
    figures: Callable[[ChartMovement], Sums],
    links: Callable[[ChartMovement, Asked], dict[str, str]],
    *,
    has_total: bool = True,
) -> Iterator[Row]:
    """The lines under the heading of their kind, with its sum; at the end the sum of all."""
    for kind, group in groupby(lines, key=lambda line: line.line.kind):
        of_kind = list(group)
        yield Row(cells={"code": label(kind)}, kind="heading")
        for line in of_kind:
            name = {"code": line.line.code, "name": local_name(line.line)}
            yield Row(cells=name | figures(line), links=links(line, asked), indent=1)
        yield _sum(of_kind, figures, _("Total of %(kind)s", kind=label(kind)), "subtotal")
    if has_total:
        yield _sum(lines, figures, _("Total"), "total")


def _sum(
    lines: Sequence[ChartMovement],
    figures: Callable[[ChartMovement], Sums],
    name: str,
    kind: RowKind,
) -> Row:
    sums: dict[str, Any] = {}
    for line in lines:
        for column, amount in figures(line).items():
            if amount is not None:
                sums[column] = sums.get(column, 0) + amount
    return Row(cells={"name": name} | sums, kind=kind)


def _sides(line: ChartMovement) -> Sums:
    return {
        "opening_debit": max(line.opening, 0) or None,
        "opening_credit": max(-line.opening, 0) or None,
        "debits": line.debits,
        "credits": line.credits,
        "closing_debit": max(line.closing, 0) or None,
        "closing_credit": max(-line.closing, 0) or None,
    }


def _side_links(line: ChartMovement, asked: Asked) -> dict[str, str]:
    return dict.fromkeys(_sides(line), ledger_url(line, asked, asked.first, asked.last))


def _course(line: ChartMovement, shown: Sequence[date]) -> Sums:
    sign = line.line.kind.sign
    if line.line.kind in RESULTS:
        moved = {of: debits - credits for of, (debits, credits) in line.months.items()}
        sums: Sums = {_name(month): sign * moved.get(month, 0) for month in shown}
        return sums | {"year": sign * sum(moved.values())}
    sums = {_name(month): sign * line.closing_of(month) for month in shown}
    return {"opening": sign * line.opening} | sums | {"year": sign * line.closing}


def _course_links(line: ChartMovement, asked: Asked, shown: Sequence[date]) -> dict[str, str]:
    is_result = line.line.kind in RESULTS
    links = {
        _name(month): ledger_url(
            line, asked, month if is_result else asked.first, clock.end_of_month(month)
        )
        for month in shown
    }
    return links | dict.fromkeys(
        ("opening", "year"), ledger_url(line, asked, asked.first, asked.last)
    )


def _shown_months(lines: Sequence[ChartMovement], asked: Asked) -> list[date]:
    """The months up to this one, or to the last in which something moved."""
    moved = [month for line in lines for month in line.months]
    last = max([clock.today().replace(day=1), *moved])
    return [month for month in _months(asked) if month <= last]


def _months(asked: Asked) -> list[date]:
    first = asked.first.year * 12 + asked.first.month - 1
    last = asked.last.year * 12 + asked.last.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]


def _name(month: date) -> str:
    return f"{month:%Y-%m}"


def _side_columns() -> list[Column]:
    return [
        *_account_columns(),
        Column(name="opening_debit", label=_("Before, debit"), kind="yen"),
        Column(name="opening_credit", label=_("Before, credit"), kind="yen"),
        Column(name="debits", label=_("Debits"), kind="yen"),
        Column(name="credits", label=_("Credits"), kind="yen"),
        Column(name="closing_debit", label=_("Debit balance"), kind="yen"),
        Column(name="closing_credit", label=_("Credit balance"), kind="yen"),
    ]


def _month_columns(asked: Asked) -> list[Column]:
    return [
        *_account_columns(),
        Column(name="opening", label=_("Brought forward from the year before"), kind="yen"),
        *(
            Column(name=_name(month), label=month_words(month), kind="yen")
            for month in _months(asked)
        ),
        Column(name="year", label=_("Year"), kind="yen"),
    ]


def _account_columns() -> list[Column]:
    return [
        Column(name="code", label=_("Code"), kind="code"),
        Column(name="name", label=_("Account name"), is_wide=True),
    ]


def _closing_words(asked: Asked) -> str:
    if asked.is_before_closing:
        return str(_("Before the closing entries of these days."))
    return str(_("With the closing entries of these days, if any."))
