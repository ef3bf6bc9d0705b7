"""The desk of evidence: an entry with its papers, and a record with its entries."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from civicfund.books.evidence.policy import can_read
from civicfund.ledger import queries as book
from civicfund.ledger import rows, tables
from civicfund.ledger.sources import pages_of
from civicfund.web.guards import found, requires

bp = Blueprint("evidence", __name__, url_prefix="/desk/evidence")
READER = rows.Reader("evidence", sees_names=True)


@bp.get("/entries/<int(max=9223372036854775807):entry_id>")
@requires(can_read)
def entry(entry_id: int) -> ResponseReturnValue:
    """One entry for the office: its lines, the record it comes from."""
    shown = found(book.entry_by_id(entry_id))
    pages = pages_of(shown.source_kind, shown.source_id) if shown.source_kind else []
    return render_template(
        "books/evidence_entry.html",
        entry=shown,
        party=rows.party_name(shown, READER),
        book_fund=rows.fund_of(shown),
        transfer_rows=rows.transfer_rows(shown.transfers),
        columns=tables.transfer_columns(),
        reversed_by=book.reversal_of(entry_id),
        source_pages=[*pages, *pages_of("journal_entries", entry_id)],
    )


@bp.get("/records/<kind>/<int(max=9223372036854775807):number>")
@requires(can_read)
def record(kind: str, number: int) -> ResponseReturnValue:
    """A record of any kind: what belongs to it, and every entry that was booked because of it."""
    pages = found(pages_of(kind, number) or None)
    entries = book.entries_of_source(kind, number)
    return render_template(
        "books/evidence_record.html",
        kind=kind,
        number=number,
        own=next((page for page in pages if page.is_own), None),
        others=[page for page in pages if not page.is_own],
        entry_rows=rows.entry_rows(entries, READER),
        columns=tables.entry_columns(),
    )
