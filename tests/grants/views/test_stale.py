"""More of what is refused at the desks of grants."""

import io

import pytest
from flask.testing import FlaskClient

from civicfund.core import storage
from civicfund.core.db import db
from civicfund.grants.models import (
    AwardState,
    ReportEvidence,
    ReportState,
)
from civicfund.grants.queries import reports
from tests.browsing import markup
from tests.factories.grants import (
    NARRATIVE,
    Cast,
    file_report,
    make_award,
    pdf,
    write_report,
)
from tests.factories.identity import sign_in

pytestmark = pytest.mark.usefixtures("english")


# -- who may come


def _receipt(**more: object) -> dict[str, object]:
    return {
        "file": (pdf(), "領収書.pdf"), "kind": "receipt", "issued_on": "", "amount": "1,000",
        "issuer_name": "溝口商店", "addressee": "みどりの会", "purpose": "野菜と米",
    } | more  # fmt: skip


def test_filing_a_whole_report(client: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    report = write_report(award, cast)
    form = {"version": str(report.version), "narrative": NARRATIVE, "deed": "file"}
    for line in report.lines:
        form |= {f"line-{line.id}-spent": str(line.spent_yen), f"line-{line.id}-note": line.note}
    sign_in(client, cast.member)
    answer = client.post(f"/desk/npo/awards/{award.reference}/report", data=form)
    assert answer.status_code == 302
    assert report.state is ReportState.SUBMITTED


def test_a_receipt_with_its_file(client: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    line = reports.report_of(award.id).lines[0]
    sign_in(client, cast.member)
    page = f"/desk/npo/awards/lines/{line.id}/receipts/new"
    form = _receipt(issued_on=award.starts_on.isoformat())
    assert client.post(page, data=form).status_code == 302
    [receipt] = db.session.query(ReportEvidence).all()
    answer = client.get(f"/desk/receipts/{receipt.id}")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        ({"file": (io.BytesIO(b"MZ\x90 program"), "receipt.pdf")}, 422, "neither a PDF nor"),
        ({"file": (io.BytesIO(b"<svg onload='x'/>"), "photo.png")}, 422, "neither a PDF nor"),
        ({"file": (io.BytesIO(b""), "")}, 422, "Choose the file"),
        ({"issued_on": "2019-04-01"}, 422, "the period of the award"),
        ({"issued_on": "きのう"}, 422, "Enter a day"),
        ({"addressee": "上様"}, 422, "“上様” does not count"),
        ({"purpose": "品代"}, 422, "“品代” does not count"),
        ({"amount": "0"}, 422, "at least 1 yen"),
        ({"kind": "invoice"}, 422, "Not a valid choice"),
    ],
)
def test_receipts_that_lie_or_do_not_count(
    client: FlaskClient, cast: Cast, more: dict[str, object], status: int, says: str
) -> None:
    award = make_award(cast)
    line = reports.report_of(award.id).lines[0]
    sign_in(client, cast.member)
    if "file" in more:
        upload, name = more["file"]
        more = {"file": (io.BytesIO(upload.getvalue()), name)}
    form = _receipt(issued_on=award.starts_on.isoformat()) | more
    answer = client.post(f"/desk/npo/awards/lines/{line.id}/receipts/new", data=form)
    assert answer.status_code == status
    assert says in markup(answer)
    assert "溝口商店" in markup(answer)
    assert db.session.query(ReportEvidence).count() == 0


def test_a_file_that_is_too_large(client: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    line = reports.report_of(award.id).lines[0]
    sign_in(client, cast.member)
    large = io.BytesIO(b"%PDF-1.4" + b"0" * storage.LARGEST_FILE + b"%%EOF")
    form = _receipt(issued_on=award.starts_on.isoformat(), file=(large, "large.pdf"))
    answer = client.post(f"/desk/npo/awards/lines/{line.id}/receipts/new", data=form)
    answer.request.environ["wsgi.input"].close()
    assert answer.status_code == 422
    assert "larger than 10 MB" in markup(answer)
    assert db.session.query(storage.StoredFile).count() == 0


def test_asking_for_changes_without_saying_which(client: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    report = file_report(award, cast)
    sign_in(client, cast.second_staff)
    page = f"/desk/grants/{award.reference}/report"
    assert client.post(page, data={}).status_code == 422
    answer = client.post(page, data={"decision": "changes", "reason": ""})
    assert answer.status_code == 422
    assert "Write the reason" in markup(answer)
    assert report.state is ReportState.SUBMITTED
    answer = client.post(page, data={"decision": "changes", "reason": "宛名を直してください"})
    assert answer.status_code == 302
    assert report.state is ReportState.CHANGES_REQUESTED


def test_the_office_cannot_write_in_a_report(client: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    sign_in(client, cast.staff)
    assert client.post(f"/desk/npo/awards/{award.reference}/report").status_code == 403
    assert client.post(f"/desk/npo/awards/{award.reference}/agree").status_code == 403
    assert award.state is AwardState.AGREED
