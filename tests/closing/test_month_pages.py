"""The desk 月次・決算 over HTTP: what each role sees and may do, and what a refusal leaves."""

import io

import pytest
from flask.testing import FlaskClient

from civicfund.closing.queries import months as queries
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.ledger.models import FiscalPeriod
from tests.browsing import markup, send, words
from tests.closing.conftest import NOVEMBER_5, Office
from tests.factories.closing import certificate, close, enter_balance, make_ready, prepare
from tests.factories.identity import make_user, sign_in
from tests.statements import counted

MONTH = "/desk/closing/months/2026-10"


@pytest.fixture(autouse=True)
def _english(client: FlaskClient) -> None:
    client.set_cookie("lang", "en")


@pytest.fixture
def staff_desk(client: FlaskClient, october: FiscalPeriod, office: Office) -> FlaskClient:
    sign_in(client, office.staff)
    return client


def test_the_months_exist_and_the_next_deed_is_a_button(staff_desk: FlaskClient) -> None:
    page = words(staff_desk.get("/desk/closing"))
    assert "October 2026" in page
    assert "November 2026" in page
    assert "Go through the checklist and prepare the close" in page


def test_from_the_balance_to_the_lock(
    staff_desk: FlaskClient, client: FlaskClient, october: FiscalPeriod, office: Office
) -> None:
    assert "Prepare the close" not in words(client.get(MONTH))
    answer = client.post(
        f"{MONTH}/balances/new",
        data={
            "account_code": "1112", "stated_on": "2026-10-31", "balance": "１，０００，０００円",
            "file": (certificate(), "残高証明書.pdf"),
        },
    )  # fmt: skip
    assert answer.status_code == 302
    assert "Everything on the list stands" in words(client.get(MONTH))
    assert send(client, MONTH, to="/prepare").status_code == 302
    assert "You prepared this close" in words(client.get(MONTH))
    assert client.get(f"{MONTH}/close").status_code == 403
    sign_in(client, office.approver)
    assert "Waits for the second signature" in words(client.get(MONTH))
    assert send(client, f"{MONTH}/close", to="/close").status_code == 302
    page = words(client.get(MONTH))
    assert "This month is closed" in page
    assert "Enter a balance" not in page
    db.session.refresh(october)
    assert october.closed_by_id == office.approver.id


def test_the_certificate_is_handed_out_to_those_who_may_look(
    staff_desk: FlaskClient, october: FiscalPeriod, office: Office
) -> None:
    enter_balance(october, office.staff, balance=1)
    [statement] = queries.statements_of(october.id).values()
    address = f"/desk/closing/certificates/{statement.id}"
    assert address in markup(staff_desk.get(MONTH))
    answer = staff_desk.get(address)
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == "attachment; filename=1112-2026-10-31.pdf"
    sign_in(staff_desk, make_user(roles=("reviewer",)))
    assert staff_desk.get(address).status_code == 403


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"balance": "a lot"}, "whole number of yen"),
        ({"balance": ""}, "Fill this in."),
        ({"stated_on": "2026-10-30"}, "must be that of the last day"),
        ({"stated_on": "yesterday"}, "year, month and day"),
        ({"account_code": "5101"}, "Not a valid choice"),
        ({"file": (io.BytesIO(b"MZ"), "x.pdf")}, "neither a PDF nor a picture"),
        ({"file": (io.BytesIO(b""), "")}, "Choose the file"),
    ],
    ids=["no number", "no balance", "another day", "no day", "no bank", "no picture", "no file"],
)
def test_a_balance_with_a_fault_is_said_and_kept(
    staff_desk: FlaskClient, october: FiscalPeriod, typed: dict[str, object], said: str
) -> None:
    good = {
        "account_code": "1112", "stated_on": "2026-10-31", "balance": "123456",
        "file": (certificate(), "x.pdf"),
    }  # fmt: skip
    answer = staff_desk.post(f"{MONTH}/balances/new", data=good | typed)
    assert answer.status_code == 422
    assert said in words(answer)
    if "balance" not in typed:
        assert 'value="123456"' in markup(answer)
    assert queries.statements_of(october.id) == {}


@pytest.mark.parametrize(
    ("lang", "said"), [("ja", "△330"), ("en", "−330")], ids=["ja", "en"]
)  # fmt: skip
def test_what_is_missing_is_written_as_in_the_books(
    staff_desk: FlaskClient, october: FiscalPeriod, office: Office, lang: str, said: str
) -> None:
    enter_balance(october, office.staff, balance=1_000_330)
    page = words(staff_desk.get(f"{MONTH}?lang={lang}"))
    assert said in page
    assert "¥" not in page


def test_an_item_is_explained_with_a_name(
    staff_desk: FlaskClient, october: FiscalPeriod, office: Office
) -> None:
    enter_balance(october, office.staff, balance=999_670)
    page = words(staff_desk.get(MONTH))
    assert "Does not hold" in page
    assert "330" in page
    assert send(staff_desk, f"{MONTH}/items/bank", note="  ").status_code == 422
    assert send(staff_desk, f"{MONTH}/items/bank", note="手数料は11月").status_code == 302
    page = words(staff_desk.get(MONTH))
    assert "手数料は11月" in page
    assert "Explained" in page
    assert send(staff_desk, f"{MONTH}/items/funds", note="x").status_code == 422
    assert staff_desk.get(f"{MONTH}/items/nonsense").status_code == 404


def test_a_refused_signature_says_why_and_changes_nothing(
    staff_desk: FlaskClient, october: FiscalPeriod, office: Office
) -> None:
    answer = staff_desk.post(f"{MONTH}/prepare")
    assert answer.status_code == 409
    assert "Not everything on the checklist holds yet: 1" in words(answer)
    prepare(october, office.both)
    sign_in(staff_desk, office.both)
    answer = staff_desk.post(f"{MONTH}/close")
    assert answer.status_code == 409
    assert "You prepared this. Another person must sign it." in words(answer)
    db.session.refresh(october)
    assert october.closed_at is None


def test_a_preparation_is_withdrawn_on_a_page_that_asks(
    staff_desk: FlaskClient, october: FiscalPeriod, office: Office
) -> None:
    prepare(october, office.staff)
    assert send(staff_desk, f"{MONTH}/withdraw", to="/withdraw").status_code == 302
    db.session.refresh(october)
    assert october.closing_prepared_at is None
    assert send(staff_desk, f"{MONTH}/withdraw", to="/withdraw").status_code == 422


def test_auditors_read_everything_and_find_no_deed(
    staff_desk: FlaskClient, october: FiscalPeriod, office: Office
) -> None:
    make_ready(october, office.staff)
    sign_in(staff_desk, office.auditor)
    page = staff_desk.get(MONTH)
    assert page.status_code == 200
    for deed in ("Prepare the close", "Enter a balance", "Close the month"):
        assert deed not in words(page)
    for address in ("prepare", "close", "withdraw", "items/bank", "balances/new"):
        assert staff_desk.post(f"{MONTH}/{address}").status_code == 403


@pytest.mark.parametrize("role", ["reviewer", "officer", "partner", "admin"])
def test_others_do_not_get_in(client: FlaskClient, october: FiscalPeriod, role: str) -> None:
    sign_in(client, make_user(roles=(role,)))
    assert client.get("/desk/closing").status_code == 403
    assert client.get(MONTH).status_code == 403


@pytest.mark.parametrize("month", ["2026-13", "2019-01", "x", "2026-10-01"])
def test_a_month_that_is_none_is_not_found(staff_desk: FlaskClient, month: str) -> None:
    assert staff_desk.get(f"/desk/closing/months/{month}").status_code == 404


def test_the_list_costs_the_same_with_many_months(
    staff_desk: FlaskClient, october: FiscalPeriod, office: Office
) -> None:
    def cost() -> int:
        db.session.expire_all()
        with counted() as seen:
            assert staff_desk.get("/desk/closing").status_code == 200
        return seen.count

    staff_desk.get("/desk/closing")
    before = cost()
    close(october, office.staff, office.approver)
    with clock.at(NOVEMBER_5.replace(year=2028)):
        staff_desk.get("/desk/closing")
        assert cost() <= before + 1


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, october: FiscalPeriod) -> None:
    assert client.get(MONTH).status_code == 302
