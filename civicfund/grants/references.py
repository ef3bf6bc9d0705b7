"""What the book may refer to: awards and instalments, with their reports and bank lines."""

from flask import url_for
from flask_babel import gettext as _

from civicfund.grants.models import Award, Disbursement
from civicfund.grants.queries.awards import award_by_id
from civicfund.grants.queries.disbursements import disbursement_by_id, disbursements_of
from civicfund.grants.queries.reports import report_of
from civicfund.ledger.sources import SourcePage
from civicfund.payments.references import bank_line_page


def source_pages(kind: str, number: int) -> list[SourcePage]:
    """The page of an award or an instalment, and what belongs to it."""
    if kind == "awards" and (award := award_by_id(number)) is not None:
        return _of_award(award)
    if kind == "disbursements" and (part := disbursement_by_id(number)) is not None:
        return _of_instalment(part)
    return []


def _of_award(award: Award) -> list[SourcePage]:
    pages = [_award(award, is_own=True)]
    if award.return_line_id is not None:
        pages += bank_line_page(award.return_line_id)
    pages += [_instalment(part) for part in disbursements_of([award.id]).get(award.id, [])]
    report = report_of(award.id)
    if report is not None and report.receipt_count:
        title = _("Report with %(count)s receipts", count=report.receipt_count)
        url = url_for("grants.report", reference=award.reference)
        pages.append(SourcePage(title=title, url=url))
    return pages


def _of_instalment(part: Disbursement) -> list[SourcePage]:
    pages = [_instalment(part, is_own=True), _award(part.award)]
    for line_id in (part.bank_line_id, part.fee_line_id, part.return_line_id):
        if line_id is not None:
            pages += bank_line_page(line_id)
    return pages


def _award(award: Award, *, is_own: bool = False) -> SourcePage:
    title = _("Award %(number)s", number=award.reference)
    return SourcePage(
        title=title, url=url_for("grants.show", reference=award.reference), is_own=is_own
    )


def _instalment(part: Disbursement, *, is_own: bool = False) -> SourcePage:
    title = _("Instalment %(number)s", number=part.number)
    url = url_for("grants.instalment", disbursement_id=part.id)
    return SourcePage(title=f"{title} ({part.award.reference})", url=url, is_own=is_own)
