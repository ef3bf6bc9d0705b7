"""The office finds gifts and answers donors; the organisation sees whom it may see."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from civicfund.campaigns.models import Campaign
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db, transaction
from civicfund.donors import queries, services
from civicfund.donors.models import Donation, DonationState, Method, Publicity, RefundState
from civicfund.identity.models import User
from civicfund.identity.queries import organisation_by_id
from tests.donors.conftest import in_account, run_gateway_jobs
from tests.factories.donors import ACCOUNT, Outcome, make_donation
from tests.factories.identity import make_member, make_user, sign_in
from tests.factories.ledger import make_bank_balance
from tests.factories.payments import make_bank_line
from tests.statements import counted

S = DonationState


@pytest.fixture
def staff(client: FlaskClient) -> User:
    """Somebody of the office, signed in."""
    person = make_user(roles=("staff",))
    sign_in(client, person)
    return person


def made(campaign: Campaign, **more: Any) -> Donation:
    with transaction():
        return make_donation(campaign, **more)


def listed(client: FlaskClient, **asked: str) -> list[str]:
    text = client.get("/desk/gifts", query_string=asked).get_data(as_text=True)
    table = text[text.index("<tbody>") :]
    return re.findall(r"D-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z](?=</a>)", table)


def test_finding_a_gift(client: FlaskClient, staff: User, keep_all: Campaign) -> None:
    mine = made(
        keep_all, email="Hanako@Example.jp", publicity=Publicity.NAME, donor_name="山田花子"
    )
    other = made(keep_all, outcome=Outcome.EXPIRE)
    assert listed(client) == [other.reference, mine.reference]
    slip = mine.reference.lower().replace("0", "o").replace("1", "l").replace("-", "", 1)
    slip = f"d-{slip.removeprefix('d')}"
    for words in (mine.reference, slip, "hanako", "HANAKO@", "山田"):
        assert listed(client, q=words) == [mine.reference], words
    assert listed(client, state="expired") == [other.reference]
    assert listed(client, method="konbini") == []
    assert listed(client, q="nobody") == []
    assert client.get("/desk/gifts?q=%00").status_code == 400
    assert listed(client, state="nonsense") == [other.reference, mine.reference]
    shown = client.get(f"/desk/gifts/{mine.reference}").get_data(as_text=True)
    assert "hanako@example.jp" in shown
    assert client.get("/desk/gifts/D-0000-0000-0").status_code == 404


def test_the_list_as_a_file(client: FlaskClient, staff: User, keep_all: Campaign) -> None:
    made(keep_all, publicity=Publicity.NAME, donor_name="=HYPERLINK()")
    answer = client.get("/desk/gifts.csv")
    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/csv"
    assert text.startswith("\ufeff番号,")
    assert ",'=HYPERLINK()," in text
    assert db.session.query(AuditRecord).filter_by(deed="export_gifts").count() == 1


def test_granting_a_refund(client: FlaskClient, staff: User, keep_all: Campaign) -> None:
    donation = made(keep_all)
    with transaction():
        request = services.request_refund(donation, reason="まちがえました")
    assert "まちがえました" in client.get("/desk/gifts").get_data(as_text=True)
    url = f"/desk/gifts/refunds/{request.id}"
    assert "まちがえました" in client.get(url).get_data(as_text=True)
    too_much = client.post(url, data={"amount": "3001", "deed": "grant"})
    assert too_much.status_code == 422
    assert "3,000円まで" in too_much.get_data(as_text=True)
    assert client.post(url, data={"amount": "２，０００", "deed": "grant"}).status_code == 303
    db.session.refresh(donation)
    assert (donation.state, donation.refunded_yen) == (S.PARTIALLY_REFUNDED, 2_000)
    run_gateway_jobs()
    assert in_account("2134") == 0
    twice = client.post(url, data={"amount": "2000", "deed": "grant"})
    assert twice.status_code == 422
    assert donation.refunded_yen == 2_000
    assert db.session.query(AuditRecord).filter_by(deed="refund_granted").count() == 1


def test_declining_a_refund(client: FlaskClient, staff: User, keep_all: Campaign) -> None:
    donation = made(keep_all)
    with transaction():
        request = services.request_refund(donation)
    url = f"/desk/gifts/refunds/{request.id}"
    refused = client.post(url, data={"amount": "3000", "note": " ", "deed": "decline"})
    assert refused.status_code == 422
    assert 'id="note-error"' in refused.get_data(as_text=True)
    client.post(url, data={"amount": "3000", "note": "材料を買いました", "deed": "decline"})
    db.session.refresh(request)
    assert (request.state, request.decision_note) == (RefundState.DECLINED, "材料を買いました")


def test_the_office_returns_on_its_own_account(
    client: FlaskClient, staff: User, keep_all: Campaign
) -> None:
    donation = made(keep_all)
    url = f"/desk/gifts/{donation.reference}/refund"
    assert client.post(url, data={"amount": "100"}).status_code == 422
    assert client.post(url, data={"amount": "9999", "note": "おわび"}).status_code == 409
    assert client.post(url, data={"amount": "100", "note": "おわび"}).status_code == 303
    db.session.refresh(donation)
    assert donation.refunded_yen == 100


def test_returning_cash(client: FlaskClient, staff: User, keep_all: Campaign) -> None:
    make_bank_balance(10_000)
    donation = made(keep_all, method=Method.KONBINI, refund_account=None)
    with transaction():
        request = services.refund_by_office(
            donation, by=staff, amount=donation.amount, reason="おわび"
        )
    assert "口座を入力する" in client.get("/desk/gifts/returns").get_data(as_text=True)
    assert donation.reference not in client.get("/desk/gifts/returns.csv").get_data(as_text=True)
    account = f"/desk/gifts/returns/{request.id}/account"
    alone = client.post(account, data=ACCOUNT)
    assert alone.status_code == 422
    assert "別の職員か寄付者" in alone.get_data(as_text=True)
    assert 'value="1234567"' in alone.get_data(as_text=True)
    sign_in(client, make_user(roles=("staff",)))
    assert client.post(account, data=ACCOUNT).status_code == 303
    assert "1234567" in client.get("/desk/gifts/returns.csv").get_data(as_text=True)
    url = f"/desk/gifts/returns/{request.id}"
    assert "照合していない明細がありません" in client.get(url).get_data(as_text=True)
    with transaction():
        line = make_bank_line(amount=-3_000, by=staff)
    sign_in(client, staff)
    alone = client.post(url, data={"bank_line": str(line.id)})
    assert alone.status_code == 422
    assert "別の人" in alone.get_data(as_text=True)
    sign_in(client, make_user(roles=("approver",)))
    assert client.post(url, data={"bank_line": str(line.id)}).status_code == 303
    db.session.refresh(request)
    assert request.state is RefundState.PAID
    assert in_account("1112") == 7_000
    assert queries.returns_to_transfer() == []


@pytest.mark.parametrize(
    ("role", "sees", "decides"),
    [
        ("staff", True, True),
        ("approver", True, True),
        ("auditor", True, False),
        ("officer", False, False),
        ("reviewer", False, False),
        ("admin", False, False),
    ],
)
def test_who_may_open_the_desk(
    client: FlaskClient, keep_all: Campaign, role: str, sees: bool, decides: bool
) -> None:
    donation = made(keep_all)
    with transaction():
        request = services.request_refund(donation)
    sign_in(client, make_user(roles=(role,)))
    for path in ("", ".csv", f"/{donation.reference}", "/returns"):
        assert client.get(f"/desk/gifts{path}").status_code == (200 if sees else 403)
    for path in (f"/refunds/{request.id}", "/returns.csv"):
        assert client.get(f"/desk/gifts{path}").status_code == (200 if decides else 403)
    text = client.get("/desk/gifts").get_data(as_text=True)
    assert ("/desk/gifts/refunds/" in text) is decides
    answer = client.post(
        f"/desk/gifts/{donation.reference}/refund", data={"amount": "1", "note": "-"}
    )
    assert answer.status_code == (303 if decides else 403)


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, keep_all: Campaign) -> None:
    for path in ("/desk/gifts", f"/desk/npo/campaigns/{keep_all.slug}/supporters"):
        assert "/login" in client.get(path).location


def test_the_organisation_sees_whom_it_may_see(client: FlaskClient, keep_all: Campaign) -> None:
    seen = made(keep_all, publicity=Publicity.NAME, donor_name="山田花子", message="応援します")
    made(keep_all, publicity=Publicity.PEN_NAME, pen_name="ねこ", donor_name="本名太郎")
    made(keep_all, publicity=Publicity.HIDDEN, donor_name="匿名次郎")
    made(keep_all, publicity=Publicity.HIDDEN_FROM_NPO, donor_name="秘密三郎", amount=7_000)
    made(keep_all, publicity=Publicity.NAME, donor_name="期限切れ", outcome=Outcome.EXPIRE)
    organisation = organisation_by_id(keep_all.organisation_id)
    assert organisation is not None
    sign_in(client, make_member(organisation))
    url = f"/desk/npo/campaigns/{keep_all.slug}/supporters"
    for text in (
        client.get(url).get_data(as_text=True),
        client.get(f"{url}.csv").get_data(as_text=True),
    ):
        for name in ("山田花子", "ねこ", "匿名次郎", "応援します"):
            assert name in text
        for secret in ("秘密三郎", "本名太郎", "期限切れ", seen.donor.email, "7,000円"):
            assert secret not in text
    assert "¥7,000" in client.get(url).get_data(as_text=True)
    sign_in(client, make_member())
    assert client.get(url).status_code == 403


def test_the_public_sees_names_as_donors_wish(client: FlaskClient, keep_all: Campaign) -> None:
    made(keep_all, publicity=Publicity.NAME, donor_name="山田花子", message="応援します")
    made(keep_all, publicity=Publicity.PEN_NAME, pen_name="ねこ", donor_name="本名太郎")
    made(keep_all, publicity=Publicity.HIDDEN, donor_name="匿名次郎", message="ひみつのことば")
    made(keep_all, publicity=Publicity.HIDDEN_FROM_NPO, donor_name="秘密三郎")
    text = client.get(f"/campaigns/{keep_all.slug}").get_data(as_text=True)
    for shown in ("山田花子", "ねこ", "応援します", "匿名の方"):
        assert shown in text
    for secret in ("本名太郎", "匿名次郎", "秘密三郎", "ひみつのことば"):
        assert secret not in text


def test_a_long_list_asks_no_more_than_a_short_one(
    client: FlaskClient, staff: User, keep_all: Campaign
) -> None:
    def statements(url: str) -> int:
        client.get(url)
        with counted() as ran:
            assert client.get(url).status_code == 200
        return ran.count

    made(keep_all)
    urls = ("/desk/gifts", "/desk/gifts.csv", "/desk/gifts/returns")
    few = [statements(url) for url in urls]
    for _ in range(5):
        donation = made(keep_all, method=Method.KONBINI)
        with transaction():
            services.refund_by_office(donation, by=staff, amount=donation.amount, reason="-")
            services.request_refund(make_donation(keep_all))
    assert [statements(url) for url in urls] == few
    assert max(few) <= 20
