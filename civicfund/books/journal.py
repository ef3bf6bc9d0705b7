"""仕訳帳: every line of every entry in the order of the days."""

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from civicfund.books import queries
from civicfund.books.asking import Asked
from civicfund.books.documents import Column, Document, Row, Section
from civicfund.books.queries import BookLine
from civicfund.books.words import (
    account_words,
    number_words,
    party_words,
    span_words,
    what_happened,
)

SLUG = "journal"


def journal(asked: Asked) -> Document:
    """仕訳帳 (法人税法施行規則 54条, 55条): day, 借方, 貸方, amount, 摘要."""
    earlier = later = ""
    if asked.is_whole:
        rows: Iterable[Row] = _whole(asked)
    else:
        page = queries.line_page(asked.first, asked.last, after=asked.after, before=asked.before)
        earlier, later = str(page.earlier or ""), str(page.later or "")
        rows = [journal_row(line, asked) for line in page.lines]
        if page.lines and not later:
            rows.append(journal_total(queries.booked_total(asked.first, asked.last)))
    return Document(
        name=SLUG,
        title=_("Journal"),
        span=span_words(asked.first, asked.last),
        sections=[Section(columns=journal_columns(), rows=rows)],
        is_landscape=True,
        earlier=earlier,
        later=later,
    )


def journal_columns() -> list[Column]:
    """日付, 借方, 貸方, 摘要, 相手先."""
    return [
        Column(name="entry", label=_("Entry no."), kind="code"),
        Column(name="on", label=_("Day"), kind="day"),
        Column(name="debit", label=_("Debit account"), is_wide=True),
        Column(name="debit_amount", label=_("Debit amount"), kind="yen"),
        Column(name="credit", label=_("Credit account"), is_wide=True),
        Column(name="credit_amount", label=_("Credit amount"), kind="yen"),
        Column(name="what", label=_("Description"), is_wide=True),
        Column(name="party", label=_("Party")),
    ]


def journal_row(line: BookLine, asked: Asked) -> Row:
    """A line with both its sides."""
    return Row(
        cells={
            "entry": number_words(line),
            "on": line.place.on,
            "debit": account_words(line.debit),
            "debit_amount": line.amount,
            "credit": account_words(line.credit),
            "credit_amount": line.amount,
            "what": what_happened(line, asked),
            "party": party_words(line, asked),
        },
        links={
            "entry": asked.entry_url(line.place.entry_id),
        },
    )


def journal_total(total: int) -> Row:
    """The sum of the lines."""
    sums = {"debit": _("Total"), "debit_amount": total, "credit_amount": total}
    return Row(cells=sums, kind="total")


def _whole(asked: Asked) -> Iterator[Row]:
    total = 0
    for line in queries.every_line(asked.first, asked.last):
        total += line.amount
        yield journal_row(line, asked)
    yield journal_total(total)
