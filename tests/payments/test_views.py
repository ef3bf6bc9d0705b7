"""The desks of money: who may open them, what they show, what keeps what was typed."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sa_event

from civicfund.core import clock
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db, transaction
from civicfund.payments import services
from civicfund.payments.gateways.sandbox import payouts
from civicfund.payments.models import BankLine, EventState, GatewayEvent, Payment, PaymentState
from tests.factories.identity import make_member, make_user, sign_in
from tests.factories.payments import (
    Outcome,
    Thing,
    make_bank_line,
    make_payment,
    pay,
    post_news,
    signed,
    withheld_news,
)
from tests.jobs import run_jobs

PAGES = ["/desk/payments", "/desk/payments/events", "/desk/payments/payouts", "/desk/bank"]
OUTSIDERS = ["reviewer", "officer", "partner", "admin"]


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    """A browser in which a member of staff is signed in."""
    sign_in(client, make_user(roles=("staff",)))
    return client


def misfit() -> tuple[Payment, GatewayEvent]:
    """An event that names another sum than its payment."""
    with transaction():
        payment = make_payment()
    about = {
        "ref": payment.gateway_ref, "reference": payment.key, "amount": 300_000,
        "currency": "JPY", "fee": 108,
    }  # fmt: skip
    post_news(*signed({"id": "evt_misfit", "kind": "checkout.paid", "object": about}))
    run_jobs()
    return payment, db.session.query(GatewayEvent).filter_by(event_id="evt_misfit").one()


# -- who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["staff", "approver", "auditor"])
def test_office_and_auditors_see_the_desks(client: FlaskClient, role: str) -> None:
    with transaction():
        payment = pay(make_payment())
    sign_in(client, make_user(roles=(role,)))
    event = db.session.query(GatewayEvent).one()
    more = [f"/desk/payments/{payment.id}", f"/desk/payments/events/{event.id}"]
    for page in [*PAGES, *more]:
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize("page", [*PAGES, "/desk/payments/1", "/desk/bank/new"])
def test_strangers_are_asked_to_sign_in(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 302
    assert "/login" in answer.location


@pytest.mark.parametrize("page", [*PAGES, "/desk/bank/new"])
@pytest.mark.parametrize("role", OUTSIDERS)
def test_other_roles_are_refused(client: FlaskClient, page: str, role: str) -> None:
    sign_in(client, make_user(roles=(role,)))
    assert client.get(page).status_code == 403


def test_members_of_an_organisation_are_refused(client: FlaskClient) -> None:
    sign_in(client, make_member())
    assert [client.get(page).status_code for page in PAGES] == [403] * len(PAGES)


def test_auditors_look_and_do_not_touch(client: FlaskClient) -> None:
    _, event = misfit()
    sign_in(client, make_user(roles=("auditor",)))
    assert "/handle" not in client.get(f"/desk/payments/events/{event.id}").text
    assert client.post(f"/desk/payments/events/{event.id}/handle").status_code == 403
    assert client.get("/desk/bank/new").status_code == 403
    assert "/desk/bank/new" not in client.get("/desk/bank").text
    assert client.post("/desk/bank/new", data=LINE).status_code == 403
    assert db.session.query(BankLine).count() == 0


def test_without_its_token_nothing_is_done(staff: FlaskClient) -> None:
    assert staff.post("/desk/bank/new", data=LINE, csrf=False).status_code == 400
    assert db.session.query(BankLine).count() == 0


# -- payments and events ------------------------------------------------------------------------


def test_unknown_numbers_are_not_found(staff: FlaskClient) -> None:
    for page in ("/desk/payments/999", "/desk/payments/events/999", "/desk/payments/x"):
        assert staff.get(page).status_code == 404
    assert staff.post("/desk/payments/events/999/handle").status_code == 404


def test_empty_desks_say_so(staff: FlaskClient) -> None:
    said = {
        "/desk/payments": "No payment yet", "/desk/payments/events": "No news yet",
        "/desk/payments/payouts": "No payout yet", "/desk/bank": "No bank line yet",
    }  # fmt: skip
    for page, words in said.items():
        assert words in staff.get(f"{page}?lang=en").text


def test_a_payment_is_shown_with_what_was_told_and_sent_back(staff: FlaskClient) -> None:
    with transaction():
        payment = pay(make_payment(amount=10_000))
        services.refund_payment(payment, amount=payment.amount, key="r", reason="二重に寄付した")
    run_jobs()
    page = staff.get(f"/desk/payments/{payment.id}?lang=en").text
    for words in ("¥10,000", "¥360", payment.key, "checkout.paid", "refund.paid", "二重に寄付した"):
        assert words in page, words


def test_lists_are_filtered_by_state(staff: FlaskClient) -> None:
    with transaction():
        paid = pay(make_payment())
        waiting = make_payment()
    page = staff.get("/desk/payments?state=succeeded").text
    assert f'href="/desk/payments/{paid.id}"' in page
    assert f'href="/desk/payments/{waiting.id}"' not in page
    assert f'href="/desk/payments/{waiting.id}"' in staff.get("/desk/payments?state=nonsense").text
    assert "checkout.paid" not in staff.get("/desk/payments/events?state=failed").text


def test_what_could_not_be_booked_is_seen_and_its_reason_told(staff: FlaskClient) -> None:
    payment, event = misfit()
    assert event.state is EventState.FAILED
    assert "/desk/payments/events?state=failed" in staff.get("/desk/payments").text
    assert "300,000 JPY" in staff.get("/desk/payments/events?state=failed").text
    page = staff.get(f"/desk/payments/events/{event.id}?lang=en").text
    assert "The gateway says 300,000 JPY, we asked for 3,000 JPY." in page
    assert "evt_misfit" in page
    assert f"/desk/payments/{payment.id}" in page


def test_unknown_kinds_are_shown(staff: FlaskClient) -> None:
    post_news(*signed({"id": "evt_x", "kind": "weather.changed", "note": "<b>雨</b>"}))
    run_jobs()
    event = db.session.query(GatewayEvent).one()
    assert "weather.changed" in staff.get("/desk/payments/events?state=ignored").text
    page = staff.get(f"/desk/payments/events/{event.id}").text
    assert "&lt;b&gt;雨&lt;/b&gt;" in page


def test_handling_again_still_fails_while_the_fault_stands(staff: FlaskClient) -> None:
    payment, event = misfit()
    page = staff.post(f"/desk/payments/events/{event.id}/handle", follow_redirects=True)
    assert "300,000 JPY" in page.text
    db.session.expire_all()
    assert event.state is EventState.FAILED
    assert payment.state is PaymentState.STARTED
    assert db.session.query(AuditRecord).filter_by(deed="handle_event_again").count() == 1


def test_handling_again_works_once_the_fault_is_gone(staff: FlaskClient) -> None:
    with transaction():
        payment = make_payment()
        number, payment.gateway_ref = payment.gateway_ref, "cs_mistaken"
        db.session.flush()
        payment_key = payment.key
    with transaction():
        payment.gateway_ref = number
        news = withheld_news(payment)[0]
        payment.gateway_ref = "cs_mistaken"
    post_news(*news)
    run_jobs()
    event = db.session.query(GatewayEvent).one()
    assert event.state is EventState.FAILED
    with transaction():
        payment.gateway_ref = number
    staff.post(f"/desk/payments/events/{event.id}/handle")
    assert event.state is EventState.HANDLED
    assert payment.state is PaymentState.SUCCEEDED
    deed = db.session.query(AuditRecord).filter_by(deed="handle_event_again").one()
    assert deed.before is not None
    assert (deed.before["state"], deed.after) == ("failed", {"state": "handled", "note": None})
    # A page that was left open: the deed is refused, nothing happens twice.
    assert staff.post(f"/desk/payments/events/{event.id}/handle").status_code == 409
    assert payment_key == payment.key


def test_payouts_lead_to_their_entry(staff: FlaskClient) -> None:
    with transaction():
        pay(make_payment(amount=10_000))
        payouts.pay_out()
    run_jobs()
    assert "¥9,640" in staff.get("/desk/payments/payouts").text


def statements_for(client: FlaskClient, page: str) -> int:
    """How many statements a page takes."""
    counted = 0

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal counted
        counted += "SAVEPOINT" not in statement

    sa_event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert client.get(page).status_code == 200
    finally:
        sa_event.remove(db.engine, "before_cursor_execute", count)
    return counted


def test_long_lists_take_no_more_statements_than_short_ones(staff: FlaskClient) -> None:
    def fill(times: int) -> None:
        with transaction():
            for _ in range(times):
                pay(make_payment(), outcome=Outcome.DECLINE)
                make_bank_line()

    fill(1)
    before = {page: statements_for(staff, page) for page in PAGES}
    fill(15)
    assert {page: statements_for(staff, page) for page in PAGES} == before
    assert max(before.values()) <= 8, before


# -- the bank -----------------------------------------------------------------------------------

LINE = {
    "account_code": "1112",
    "booked_on": "2026-11-02",
    "direction": "in",
    "amount": "１９，２４４円",
    "counterparty": "ストライプジャパン",
    "reference": "2026-11/3",
}


def test_a_bank_line_is_entered_with_full_width_digits(staff: FlaskClient) -> None:
    assert staff.get("/desk/bank/new").status_code == 200
    answer = staff.post("/desk/bank/new", data=LINE)
    assert answer.location.endswith("/desk/bank")
    line = db.session.query(BankLine).one()
    assert (line.amount_yen, line.booked_on.isoformat()) == (19_244, "2026-11-02")
    page = staff.get("/desk/bank").text
    assert "¥19,244" in page
    assert "ストライプジャパン" in page


def test_money_out_is_negative(staff: FlaskClient) -> None:
    staff.post("/desk/bank/new", data=LINE | {"direction": "out", "amount": "45,654"})
    assert db.session.query(BankLine).one().amount_yen == -45_654
    assert "¥45,654" in staff.get("/desk/bank").text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("amount", "0"), ("amount", "-5"), ("amount", "1e12"), ("amount", "1000000000001"),
        ("amount", "三千"), ("amount", "12.5"), ("amount", ""), ("booked_on", ""),
        ("booked_on", "2026-02-30"), ("booked_on", "yesterday"), ("booked_on", "2999-01-01"),
        ("direction", ""), ("direction", "sideways"), ("account_code", "9999"),
        ("counterparty", ""), ("counterparty", "　 "), ("counterparty", "あ" * 201),
        ("reference", ""), ("reference", " "), ("reference", "x" * 101),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field_and_the_rest_is_kept(
    staff: FlaskClient, field: str, typed: str
) -> None:
    answer = staff.post("/desk/bank/new", data=LINE | {field: typed})
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert "field__error" in answer.text
    for name, kept in LINE.items():
        if name != field and name not in {"account_code", "direction"}:
            assert f'value="{kept}"' in answer.text, name
    assert db.session.query(BankLine).count() == 0


def test_a_reference_that_is_taken_is_refused_and_all_is_kept(staff: FlaskClient) -> None:
    staff.post("/desk/bank/new", data=LINE)
    answer = staff.post("/desk/bank/new?lang=en", data=LINE | {"amount": "500"})
    assert answer.status_code == 422
    assert "was already entered" in answer.text
    assert 'value="500"' in answer.text
    assert db.session.query(BankLine).count() == 1


def test_only_lines_that_wait_can_be_asked_for(staff: FlaskClient, house: Flask) -> None:
    with transaction():
        matched = make_bank_line(reference="MATCHED")
        make_bank_line(reference="WAITING", on=clock.today())
        services.match_bank_line(matched, Thing(1))
    page = staff.get("/desk/bank?open=1").text
    assert "WAITING" in page
    assert "MATCHED" not in page
