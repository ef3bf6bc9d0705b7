"""補助元帳（助成別）: what was decided for each grant, what was paid, what is owed."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from civicfund.books import queries
from civicfund.books.asking import Asked
from civicfund.books.documents import Column, Document, Row, Section
from civicfund.books.journal import journal_columns, journal_row
from civicfund.books.ledgers import ledger_of_lines
from civicfund.books.lists import listed
from civicfund.books.queries import GrantMovement, Scope
from civicfund.books.words import span_words
from civicfund.grants.models import Award

SLUG = "grant-ledger"
# What belongs to no grant stands behind all that do.
LAST = 10**17


def grant_ledger(asked: Asked) -> Document:
    """補助元帳（助成別）: 未払助成金 of a grant, and what else was booked because of it; without a
    grant, all of them. Their sum, with entries of no grant, is 2121 and 2122 of the trial balance.
    """
    scope = queries.scope_of_grants()
    if asked.grant is not None:
        return _document(asked, _sections(asked.grant, scope, asked))
    movements = queries.grant_movements(scope, asked.first, asked.last)
    total = Row(cells={"name": _("Total"), **_sums(movements)}, kind="total")
    rows = [
        (moved.grant.id if moved.grant is not None else LAST, _row(moved, asked))
        for moved in movements
    ]
    page = listed(rows, asked, total=total)
    return _document(
        asked,
        [Section(columns=_columns(), rows=page.rows)],
        earlier=page.earlier,
        later=page.later,
    )


def _document(
    asked: Asked, sections: Sequence[Section], *, earlier: str = "", later: str = ""
) -> Document:
    return Document(
        name=SLUG,
        title=_("Subsidiary ledger by grant"),
        span=span_words(asked.first, asked.last),
        sections=sections,
        is_landscape=True,
        earlier=earlier,
        later=later,
    )


def _sections(grant: Award, scope: Scope, asked: Asked) -> list[Section]:
    """A grant has few lines: they are read at once, from the first day on."""
    lines = list(queries.every_line(date.min, asked.last, only=[queries.of_grant(grant)]))
    owed = [line for line in lines if scope.has(line)]
    others = [
        journal_row(line, asked)
        for line in lines
        if not scope.has(line) and line.place.on >= asked.first
    ]
    name = f"{grant.reference} {grant.organisation.name_ja} – {grant.campaign.title}"
    ledger = ledger_of_lines(scope, owed, asked, title=name)
    if not others:
        return [ledger]
    title = _("Other entries of this grant")
    return [ledger, Section(columns=journal_columns(), rows=others, title=title)]


def _row(moved: GrantMovement, asked: Asked) -> Row:
    if moved.grant is None:
        return Row(cells={"name": _("Without a grant"), **_sums([moved])})
    url = asked.book_url(SLUG, grant=moved.grant.reference, **asked.days)
    return Row(
        cells={
            "reference": moved.grant.reference,
            "name": moved.grant.organisation.name_ja,
            "campaign": moved.grant.campaign.title,
            **_sums([moved]),
        },
        links=dict.fromkeys(("reference", "opening", "debits", "credits", "closing"), url),
    )


def _columns() -> list[Column]:
    return [
        Column(name="reference", label=_("Grant"), kind="code"),
        Column(name="name", label=_("Organisation"), is_wide=True),
        Column(name="campaign", label=_("Campaign"), is_wide=True),
        Column(name="opening", label=_("Owed before"), kind="yen"),
        Column(name="credits", label=_("Decided"), kind="yen"),
        Column(name="debits", label=_("Paid or settled lower"), kind="yen"),
        Column(name="closing", label=_("Owed"), kind="yen"),
    ]


def _sums(movements: Sequence[GrantMovement]) -> dict[str, int]:
    return {
        column: sum(getattr(moved, column) for moved in movements)
        for column in ("opening", "debits", "credits", "closing")
    }
