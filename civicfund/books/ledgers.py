"""A ledger as rows: what is brought forward, the lines with the balance after each, 月計, 繰越."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from civicfund.books import queries
from civicfund.books.asking import Asked
from civicfund.books.documents import Column, Row, Section
from civicfund.books.places import Place
from civicfund.books.queries import BookLine, Scope
from civicfund.books.words import (
    account_words,
    month_words,
    number_words,
    party_words,
    what_happened,
)
from civicfund.core import clock

Months = dict[date, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """A page of a ledger, and the places of those beside it."""

    section: Section
    earlier: str = ""
    later: str = ""


@dataclass(slots=True)
class _Writer:
    """Writes lines with the balance after each, and each month's sums behind its last line."""

    scope: Scope
    asked: Asked
    months: Months
    balance: int
    month: date | None = field(default=None)

    def lines(self, lines: Iterable[BookLine]) -> Iterator[Row]:
        for line in lines:
            month = line.place.on.replace(day=1)
            if self.month is not None and month != self.month:
                yield self.month_sums()
            self.month = month
            yield self._line(line)

    def month_sums(self) -> Row:
        """月計."""
        assert self.month is not None, "sums of a month that has no lines"
        debits, credits = self.months[self.month]
        cells = {
            "what": _("Sum of %(month)s", month=month_words(self.month)),
            "debit": debits, "credit": credits,
        }  # fmt: skip
        return Row(cells=cells, kind="subtotal")

    def carried(self, what: str, *, on: date | None = None) -> Row:
        """繰越: a balance that comes from somewhere or goes on somewhere."""
        return Row(cells={"on": on, "what": what, "balance": self.balance}, kind="subtotal")

    def _line(self, line: BookLine) -> Row:
        debit, credit = _amounts(line, self.scope)
        self.balance += self.scope.sign * (debit - credit)
        other = line.credit if debit else line.debit
        return Row(
            cells={
                "entry": number_words(line),
                "on": line.place.on,
                "what": what_happened(line, self.asked),
                "party": party_words(line, self.asked),
                "other": account_words(other),
                "debit": debit or None,
                "credit": credit or None,
                "balance": self.balance,
            },
            links={"entry": self.asked.entry_url(line.place.entry_id)},
        )


def ledger_columns() -> list[Column]:
    """日付, 摘要, 相手科目, 借方, 貸方, 残高."""
    return [
        Column(name="entry", label=_("Entry no."), kind="code"),
        Column(name="on", label=_("Day"), kind="day"),
        Column(name="what", label=_("Description"), is_wide=True),
        Column(name="other", label=_("Contra account"), is_wide=True),
        Column(name="debit", label=_("Debit"), kind="yen"),
        Column(name="credit", label=_("Credit"), kind="yen"),
        Column(name="balance", label=_("Balance"), kind="yen"),
        Column(name="party", label=_("Party")),
    ]


def whole_ledger(scope: Scope, asked: Asked, *, title: str = "") -> Section:
    """All of it, read as it is written."""

    def rows() -> Iterator[Row]:
        writer = _writer(scope, asked)
        yield writer.carried(brought_forward(asked), on=asked.first)
        days = _days_with_lines(writer.months, asked)
        if days is not None:
            yield from writer.lines(queries.every_line(*days, only=[scope.touching()]))
        yield from _end(writer, asked)

    return Section(columns=ledger_columns(), rows=rows(), title=title)


def ledger_page(scope: Scope, asked: Asked, *, title: str = "") -> LedgerPage:
    """One page of it."""
    writer = _writer(scope, asked)
    days = _days_with_lines(writer.months, asked)
    if days is None:
        rows = [writer.carried(brought_forward(asked), on=asked.first), *_end(writer, asked)]
        return LedgerPage(section=Section(columns=ledger_columns(), rows=rows, title=title))
    page = queries.line_page(*days, after=asked.after, before=asked.before, only=[scope.touching()])
    rows = []
    if page.earlier is None:
        rows.append(writer.carried(brought_forward(asked), on=asked.first))
    elif page.lines:
        writer.balance += _moved_until(writer, asked, page.lines[0].place)
        rows.append(writer.carried(_("Brought from the previous page")))
    rows += writer.lines(page.lines)
    if page.later is None:
        rows += _end(writer, asked)
    else:
        if page.next_on is not None and page.next_on.replace(day=1) != writer.month:
            rows.append(writer.month_sums())
        rows.append(writer.carried(_("Carried to the next page")))
    section = Section(columns=ledger_columns(), rows=rows, title=title)
    return LedgerPage(section=section, earlier=str(page.earlier or ""), later=str(page.later or ""))


def ledger_of_lines(
    scope: Scope, lines: Sequence[BookLine], asked: Asked, *, title: str
) -> Section:
    """A short ledger of lines that were all read, from the first ever to the last day asked for."""
    opening = 0
    months: Months = {}
    for line in lines:
        debit, credit = _amounts(line, scope)
        if line.place.on < asked.first:
            opening += scope.sign * (debit - credit)
            continue
        month = line.place.on.replace(day=1)
        debits, credits = months.get(month, (0, 0))
        months[month] = (debits + debit, credits + credit)
    writer = _Writer(scope, asked, months, opening)
    rows = [
        writer.carried(brought_forward(asked), on=asked.first),
        *writer.lines(line for line in lines if line.place.on >= asked.first),
        *_end(writer, asked),
    ]
    return Section(columns=ledger_columns(), rows=rows, title=title)


def brought_forward(asked: Asked) -> str:
    """前期繰越 at the beginning of a fiscal year, 前月繰越 of a month, else 繰越."""
    if asked.first == clock.fiscal_days(clock.fiscal_year(asked.first))[0]:
        return str(_("Brought forward from the year before"))
    if asked.first.day == 1:
        return str(_("Brought forward from the month before"))
    return str(_("Balance before"))


def carried_forward(asked: Asked) -> str:
    """次期繰越 at the end of a fiscal year, 次月繰越 of a month, else 次へ繰越."""
    if asked.last == clock.fiscal_days(clock.fiscal_year(asked.last))[1]:
        return str(_("Carried forward to the next year"))
    if asked.last == clock.end_of_month(asked.last):
        return str(_("Carried forward to the next month"))
    return str(_("Carried on"))


def _amounts(line: BookLine, scope: Scope) -> tuple[int, int]:
    """What a line debits and credits in these accounts; both, when it moves between two of them."""
    debit = line.amount if line.debit.account_id in scope.accounts else 0
    credit = line.amount if line.credit.account_id in scope.accounts else 0
    return debit, credit


def _writer(scope: Scope, asked: Asked) -> _Writer:
    months = queries.months_of(scope, asked.first, asked.last)
    return _Writer(scope, asked, months, queries.opening_of(scope, asked.first))


def _days_with_lines(months: Months, asked: Asked) -> tuple[date, date] | None:
    """The days between the first and the last month in which something moved.

    Where nothing is to be found, nobody looks: not over a million lines of other accounts.
    """
    if not months:
        return None
    found = list(months)
    end = clock.end_of_month(found[-1])
    return max(asked.first, found[0]), min(asked.last, end)


def _moved_until(writer: _Writer, asked: Asked, place: Place) -> int:
    """What the lines before this one add to the balance: whole months, and a part of its own."""
    month = place.on.replace(day=1)
    sums = [moved for before, moved in writer.months.items() if before < month]
    sums.append(queries.moved_before(writer.scope, max(asked.first, month), place))
    return writer.scope.sign * sum(debits - credits for debits, credits in sums)


def _end(writer: _Writer, asked: Asked) -> Iterator[Row]:
    """The last month's sums, those of all the days, and what goes on."""
    if writer.month is not None:
        yield writer.month_sums()
    sums = list(writer.months.values())
    cells = {
        "what": _("Sum of these days"),
        "debit": sum(debits for debits, _credits in sums),
        "credit": sum(credits for _debits, credits in sums),
    }
    yield Row(cells=cells, kind="subtotal")
    yield Row(
        cells={"on": asked.last, "what": carried_forward(asked), "balance": writer.balance},
        kind="total",
    )
