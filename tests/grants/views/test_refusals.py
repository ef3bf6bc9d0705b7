"""What bad input gets: a page that says what to do, keeps what was typed, and changes nothing."""

import pytest
from flask.testing import FlaskClient

from civicfund.core.db import db, transaction
from civicfund.grants import services
from civicfund.grants.models import (
    Disbursement,
    DisbursementState,
    PayeeAccount,
    PayeeState,
    ReportState,
)
from civicfund.grants.queries import reports
from civicfund.identity import services as identity
from tests.browsing import markup
from tests.factories.grants import (
    NARRATIVE,
    Cast,
    account_words,
    line_for,
    make_award,
    make_disbursement,
    make_receipt,
    pdf,
)
from tests.factories.identity import make_member, make_user, sign_in

pytestmark = pytest.mark.usefixtures("english")

S = DisbursementState


# -- who may come


PATHS = {
    "staff": ["/desk/grants", "/desk/grants/{ref}", "/desk/grants/{ref}/instalments/new",
              "/desk/grants/instalments/{made}", "/desk/grants/instalments/{made}/withdraw",
              "/desk/grants/{ref}/report", "/desk/receipts/{receipt}"],
    "approver": ["/desk/approvals", "/desk/grants/{ref}", "/desk/grants/instalments/{made}",
                 "/desk/grants/instalments/{made}/withdraw", "/desk/grants/{ref}/report",
                 "/desk/receipts/{receipt}"],
    "auditor": ["/desk/grants", "/desk/grants/{ref}", "/desk/grants/instalments/{made}",
                "/desk/grants/{ref}/report", "/desk/receipts/{receipt}"],
    "member": ["/desk/npo/awards", "/desk/npo/awards/{ref}", "/desk/npo/awards/{ref}/report",
               "/desk/npo/awards/bank-account/{slug}", "/desk/receipts/{receipt}",
               "/desk/npo/awards/lines/{line}/receipts/new"],
    "other member": ["/desk/npo/awards"],
    "officer": [],
}  # fmt: skip


@pytest.mark.parametrize("who", PATHS)
def test_each_sees_their_own_pages_and_no_others(client: FlaskClient, cast: Cast, who: str) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast, amount=1_000)
    line = reports.report_of(award.id).lines[0]
    receipt = make_receipt(line, cast)
    places = {
        "ref": award.reference, "made": made.id, "receipt": receipt.id, "line": line.id,
        "slug": cast.npo.slug,
    }  # fmt: skip
    people = {
        "staff": cast.staff, "approver": cast.approver, "member": cast.member,
        "other member": make_member(), "auditor": None, "officer": None,
    }  # fmt: skip
    sign_in(client, people[who] or make_user(roles=(who,)))
    for path in sorted({path for paths in PATHS.values() for path in paths}):
        expected = 200 if path in PATHS[who] else 403
        assert client.get(path.format(**places)).status_code == expected, path


def test_strangers_sign_in_and_unknown_things_are_not_found(
    client: FlaskClient, cast: Cast
) -> None:
    assert client.get("/desk/grants").status_code == 302
    sign_in(client, cast.staff)
    for path in ("/desk/grants/A-0000-0000-0", "/desk/grants/instalments/99999",
                 "/desk/grants/accounts/99999", "/desk/receipts/99999",
                 "/desk/grants/instalments/x/paid"):  # fmt: skip
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("deed", ["approve", "export"])
def test_deeds_of_others_are_refused(client: FlaskClient, cast: Cast, deed: str) -> None:
    made = make_disbursement(make_award(cast), cast, amount=1_000)
    sign_in(client, {"approve": cast.second_staff, "export": cast.approver}[deed])
    assert client.post(f"/desk/grants/instalments/{made.id}/{deed}").status_code == 403
    sign_in(client, make_user(roles=("auditor",)))
    assert client.post(f"/desk/grants/instalments/{made.id}/{deed}").status_code == 403
    assert made.state is S.PREPARED


# -- money


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("0", "at least 1 yen"),
        ("-500", "at least 1 yen"),
        ("1e12", "whole number of yen"),
        ("1000000000000", "at most"),
        ("たくさん", "whole number of yen"),
        ("", "Fill this in"),
        ("999999", "Only 81,400 yen of this award are not in an instalment yet"),
    ],
)
def test_amounts_that_cannot_be_prepared(
    client: FlaskClient, cast: Cast, typed: str, says: str
) -> None:
    award = make_award(cast)
    sign_in(client, cast.staff)
    answer = client.post(
        f"/desk/grants/{award.reference}/instalments/new",
        data={"amount": typed, "purpose": "第1回の支払い", "form_key": "k1"},
    )
    assert answer.status_code == 422
    assert says in markup(answer)
    assert "第1回の支払い" in markup(answer)
    assert f'value="{typed}"' in markup(answer)
    assert db.session.query(Disbursement).count() == 0


def test_full_width_amounts_are_welcome_and_a_second_click_is_no_second_payment(
    client: FlaskClient, cast: Cast
) -> None:
    award = make_award(cast)
    sign_in(client, cast.staff)
    page = f"/desk/grants/{award.reference}/instalments/new"
    form = {"amount": "１０，０００円", "purpose": "第1回", "form_key": "the-same"}
    for _ in range(2):
        assert client.post(page, data=form).status_code == 302
    [made] = db.session.query(Disbursement).all()
    assert made.amount_yen == 10_000


def test_the_preparer_reads_who_must_sign(client: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    with transaction():
        identity.grant_role(cast.staff, "approver", by=None)
    made = make_disbursement(award, cast, amount=1_000)
    sign_in(client, cast.staff)
    page = f"/desk/grants/instalments/{made.id}"
    assert "Sign this payment" not in markup(client.get(page))
    answer = client.post(f"{page}/approve")
    assert answer.status_code == 422
    assert "Another person with the approver role must sign" in markup(answer)
    assert made.state is S.PREPARED


def test_a_page_that_is_out_of_date_says_so(client: FlaskClient, cast: Cast) -> None:
    made = make_disbursement(make_award(cast), cast, amount=1_000, state=S.APPROVED)
    sign_in(client, cast.approver)
    answer = client.post(f"/desk/grants/instalments/{made.id}/approve")
    assert answer.status_code == 422
    assert "This is not possible any more: it is now “Approved”" in markup(answer)


def test_a_line_that_does_not_fit_is_not_offered_and_not_taken(
    client: FlaskClient, cast: Cast
) -> None:
    award = make_award(cast, bank=500)
    made = make_disbursement(award, cast, amount=1_000, state=S.APPROVED)
    sign_in(client, cast.staff)
    page = f"/desk/grants/instalments/{made.id}/paid"
    assert "No open bank line of this amount" in markup(client.get(page))
    with transaction():
        line = line_for(made)
    answer = client.post(page, data={"bank_line": "99999"})
    assert answer.status_code == 422
    answer = client.post(page, data={"bank_line": str(line.id)})
    assert answer.status_code == 422
    assert "The bank account holds only 500 yen in the book" in markup(answer)
    assert made.state is S.APPROVED


def test_withdrawing_without_a_reason(client: FlaskClient, cast: Cast) -> None:
    made = make_disbursement(make_award(cast), cast, amount=1_000)
    sign_in(client, cast.staff)
    answer = client.post(f"/desk/grants/instalments/{made.id}/withdraw", data={"reason": " "})
    assert answer.status_code == 422
    assert "Write the reason" in markup(answer)
    assert made.state is S.PREPARED


# -- accounts


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("bank_code", "12", "4 digits"),
        ("branch_code", "abc", "3 digits"),
        ("number", "123456789", "7 digits"),
        ("holder_kana", "みどりの会", "in katakana"),
        ("kind", "gold", "Not a valid choice"),
        ("bank_name", "", "Fill this in"),
    ],
)
def test_an_account_that_no_bank_has(
    client: FlaskClient, cast: Cast, field: str, typed: str, says: str
) -> None:
    sign_in(client, cast.member)
    good = account_words()
    form = {name: getattr(good, name) for name in good.__slots__} | {"kind": "ordinary"}
    page = f"/desk/npo/awards/bank-account/{cast.npo.slug}"
    answer = client.post(page, data=form | {field: typed})
    assert answer.status_code == 422
    assert says in markup(answer)
    assert good.branch_name in markup(answer)
    assert db.session.query(PayeeAccount).count() == 0
    assert client.post(page, data=form).status_code == 302


def test_one_person_does_not_check_and_confirm(client: FlaskClient, cast: Cast) -> None:
    both = make_user(roles=("staff", "approver"))
    with transaction():
        account = services.propose_account(cast.npo, by=cast.member, words=account_words())
    sign_in(client, both)
    page = f"/desk/grants/accounts/{account.id}"
    assert client.post(f"{page}/check", data={"reason": ""}).status_code == 422
    assert client.post(f"{page}/check", data={"reason": "通帳の写し"}).status_code == 302
    answer = client.post(f"{page}/confirm")
    assert answer.status_code == 422
    assert "Another person with the approver role must sign" in markup(answer)
    assert account.state is PayeeState.CHECKED


# -- reports


def test_a_report_keeps_what_was_typed_when_an_amount_is_wrong(
    client: FlaskClient, cast: Cast
) -> None:
    award = make_award(cast)
    report = reports.report_of(award.id)
    first, second = report.lines
    sign_in(client, cast.member)
    page = f"/desk/npo/awards/{award.reference}/report"
    form = {
        "version": str(report.version),
        "narrative": NARRATIVE,
        f"line-{first.id}-spent": "半分",
        f"line-{first.id}-note": "値上がりのため",
        f"line-{second.id}-spent": "５００",
    }
    answer = client.post(page, data=form)
    assert answer.status_code == 422
    for kept in (NARRATIVE, "値上がりのため", 'value="半分"', "whole number of yen"):
        assert kept in markup(answer)
    assert report.narrative == ""
    assert client.post(page, data=form | {f"line-{first.id}-spent": "０"}).status_code == 302
    assert (report.narrative, second.spent_yen, first.spent_yen) == (NARRATIVE, 500, 0)


def test_a_stale_report_is_not_overwritten_but_can_be_saved_after_reading(
    client: FlaskClient, cast: Cast
) -> None:
    award = make_award(cast)
    report = reports.report_of(award.id)
    seen = str(report.version)
    sign_in(client, cast.member)
    page = f"/desk/npo/awards/{award.reference}/report"
    assert client.post(page, data={"version": seen, "narrative": "一人目"}).status_code == 302
    answer = client.post(page, data={"version": seen, "narrative": "二人目"})
    assert answer.status_code == 422
    assert "Somebody saved this report" in markup(answer)
    assert "二人目" in markup(answer)
    assert report.narrative == "一人目"
    now = str(report.version)
    assert f'name="version" type="hidden" value="{now}"' in markup(answer)
    assert client.post(page, data={"version": now, "narrative": "二人目"}).status_code == 302


def test_filing_names_each_gap_and_keeps_the_draft(client: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    report = reports.report_of(award.id)
    line = report.lines[0]
    sign_in(client, cast.member)
    page = f"/desk/npo/awards/{award.reference}/report"
    form = {"version": str(report.version), "narrative": "短い", f"line-{line.id}-spent": "900"}
    answer = client.post(page, data=form | {"deed": "file"})
    assert answer.status_code == 422
    for gap in ("Tell what was done", "食材: Add at least one receipt", "会場: Nothing was spent"):
        assert gap in markup(answer)
    assert (report.state, line.spent_yen) == (ReportState.DUE, 900)


def _receipt(**more: object) -> dict[str, object]:
    return {
        "file": (pdf(), "領収書.pdf"), "kind": "receipt", "issued_on": "", "amount": "1,000",
        "issuer_name": "溝口商店", "addressee": "みどりの会", "purpose": "野菜と米",
    } | more  # fmt: skip
