"""Receipts: to those who check them, and to donors by the link of their gift; never public."""

from flask import Response
from flask.typing import ResponseReturnValue

from civicfund.core import tokens
from civicfund.donors.queries import donation_by_reference
from civicfund.grants import policy
from civicfund.grants.models import ReportEvidence
from civicfund.grants.queries.reports import evidence_by_id
from civicfund.grants.views.ground import bp
from civicfund.web.guards import found, public, requires
from civicfund.web.stored_files import send_stored


@bp.get("/desk/receipts/<int:evidence_id>")
@requires(policy.can_see_evidence, load=evidence_by_id)
def receipt(evidence: ReportEvidence) -> ResponseReturnValue:
    """A receipt, for its organisation and those who check it."""
    return _send(evidence)


@bp.get("/gifts/<token>/receipts/<int:evidence_id>")
@public
def gift_receipt(token: str, evidence_id: int) -> ResponseReturnValue:
    """A receipt of an accepted report, for those who gave to its campaign."""
    donation = found(donation_by_reference(tokens.read("gift", token) or ""))
    evidence = found(evidence_by_id(evidence_id))
    found(policy.is_shown_to_donor(evidence, donation) or None)
    answer = _send(evidence)
    # The address holds the key of somebody's gift: no page that it leads to may learn it.
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _send(evidence: ReportEvidence) -> Response:
    answer = send_stored(evidence.stored_file, public=False)
    if evidence.stored_file.media_type == "application/pdf":
        # A sandboxed answer shows no PDF in the browser: the reader's own program does it.
        name = f"receipt-{evidence.report_line_id}-{evidence.number}.pdf"
        answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
