"""Receipts: looked into, kept outside the web root, and held to what a receipt must say."""

from typing import IO

from civicfund.core import clock, storage
from civicfund.core.db import db
from civicfund.grants import report_rules
from civicfund.grants.errors import (
    OutsidePeriod,
    SameFileTwice,
    TooManyReceipts,
    VaguePurpose,
    WrongAddressee,
)
from civicfund.grants.models import EvidenceKind, ReportEvidence, ReportLine
from civicfund.grants.queries import reports as queries
from civicfund.grants.services.refusals import in_words
from civicfund.grants.services.reports import must_be_open_to
from civicfund.grants.words import ReceiptWords
from civicfund.identity.models import User

MOST_RECEIPTS = 50


def add_evidence(
    line: ReportLine, *, by: User, upload: IO[bytes], name: str, words: ReceiptWords
) -> ReportEvidence:
    """Put a receipt under a line of the report.

    Raises what is wrong with the file (`NotEvidence`, `FileTooLarge`) or with the receipt.
    """
    must_be_open_to(line.report, by)
    _must_count(line, words)
    if len(line.evidence) >= MOST_RECEIPTS:
        raise TooManyReceipts(most=MOST_RECEIPTS)
    stored = storage.keep_evidence(upload, name=name)
    if any(known.stored_file_id == stored.id for known in line.evidence):
        raise SameFileTwice
    evidence = ReportEvidence(
        report_line_id=line.id,
        number=queries.last_evidence_number(line.id) + 1,
        kind=words.kind,
        stored_file_id=stored.id,
        issued_on=words.issued_on,
        issuer_name=words.issuer_name.strip(),
        addressee=words.addressee.strip(),
        purpose=words.purpose.strip(),
        amount_yen=words.amount_yen,
        added_by_id=by.id,
        added_at=clock.now(),
    )
    with in_words():
        db.session.add(evidence)
    db.session.expire(line, ["evidence"])
    return evidence


def remove_evidence(evidence: ReportEvidence, *, by: User) -> ReportLine:
    """Take a receipt out of a report that is still being written. The file itself is kept."""
    line = evidence.line
    must_be_open_to(line.report, by)
    db.session.delete(evidence)
    db.session.flush()
    db.session.expire(line, ["evidence"])
    return line


def _must_count(line: ReportLine, words: ReceiptWords) -> None:
    """Dated inside the period, made out to the body, for a concrete purpose."""
    award = line.report.award
    today = clock.today()
    if not report_rules.is_within(words.issued_on, award.starts_on, award.ends_on, today=today):
        raise OutsidePeriod(
            starts_on=award.starts_on.isoformat(), ends_on=min(award.ends_on, today).isoformat()
        )
    if words.kind is EvidenceKind.RECEIPT and report_rules.names_nobody(words.addressee):
        raise WrongAddressee
    if report_rules.is_vague(words.purpose):
        raise VaguePurpose
