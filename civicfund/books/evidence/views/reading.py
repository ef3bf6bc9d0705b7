"""An entry with its papers, and a record with its entries."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from civicfund.books.evidence.forms import AttachForm
from civicfund.books.evidence.policy import can_add, can_read
from civicfund.books.evidence.sections import papers_section
from civicfund.books.evidence.tables import READER
from civicfund.books.evidence.views.ground import bp
from civicfund.ledger import queries as book
from civicfund.ledger import rows, tables
from civicfund.ledger.models import JournalEntry
from civicfund.ledger.sources import pages_of
from civicfund.web.guards import found, requires


@bp.get("/entries/<int(max=9223372036854775807):entry_id>")
@requires(can_read)
def entry(entry_id: int) -> ResponseReturnValue:
    """One entry for the office: its lines, its papers, the record it comes from."""
    return entry_page(found(book.entry_by_id(entry_id)), AttachForm(formdata=None))


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


def entry_page(shown: JournalEntry, form: AttachForm) -> str:
    """The page of an entry, with the form as it was sent."""
    pages = pages_of(shown.source_kind, shown.source_id or 0) if shown.source_kind else []
    return render_template(
        "books/evidence_entry.html",
        entry=shown,
        reader=READER,
        form=form,
        may_add=can_add(current_user),
        party=rows.party_name(shown, READER),
        book_fund=rows.fund_of(shown),
        transfer_rows=rows.transfer_rows(shown.transfers),
        columns=tables.transfer_columns(),
        reversed_by=book.reversal_of(shown.id),
        source_pages=[*pages, *pages_of("journal_entries", shown.id)],
        papers=papers_section(shown, may_withdraw=can_add(current_user)),
    )
