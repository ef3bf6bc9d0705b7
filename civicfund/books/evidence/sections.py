"""The papers of an entry as a part of a page: here and in the auditor's room."""

from flask import render_template
from markupsafe import Markup

from civicfund.books.evidence.queries import lacks_of
from civicfund.books.evidence.tables import need_words, piece_columns, piece_rows
from civicfund.identity.queries import names_of_users
from civicfund.ledger.models import JournalEntry
from civicfund.ledger.queries.evidence import pieces_of


def papers_section(entry: JournalEntry, *, may_withdraw: bool = False) -> Markup:
    """What the entry has and what it lacks."""
    pieces = pieces_of([entry.id])[entry.id]
    people = {piece.evidence.added_by_id for piece in pieces} - {None}
    page = render_template(
        "books/_papers.html",
        piece_rows=piece_rows(pieces, names_of_users(people)),
        columns=piece_columns(may_withdraw=may_withdraw),
        lacks=[need_words(need) for need in lacks_of(entry)],
    )
    return Markup(page)  # noqa: S704  # our own template, escaped there
