"""Receipts reach those who gave, by the link of their gift, after acceptance, and nobody else."""

from flask.testing import FlaskClient

from civicfund.core import tokens
from civicfund.core.db import db, transaction
from civicfund.donors.models import Donation
from civicfund.grants import services
from civicfund.grants.models import DisbursementState
from civicfund.grants.queries import reports
from civicfund.grants.trace import gift_steps
from tests.factories.grants import Cast, file_report, make_award, make_disbursement, picture
from tests.factories.grants import receipt_words as good
from tests.factories.identity import sign_in


def _gift(award: object) -> Donation:
    return db.session.query(Donation).filter_by(campaign_id=award.campaign_id).one()


def test_donors_see_receipts_once_the_report_is_accepted(client: FlaskClient, cast: Cast) -> None:
    award, other = make_award(cast), make_award(cast)
    make_disbursement(award, cast, state=DisbursementState.PAID)
    report = file_report(award, cast)
    receipt_id = report.lines[0].evidence[0].id
    mine = f"/gifts/{tokens.sign('gift', _gift(award).reference)}/receipts/{receipt_id}"
    theirs = f"/gifts/{tokens.sign('gift', _gift(other).reference)}/receipts/{receipt_id}"
    assert client.get(mine).status_code == 404
    with transaction():
        services.accept_report(report, by=cast.second_staff)
    answer = client.get(mine)
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get(theirs).status_code == 404
    forged = f"/gifts/{tokens.sign('other', _gift(award).reference)}/receipts/{receipt_id}"
    assert client.get(forged).status_code == 404
    assert client.get(f"/gifts/nonsense/receipts/{receipt_id}").status_code == 404
    assert client.get(mine.rsplit("/", 1)[0] + "/99999").status_code == 404


def test_a_picture_opens_in_the_browser_and_cannot_run(client: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    line = reports.report_of(award.id).lines[0]
    with transaction():
        receipt = services.add_evidence(
            line, by=cast.member, upload=picture(), name="a.png", words=good()
        )
    sign_in(client, cast.member)
    answer = client.get(f"/desk/receipts/{receipt.id}")
    assert answer.mimetype == "image/webp"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == "inline"


def test_the_way_of_a_gift_goes_on_to_the_receipts(client: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    gift = _gift(award)

    def kinds() -> list[tuple[str, str]]:
        with client.application.test_request_context():
            return [(step.kind, step.state) for step in gift_steps(gift)]

    assert kinds() == [("award", "done"), ("instalment", "todo"), ("report", "todo")]
    make_disbursement(award, cast, amount=50_000, state=DisbursementState.PAID)
    make_disbursement(award, cast, amount=award.amount_yen - 50_000, state=DisbursementState.PAID)
    report = file_report(award, cast)
    assert kinds()[1:] == [("instalment", "done")] * 2 + [("report", "current")]
    with transaction():
        services.accept_report(report, by=cast.second_staff)
    assert kinds()[3:] == [("report", "done"), ("report_line", "done"), ("report_line", "done")]
    with client.application.test_request_context():
        steps = gift_steps(gift)
    assert [step.amount_yen for step in steps[4:]] == [line.spent_yen for line in report.lines]
    for step in steps[4:]:
        [evidence] = step.evidence
        assert client.get(evidence.url).status_code == 200
    page = client.get(f"/gifts/{tokens.sign('gift', gift.reference)}")
    assert page.status_code == 200
    assert evidence.url in page.get_data(as_text=True)
