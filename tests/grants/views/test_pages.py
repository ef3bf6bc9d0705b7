"""Every page of grants, in both languages, along the whole way of an award."""

import pytest
from flask.testing import FlaskClient

from civicfund.core.db import transaction
from civicfund.grants import services
from civicfund.grants.models import AwardState, DisbursementState
from civicfund.grants.queries import reports
from tests.factories.grants import (
    Cast,
    account_words,
    file_report,
    make_account,
    make_award,
    make_disbursement,
    make_receipt,
)
from tests.factories.identity import sign_in, sign_out


@pytest.fixture(params=["ja", "en"])
def browser(client: FlaskClient, request: pytest.FixtureRequest) -> FlaskClient:
    """A browser that has chosen a language."""
    client.set_cookie("lang", request.param)
    return client


def opens(browser: FlaskClient, *paths: str) -> None:
    for path in paths:
        assert browser.get(path).status_code == 200, path


def does(browser: FlaskClient, path: str, **data: str) -> None:
    answer = browser.post(path, data=data)
    assert answer.status_code == 302, (path, answer.status_code)


def test_agreeing_and_naming_an_account(browser: FlaskClient, cast: Cast) -> None:
    award = make_award(cast, state=AwardState.OFFERED, has_account=False)
    mine = f"/desk/npo/awards/{award.reference}"
    sign_in(browser, cast.member)
    bank = f"/desk/npo/awards/bank-account/{cast.npo.slug}"
    opens(browser, "/desk/npo", "/desk/npo/awards", mine, bank)
    does(browser, f"{mine}/agree")
    with transaction():
        account = services.propose_account(cast.npo, by=cast.member, words=account_words())
    opens(browser, mine, bank, "/desk/npo/awards")
    page = f"/desk/grants/accounts/{account.id}"
    sign_in(browser, cast.staff)
    opens(browser, "/desk/grants", page, f"{page}/decline")
    does(browser, f"{page}/check", reason="通帳の写し")
    sign_in(browser, cast.approver)
    opens(browser, "/desk/approvals", page, f"/desk/grants/{award.reference}")
    does(browser, f"{page}/confirm")
    opens(browser, page, "/desk/approvals")


def test_paying(browser: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    sign_in(browser, cast.staff)
    opens(browser, f"/desk/grants/{award.reference}")
    opens(browser, f"/desk/grants/{award.reference}/instalments/new")
    made = make_disbursement(award, cast, amount=50_000)
    page = f"/desk/grants/instalments/{made.id}"
    opens(browser, page, f"{page}/withdraw")
    sign_in(browser, cast.approver)
    opens(browser, "/desk/approvals", page)
    does(browser, f"{page}/approve")
    sign_in(browser, cast.staff)
    opens(browser, "/desk/grants", page)
    does(browser, f"{page}/export")
    opens(browser, "/desk/grants", page, f"{page}/paid")
    paid = make_disbursement(award, cast, amount=20_000, state=DisbursementState.PAID)
    page = f"/desk/grants/instalments/{paid.id}"
    opens(browser, page, f"{page}/returned", f"/desk/grants/{award.reference}")
    sign_in(browser, cast.member)
    opens(browser, f"/desk/npo/awards/{award.reference}")


def test_reporting(browser: FlaskClient, cast: Cast) -> None:
    award = make_award(cast)
    mine, desk = f"/desk/npo/awards/{award.reference}", f"/desk/grants/{award.reference}"
    make_disbursement(award, cast, amount=60_000, state=DisbursementState.PAID)
    report = reports.report_of(award.id)
    line = report.lines[0]
    sign_in(browser, cast.member)
    opens(browser, f"{mine}/report", f"/desk/npo/awards/lines/{line.id}/receipts/new")
    receipt = make_receipt(line, cast)
    opens(browser, f"{mine}/report", f"/desk/receipts/{receipt.id}")
    does(browser, f"/desk/npo/awards/receipts/{receipt.id}/remove")
    file_report(award, cast, spent=10_000)
    opens(browser, f"{mine}/report")
    sign_in(browser, cast.second_staff)
    opens(browser, "/desk/grants", f"{desk}/report")
    does(browser, f"{desk}/report", decision="accept")
    opens(browser, desk, f"{desk}/report", "/desk/grants", f"{desk}/returned-money")
    sign_in(browser, cast.member)
    opens(browser, mine, f"{mine}/report", f"/desk/npo/campaigns/{award.campaign.slug}")
    sign_out(browser)
    page = browser.get(f"/campaigns/{award.campaign.slug}").get_data(as_text=True)
    assert 'id="money"' in page
    assert "¥10,000" in page


def test_far_over_target(browser: FlaskClient, cast: Cast) -> None:
    award = make_award(cast, gift=100_000, target=50_000, state=AwardState.PROPOSED)
    make_account(cast, number="7654321")
    sign_in(browser, cast.member)
    opens(browser, "/desk/npo/awards", f"/desk/npo/awards/{award.reference}")
    sign_in(browser, cast.staff)
    opens(browser, "/desk/grants", f"/desk/grants/{award.reference}")
    sign_in(browser, cast.approver)
    page = f"/desk/approvals/awards/{award.reference}"
    opens(browser, "/desk/approvals", page)
    does(browser, page, reason="修正予算書を確認した")
    opens(browser, page)
    sign_out(browser)
    opens(browser, f"/campaigns/{award.campaign.slug}")
