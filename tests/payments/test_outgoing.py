"""What we ask of a gateway: once each, refused where it cannot be, and never more than there is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from civicfund.core import clock, events
from civicfund.core.db import db, transaction
from civicfund.core.errors import NotAllowedNow
from civicfund.payments import queries, services
from civicfund.payments.errors import (
    GatewayRefused,
    KeyReusedForOtherPayment,
    NoGatewayOpen,
    NoSavedCard,
    UnknownGateway,
)
from civicfund.payments.gateways.sandbox import hosted
from civicfund.payments.gateways.sandbox.models import SandboxCheckout
from civicfund.payments.models import (
    Payment,
    PaymentMethod,
    PaymentPurpose,
    PaymentState,
)
from tests.factories.payments import (
    Outcome,
    TestCard,
    Thing,
    make_payment,
    open_page,
    pay,
    save_card,
)
from tests.jobs import run_jobs

S = PaymentState


def count(model: type) -> int:
    """How many rows there are."""
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def charge(saved: Payment, *, number: int = 1) -> Payment:
    """Charge a saved card and let the news arrive."""
    with transaction():
        payment = services.start_payment(
            source=Thing(saved.source_id),
            purpose=PaymentPurpose.CHARGE,
            method=PaymentMethod.CARD,
            amount=saved.amount,
            key=f"{saved.key}/charge/{number}",
        )
        services.charge_saved_card(payment, saved=saved, description="こども食堂")
    run_jobs()
    db.session.refresh(payment)
    return payment


# -- start and open -----------------------------------------------------------------------------


def test_the_same_key_starts_the_same_payment(house: Flask) -> None:
    thing = Thing(7)
    with transaction():
        first = make_payment(source=thing, key="k", is_open=False)
        again = make_payment(source=thing, key="k", is_open=False)
    assert first is again
    assert count(Payment) == 1
    with pytest.raises(KeyReusedForOtherPayment):
        make_payment(source=thing, key="k", amount=3_001, is_open=False)


def test_eight_starts_at_once_are_one_payment(open_house: Flask) -> None:
    def start(_number: int) -> int:
        with open_house.app_context(), transaction():
            return make_payment(source=Thing(7), key="k").id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1
    assert count(Payment) == 1
    assert count(SandboxCheckout) == 1


def test_without_a_gateway_the_reason_is_told(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(house.config, "GATEWAYS", [])
    with pytest.raises(NoGatewayOpen):
        make_payment()
    assert db.session.query(Payment).count() == 0


def test_a_page_is_opened_once_for_a_payment(house: Flask) -> None:
    with transaction():
        payment = make_payment()
        address = payment.checkout_url
        assert open_page(payment) == address
    assert address is not None
    assert address.startswith("http://localhost/sandbox/checkouts/cs_")
    # The answer was lost on the way to us: asking again brings the same page.
    with transaction():
        payment.checkout_url = payment.gateway_ref = None
        db.session.flush()
        assert open_page(payment) == address
    assert count(SandboxCheckout) == 1


def test_a_decided_payment_has_no_page(house: Flask) -> None:
    with transaction():
        payment = pay(make_payment())
    with pytest.raises(NotAllowedNow):
        open_page(payment)


def test_a_shop_takes_no_more_than_its_till_allows(house: Flask) -> None:
    with transaction():
        make_payment(method=PaymentMethod.KONBINI, amount=300_000)
    with pytest.raises(GatewayRefused):
        make_payment(method=PaymentMethod.KONBINI, amount=300_001)


def test_the_terms_are_a_day_for_cards_and_three_days_for_shops(house: Flask) -> None:
    with transaction():
        by_card = make_payment()
        at_shop = make_payment(method=PaymentMethod.KONBINI)
    assert by_card.expires_at == by_card.started_at + timedelta(hours=24)
    assert at_shop.expires_at == clock.end_of(clock.today() + timedelta(days=3))


def test_in_production_the_sandbox_opens_nothing(house: Flask) -> None:
    house.config["PRODUCTION"] = True
    try:
        with pytest.raises(UnknownGateway):
            make_payment()
    finally:
        house.config["PRODUCTION"] = False


# -- saved cards --------------------------------------------------------------------------------


def test_a_saved_card_is_charged_while_its_holder_is_away(house: Flask) -> None:
    with transaction():
        saved = save_card(amount=10_000, card=TestCard.JCB)
    assert saved.state is S.CARD_SAVED
    assert saved.fee_yen is None
    payment = charge(saved)
    assert (payment.state, payment.fee_yen, payment.card_brand) == (S.SUCCEEDED, 396, "jcb")
    assert saved.state is S.CARD_SAVED


def test_asking_twice_charges_once(house: Flask) -> None:
    with transaction():
        saved = save_card()
    first = charge(saved)
    with transaction():
        services.charge_saved_card(first, saved=saved, description="こども食堂")
    run_jobs()
    assert len(queries.payments_of_source("things", saved.source_id)) == 2
    told = queries.events_of_payment(first.id)
    assert [event.kind for event in told] == ["charge.paid"]


def test_a_card_may_decline_later_and_then_work(house: Flask) -> None:
    with transaction():
        saved = save_card(card=TestCard.DECLINES_ONCE)
    first = charge(saved)
    assert (first.state, first.failure_code) == (S.FAILED, "insufficient_funds")
    assert charge(saved, number=2).state is S.SUCCEEDED


def test_a_card_may_decline_for_ever(house: Flask) -> None:
    with transaction():
        saved = save_card(card=TestCard.DECLINES_LATER)
    for number in range(3):
        assert charge(saved, number=number).state is S.FAILED


def test_a_released_card_is_never_charged(house: Flask) -> None:
    with transaction():
        saved = save_card()
        kept = saved.saved_card_ref
        services.cancel_payment(saved)
        services.cancel_payment(saved)
    assert (saved.state, saved.saved_card_ref) == (S.CANCELLED, None)
    with transaction():
        payment = make_payment(purpose=PaymentPurpose.CHARGE)
    with pytest.raises(NoSavedCard):
        services.charge_saved_card(payment, saved=saved)
    # Even someone who wrote the card down cannot charge it.
    with transaction():
        other = save_card()
        other.saved_card_ref = kept
    assert charge(other).failure_code == "card_released"


# -- cancel and expire --------------------------------------------------------------------------


@pytest.mark.parametrize("method", list(PaymentMethod))
def test_a_cancelled_page_takes_no_money(house: Flask, method: PaymentMethod) -> None:
    with transaction():
        payment = make_payment(method=method)
        if method is PaymentMethod.KONBINI:
            pay(payment, outcome=Outcome.TAKE_VOUCHER)
        services.cancel_payment(payment)
    run_jobs()
    db.session.refresh(payment)
    assert payment.state is S.CANCELLED
    checkout = db.session.query(SandboxCheckout).one()
    assert checkout.state.value == "cancelled"


def test_what_was_paid_a_moment_ago_is_not_cancelled(house: Flask) -> None:
    with transaction():
        payment = make_payment()
        assert payment.gateway_ref is not None
        hosted.use_card(payment.gateway_ref, TestCard.VISA)
    with pytest.raises(NotAllowedNow), transaction():
        services.cancel_payment(payment)
    run_jobs()
    db.session.refresh(payment)
    assert payment.state is S.SUCCEEDED
    with pytest.raises(NotAllowedNow), transaction():
        services.cancel_payment(payment)


def test_an_end_of_which_nothing_was_heard_is_marked_after_a_grace(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def hear(payment: Payment) -> None:
        told.append(payment.id)

    monkeypatch.setitem(events._listeners, "payment_expired", [hear])
    with transaction():
        waiting = make_payment()
        pay(make_payment())
        save_card()
        make_payment(purpose=PaymentPurpose.CHARGE)
        make_payment(method=PaymentMethod.KONBINI)
    now = clock.now()
    with clock.at(now + timedelta(hours=47)):
        assert services.overdue_payments() == []
    with clock.at(now + timedelta(hours=49)):
        assert services.overdue_payments() == [waiting.id]
        with transaction():
            services.expire_payment(waiting.id)
            services.expire_payment(waiting.id)
        assert services.overdue_payments() == []
    assert waiting.state is S.EXPIRED
    assert told == [waiting.id]


# -- what the database keeps --------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments SET amount_yen = 1",
        "UPDATE payments SET key = 'other'",
        "DELETE FROM payments",
        "DELETE FROM gateway_events",
        "UPDATE gateway_events SET payload = '{}'",
        "DELETE FROM refunds",
        "UPDATE refunds SET amount_yen = 1",
        "DELETE FROM payouts",
        "UPDATE payouts SET amount_yen = 1",
        "DELETE FROM bank_lines",
        "UPDATE bank_lines SET amount_yen = 1",
        "TRUNCATE gateway_events",
    ],
)
def test_the_application_may_not_rewrite_what_was(house: Flask, statement: str) -> None:
    with transaction():
        pay(make_payment())
    with pytest.raises(ProgrammingError, match="permission denied"), transaction():
        db.session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments SET state = 'failed'",
        "UPDATE payments SET fee_yen = 0",
        "UPDATE payments SET gateway_ref = 'cs_other'",
    ],
)
def test_a_paid_payment_stays_paid(house: Flask, statement: str) -> None:
    with transaction():
        pay(make_payment())
    with pytest.raises(IntegrityError, match="not undone"), transaction():
        db.session.execute(text(statement))


@pytest.mark.parametrize("amount", [0, -1])
def test_a_payment_is_more_than_nothing(house: Flask, amount: int) -> None:
    with pytest.raises(IntegrityError, match="amount_positive"):
        make_payment(amount=amount, is_open=False)
