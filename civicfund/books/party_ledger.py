"""補助元帳（取引先別）: what was booked with each party."""

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from civicfund.books import queries
from civicfund.books.asking import Asked
from civicfund.books.documents import Cell, Column, Document, Row, Section
from civicfund.books.journal import journal_columns, journal_row, journal_total
from civicfund.books.queries import BookLine, PartySum
from civicfund.books.words import span_words
from civicfund.core.errors import NotFound
from civicfund.ledger.models import JournalEntry, Party
from civicfund.ledger.rows import shown_name

SLUG = "party-ledger"


def party_ledger(asked: Asked) -> Document:
    """補助元帳（取引先別): the entries with one party; without one, the parties, the newest first.

    Who does not wish to be named has no ledger here: the lines of all of them stand together, in
    the file that has all parties. Its sum is that of the journal. Raises `NotFound`.
    """
    if asked.party is not None:
        return _one(asked.party, asked)
    earlier = later = ""
    if asked.is_whole:
        rows: Iterable[Row] = _every_row(asked)
    else:
        page, has_more = queries.party_page(
            asked.first, asked.last, name=asked.name, sees_names=asked.sees_names,
            after=asked.after_row, before=asked.before_row,
        )  # fmt: skip
        back = asked.before_row is not None
        if page and (has_more if back else asked.after_row is not None):
            earlier = str(page[0].party_id)
        if page and (back or has_more):
            later = str(page[-1].party_id)
        rows = [_row(found, asked) for found in page]
    return Document(
        name=SLUG,
        title=_("Subsidiary ledger by party"),
        span=span_words(asked.first, asked.last),
        sections=[Section(columns=_columns(), rows=rows)],
        earlier=earlier,
        later=later,
    )


def _one(party: Party, asked: Asked) -> Document:
    if party.public_name is None and not asked.sees_names:
        raise NotFound
    only = [JournalEntry.party_id == party.id]
    earlier = later = ""
    if asked.is_whole:
        lines = queries.every_line(asked.first, asked.last, only=only)
    else:
        page = queries.line_page(
            asked.first, asked.last, after=asked.after, before=asked.before, only=only
        )
        lines = iter(page.lines)
        earlier, later = str(page.earlier or ""), str(page.later or "")
    total = queries.party_sum(party, asked.first, asked.last)
    return Document(
        name=SLUG,
        title=_("Subsidiary ledger by party"),
        span=span_words(asked.first, asked.last),
        sections=[
            Section(
                columns=journal_columns(),
                rows=_lines(lines, asked, total=None if later else total),
                title=shown_name(party.public_name, party.full_name, asked.reader),
            )
        ],
        is_landscape=True,
        earlier=earlier,
        later=later,
    )


def _lines(lines: Iterator[BookLine], asked: Asked, *, total: int | None) -> Iterator[Row]:
    yield from (journal_row(line, asked) for line in lines)
    if total is not None:
        yield journal_total(total)


def _every_row(asked: Asked) -> Iterator[Row]:
    """Each party; at the end those without a name to show, and the sum of the journal."""
    total = lines = 0
    for found in queries.every_party(asked.first, asked.last, sees_names=asked.sees_names):
        total, lines = total + found.amount, lines + found.lines
        yield _row(found, asked)
    sums: dict[str, Cell] = {"name": _("Total"), "lines": str(lines), "amount": total}
    yield Row(cells=sums, kind="total")


def _row(found: PartySum, asked: Asked) -> Row:
    cells: dict[str, Cell] = {"lines": str(found.lines), "amount": found.amount}
    if found.party_id is None:
        return Row(cells={"name": _("Without a party, or not shown"), **cells})
    url = asked.book_url(SLUG, party=found.party_id, **asked.days)
    return Row(
        cells={"number": str(found.party_id), "name": found.name, **cells},
        links=dict.fromkeys(("number", "amount"), url),
    )


def _columns() -> list[Column]:
    return [
        Column(name="number", label=_("Party no."), kind="code"),
        Column(name="name", label=_("Party"), is_wide=True),
        Column(name="lines", label=_("Lines"), kind="code"),
        Column(name="amount", label=_("Amount"), kind="yen"),
    ]
