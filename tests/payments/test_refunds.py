"""Refunds: back the way it came, in parts, never beyond the payment, whoever asks at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from civicfund.core import clock, events
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.payments import queries, services
from civicfund.payments.errors import KeyReusedForOtherPayment, NotRefundable, RefundTooLarge
from civicfund.payments.models import PaymentMethod, Refund, RefundState
from tests.factories.payments import make_payment, pay
from tests.jobs import run_jobs, waiting_jobs


def test_money_goes_back_in_parts_and_never_beyond_the_payment(house: Flask) -> None:
    with transaction():
        payment = pay(make_payment(amount=10_000))
        services.refund_payment(payment, amount=yen(4_000), key="r/1", reason="part")
    assert waiting_jobs() == ["payments.send_refund"]
    run_jobs()
    with pytest.raises(RefundTooLarge) as refusal, transaction():
        services.refund_payment(payment, amount=yen(6_001), key="r/2", reason="too much")
    assert refusal.value.places == {"left": "6,000"}
    with transaction():
        services.refund_payment(payment, amount=yen(6_000), key="r/3", reason="rest")
    run_jobs()
    refunds = queries.refunds_of_payment(payment.id)
    assert [refund.state for refund in refunds] == [RefundState.SUCCEEDED] * 2
    assert queries.refunded_yen(payment.id) == 10_000
    with pytest.raises(RefundTooLarge), transaction():
        services.refund_payment(payment, amount=yen(1), key="r/4", reason="one more")


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_no_refund(house: Flask, amount: int) -> None:
    with transaction():
        payment = pay(make_payment())
    with pytest.raises(RefundTooLarge):
        services.refund_payment(payment, amount=yen(amount), key="r", reason="")


def test_the_same_key_is_the_same_refund(house: Flask) -> None:
    with transaction():
        payment = pay(make_payment())
        first = services.refund_payment(payment, amount=yen(3_000), key="r", reason="twice")
        again = services.refund_payment(payment, amount=yen(3_000), key="r", reason="twice")
        assert first is again
    with pytest.raises(KeyReusedForOtherPayment):
        services.refund_payment(payment, amount=yen(1), key="r", reason="twice")
    run_jobs()
    # The job runs again after a crash: nothing is sent twice.
    with transaction():
        services.send_refund(first.id)
    assert db.session.query(Refund).count() == 1


def test_cash_from_a_shop_goes_back_by_bank(house: Flask) -> None:
    with transaction():
        payment = pay(make_payment(method=PaymentMethod.KONBINI))
    assert not payment.can_be_sent_back
    with pytest.raises(NotRefundable):
        services.refund_payment(payment, amount=payment.amount, key="r", reason="")


def test_what_was_not_paid_is_not_sent_back(house: Flask) -> None:
    with transaction():
        payment = make_payment()
    with pytest.raises(NotRefundable):
        services.refund_payment(payment, amount=payment.amount, key="r", reason="")


def test_a_refund_that_the_gateway_refuses_is_told_as_failed(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def hear(refund: Refund) -> None:
        told.append(refund.id)

    monkeypatch.setitem(events._listeners, "refund_failed", [hear])
    with transaction():
        payment = pay(make_payment())
        refund = services.refund_payment(payment, amount=payment.amount, key="r", reason="")
        db.session.execute(text("UPDATE sandbox_charges SET refunded_yen = amount_yen"))
    run_jobs()
    db.session.refresh(refund)
    assert (refund.state, refund.failure_code) == (RefundState.FAILED, "refused_by_gateway")
    assert told == [refund.id]
    # What failed does not count: it may be tried again under a new key.
    with transaction():
        services.refund_payment(payment, amount=payment.amount, key="r/again", reason="")


def test_eight_refunds_at_once_never_exceed_the_payment(open_house: Flask) -> None:
    with transaction():
        payment_id = pay(make_payment(amount=10_000)).id

    def send_back(number: int) -> bool:
        with open_house.app_context():
            try:
                with transaction():
                    payment = queries.payment_by_id(payment_id)
                    assert payment is not None
                    services.refund_payment(
                        payment, amount=yen(4_000), key=f"r/{number}", reason=""
                    )
            except RefundTooLarge:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send_back, range(8))) == 2


def test_the_database_itself_refuses_refunds_beyond_the_payment(open_house: Flask) -> None:
    with transaction():
        payment_id = pay(make_payment(amount=10_000)).id

    def write(number: int) -> bool:
        row = Refund(
            key=f"r/{number}", payment_id=payment_id, amount_yen=4_000, reason="",
            state=RefundState.REQUESTED, requested_at=clock.now(),
        )  # fmt: skip
        with open_house.app_context():
            try:
                with transaction():
                    db.session.add(row)
            except IntegrityError:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(8))) == 2
