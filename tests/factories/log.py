"""A sealed log, and papers that are sealed in it."""

import io

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.storage import keep_evidence
from civicfund.ledger import services
from civicfund.ledger.models import EntryEvidence


def seal_all() -> None:
    while services.seal_entries().leaves:
        pass


def make_evidence(entry_id: int, body: bytes = b"%PDF-1.4 invoice %%EOF") -> EntryEvidence:
    stored = keep_evidence(io.BytesIO(body), name="請求書.pdf")
    evidence = EntryEvidence(
        entry_id=entry_id, kind="invoice", stored_file_id=stored.id, sha256=stored.sha256,
        added_at=clock.now(),
    )  # fmt: skip
    db.session.add(evidence)
    db.session.flush()
    return evidence
