"""The sandbox's pages over HTTP: every outcome a person can choose, and every wrong turn."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.payments.gateways.sandbox.models import SandboxCheckout
from civicfund.payments.models import Payment, PaymentMethod, PaymentPurpose, PaymentState
from tests.factories.payments import make_payment
from tests.jobs import run_jobs

S = PaymentState


def opened(
    purpose: PaymentPurpose = PaymentPurpose.PAY, method: PaymentMethod = PaymentMethod.CARD
) -> Payment:
    """A payment whose hosted page is open."""
    with transaction():
        return make_payment(purpose=purpose, method=method, amount=10_000)


def state_of(payment: Payment) -> PaymentState:
    """After everything that waits was done."""
    run_jobs()
    db.session.refresh(payment)
    return payment.state


def send(client: FlaskClient, payment: Payment, page: str, **fields: str) -> TestResponse:
    """Post a form of the hosted page, with its token."""
    address = f"/sandbox/checkouts/{payment.gateway_ref}/{page}"
    return client.post(address, data=fields)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("method", list(PaymentMethod))
def test_each_page_says_that_no_real_money_moves(
    client: FlaskClient, lang: str, method: PaymentMethod
) -> None:
    payment = opened(method=method)
    page = client.get(f"{payment.checkout_url}?lang={lang}")
    assert page.status_code == 200
    said = {"ja": "実際のお金は動きません", "en": "No real money moves"}[lang]
    assert said in page.text
    assert "10,000" in page.text
    assert "こども食堂への寄附" in page.text


@pytest.mark.parametrize("card", ["visa", "mastercard", "jcb"])
def test_a_card_that_works_goes_back_to_the_fund(client: FlaskClient, card: str) -> None:
    payment = opened()
    answer = send(client, payment, "card", card=card)
    assert (answer.status_code, answer.location) == (302, "http://localhost/thanks")
    assert state_of(payment) is S.SUCCEEDED


def test_a_declined_card_keeps_the_page_and_says_what_to_do(client: FlaskClient) -> None:
    payment = opened()
    answer = send(client, payment, "card", card="declined")
    assert answer.status_code == 422
    assert "The card was declined" in answer.text or "カード" in answer.text
    assert 'value="declined"' in answer.text
    assert state_of(payment) is S.FAILED
    assert send(client, payment, "card", card="visa").status_code == 302
    assert state_of(payment) is S.SUCCEEDED


@pytest.mark.parametrize(("answer", "state"), [("confirm", S.SUCCEEDED), ("fail", S.FAILED)])
def test_the_card_company_asks_on_a_second_page(
    client: FlaskClient, answer: str, state: PaymentState
) -> None:
    payment = opened()
    asked = send(client, payment, "card", card="authentication")
    assert asked.location.endswith("/authentication")
    assert client.get(asked.location).status_code == 200
    # Whoever opens the first page again is brought to the question.
    assert client.get(payment.checkout_url).location.endswith("/authentication")
    assert state_of(payment) is S.STARTED
    send(client, payment, "authentication", answer=answer)
    assert state_of(payment) is state


@pytest.mark.parametrize("card", [None, "", "gold", "declines_later"])
def test_what_is_no_card_of_this_page_is_refused(client: FlaskClient, card: str | None) -> None:
    payment = opened()
    answer = send(client, payment, "card", **({} if card is None else {"card": card}))
    assert answer.status_code == 422
    assert state_of(payment) is S.STARTED


@pytest.mark.parametrize("card", ["visa", "declines_later", "declines_once"])
def test_a_card_is_saved(client: FlaskClient, card: str) -> None:
    payment = opened(purpose=PaymentPurpose.SAVE_CARD)
    assert "declines_later" in client.get(payment.checkout_url).text
    assert send(client, payment, "card", card=card).status_code == 302
    assert state_of(payment) is S.CARD_SAVED


def test_paying_twice_pays_once(client: FlaskClient) -> None:
    payment = opened()
    send(client, payment, "card", card="visa")
    again = send(client, payment, "card", card="visa")
    assert again.status_code == 302
    page = client.get(again.location)
    assert page.status_code == 200
    assert "http://localhost/thanks" in page.text
    assert state_of(payment) is S.SUCCEEDED
    assert run_jobs() == []


def test_a_voucher_is_taken_and_paid(client: FlaskClient) -> None:
    payment = opened(method=PaymentMethod.KONBINI)
    issued = send(client, payment, "voucher")
    number = issued.location.rsplit("/", 1)[1]
    assert state_of(payment) is S.PENDING
    page = client.get(issued.location)
    assert number in page.text
    assert client.get(payment.checkout_url).location == issued.location
    assert send(client, payment, "voucher").location.endswith(payment.gateway_ref)
    client.post(f"/sandbox/vouchers/{number}/pay")
    assert state_of(payment) is S.SUCCEEDED
    assert "http://localhost/thanks" in client.get(issued.location).text
    client.post(f"/sandbox/vouchers/{number}/expire")
    assert state_of(payment) is S.SUCCEEDED


def test_a_voucher_may_expire(client: FlaskClient) -> None:
    payment = opened(method=PaymentMethod.KONBINI)
    address = send(client, payment, "voucher").location
    client.post(f"{address}/expire")
    assert state_of(payment) is S.EXPIRED
    client.post(f"{address}/pay")
    assert state_of(payment) is S.EXPIRED
    assert "http://localhost/again" in client.get(address).text


@pytest.mark.parametrize(
    ("method", "page"), [(PaymentMethod.KONBINI, "card"), (PaymentMethod.CARD, "voucher")]
)
def test_the_other_way_to_pay_is_not_offered(
    client: FlaskClient, method: PaymentMethod, page: str
) -> None:
    payment = opened(method=method)
    answer = send(client, payment, page, card="visa")
    assert answer.location.endswith(payment.gateway_ref)
    assert state_of(payment) is S.STARTED


def test_a_page_whose_time_is_over_says_so(client: FlaskClient) -> None:
    payment = opened()
    assert payment.expires_at is not None
    with clock.at(payment.expires_at):
        page = client.get(payment.checkout_url)
        assert page.status_code == 200
        assert "http://localhost/again" in page.text
        refused = send(client, payment, "card", card="visa")
        assert refused.status_code == 422
    assert state_of(payment) is S.STARTED


@pytest.mark.parametrize(
    "address",
    [
        "/sandbox/checkouts/cs_nobody", "/sandbox/vouchers/00000000000",
        "/sandbox/checkouts/cs_nobody/authentication",
    ],
)  # fmt: skip
def test_unknown_pages_are_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_an_unknown_deed_is_not_found(client: FlaskClient) -> None:
    payment = opened(method=PaymentMethod.KONBINI)
    address = send(client, payment, "voucher").location
    assert client.post(f"{address}/steal").status_code == 404


def test_in_production_there_is_no_such_page(client: FlaskClient, house: Flask) -> None:
    payment = opened()
    house.config["PRODUCTION"] = True
    try:
        assert client.get(payment.checkout_url).status_code == 404
        assert send(client, payment, "card", card="visa").status_code == 404
    finally:
        house.config["PRODUCTION"] = False
    assert state_of(payment) is S.STARTED
    assert db.session.query(SandboxCheckout).one().state.value == "open"
