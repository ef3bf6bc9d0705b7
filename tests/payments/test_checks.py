"""Each check finds the fault that it is there for, planted behind the triggers' back."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from civicfund.core import clock, queue
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.payments import checks, services
from civicfund.payments.gateways.sandbox import driver, payouts
from civicfund.payments.gateways.sandbox.models import SandboxEvent
from tests.factories.ledger import make_fund, make_gift
from tests.factories.payments import (
    TestCard,
    Thing,
    make_bank_line,
    make_payment,
    pay,
    post_news,
    save_card,
    signed,
    withheld_news,
)

# What is planted, and the checks that must tell.
FAULTS = {
    "a paid payment without its proof": (
        "ALTER TABLE payments DROP CONSTRAINT ck_payments_succeeded_is_proven; "
        "UPDATE payments SET succeeded_at = NULL WHERE state = 'succeeded'",
        {"payments_proven"},
    ),
    "a paid payment of nothing": (
        "ALTER TABLE payments DROP CONSTRAINT ck_payments_amount_positive; "
        "UPDATE payments SET amount_yen = 0 WHERE state = 'succeeded'",
        {"payments_proven", "refunds_within_payment"},
    ),
    "two payments with one number": (
        "ALTER TABLE payments DROP CONSTRAINT uq_payments_gateway_gateway_ref; "
        "UPDATE payments SET gateway_ref = 'cs_same'",
        {"payments_proven"},
    ),
    "a payment that nobody told of": (
        "UPDATE gateway_events SET payment_id = NULL WHERE kind = 'checkout.paid'",
        {"payments_told"},
    ),
    "a saved card that nobody told of": (
        "UPDATE gateway_events SET state = 'ignored' WHERE kind = 'checkout.card_saved'",
        {"payments_told"},
    ),
    "a message that waits": (
        "UPDATE gateway_events SET state = 'received', received_at = received_at - "
        "interval '61 minutes' WHERE kind = 'checkout.card_saved'",
        {"inbox_handled", "payments_told"},
    ),
    "a refund beyond its payment": (
        "UPDATE refunds SET amount_yen = 10001",
        {"refunds_within_payment"},
    ),
    "a payout that is not in the book": (
        "UPDATE payouts SET entry_id = NULL",
        {"payouts_booked"},
    ),
    "a payout with another sum than the book": (
        "UPDATE payouts SET amount_yen = amount_yen * 100",
        {"payouts_booked"},
    ),
    "a bank line matched by half": (
        "ALTER TABLE bank_lines DROP CONSTRAINT ck_bank_lines_matched_kind_with_id; "
        "UPDATE bank_lines SET matched_kind = NULL WHERE matched_id IS NOT NULL",
        {"bank_lines_matched_once"},
    ),
    "two bank lines for one thing": (
        "DROP INDEX uq_bank_lines_matched; "
        "UPDATE bank_lines SET matched_kind = 'things', matched_id = 1",
        {"bank_lines_matched_once"},
    ),
    "a bank line that was entered twice": (
        "ALTER TABLE bank_lines DROP CONSTRAINT uq_bank_lines_reference; "
        "UPDATE bank_lines SET reference = 'same'",
        {"bank_lines_matched_once"},
    ),
    "a charge that the book does not know": (
        "INSERT INTO sandbox_balance_lines (kind, source_ref, gross_yen, fee_yen, created_at) "
        "VALUES ('charge', 'ch_x', 1, 0, now())",
        {"provider_balance"},
    ),
    "yen that the provider took for hundredths": (
        "UPDATE sandbox_balance_lines SET gross_yen = gross_yen * 100 WHERE payout_id IS NULL",
        {"provider_balance"},
    ),
    "a trigger that is switched off": (
        "ALTER TABLE payments DISABLE TRIGGER payments_stay_paid",
        {"payments_protection"},
    ),
}


def _live() -> None:
    """A gift, paid out; another, refunded in part; a saved card; two bank lines. All is booked."""
    fund = make_fund(code="C-1")
    with transaction():
        pay(make_payment(amount=10_000), card=TestCard.JCB)
        make_gift(fund, amount=10_000, fee=396)
        with driver.news_at_once():
            payouts.pay_out()
        payment = pay(make_payment(amount=10_000), card=TestCard.VISA)
        make_gift(fund, amount=10_000, fee=360)
        save_card()
        services.match_bank_line(make_bank_line(amount=9_604), Thing(1))
        make_bank_line()
        with queue.collecting():
            services.refund_payment(payment, amount=yen(4_000), key="r/1", reason="part")


def failing() -> set[str]:
    """The names of the checks that found something."""
    return {finding.name for finding in checks.run() if not finding.holds}


def test_a_sound_house_passes_every_check(house: Flask) -> None:
    assert failing() == set()
    _live()
    assert failing() == set()


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found(unguarded_house: Connection, fault: str) -> None:
    _live()
    statement, expected = FAULTS[fault]
    unguarded_house.execute(text("SET LOCAL session_replication_role = replica"))
    for part in statement.split("; "):
        assert unguarded_house.execute(text(part)).rowcount != 0, part
    assert failing() == expected


def test_every_check_has_a_fault_planted_for_it() -> None:
    assert {check.name for check in checks.CHECKS} == {
        name for _, names in FAULTS.values() for name in names
    }


def test_money_on_its_way_is_no_fault(house: Flask) -> None:
    """At every step between the provider's charge and our booking the sources agree."""
    with transaction():
        payment = make_payment(amount=10_000)
        news = withheld_news(payment, card=TestCard.JCB)[0]
    assert failing() == set(), "charged, not told"
    post_news(*news)
    assert failing() == set(), "told, our answer not yet heard, not handled"
    with transaction():
        event = db.session.query(SandboxEvent).filter_by(ref=json.loads(news[0])["id"]).one()
        event.delivered_at = clock.now()
    assert failing() == set(), "told, not handled"
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert failing() == {"inbox_handled"}
    with transaction():
        services.handle_event(_waiting())
    assert failing() == {"provider_balance"}, "handled, and nobody booked it"
    with transaction():
        make_gift(make_fund(), amount=10_000, fee=396)
    assert failing() == set(), "handled and booked"


def _waiting() -> int:
    """The number of the one event that waits."""
    return checks.queries.events_waiting("sandbox")[0].id


def test_a_sum_that_was_refused_is_missing_in_the_book(house: Flask) -> None:
    """What stands in the queue of people is not explained away: the sources differ."""
    with transaction():
        payment = make_payment(amount=10_000)
        payload = json.loads(withheld_news(payment)[0][0])
    payload["object"]["amount"] = 1_000_000
    post_news(*signed(payload))
    with transaction():
        event = db.session.query(SandboxEvent).filter_by(ref=payload["id"]).one()
        event.delivered_at = clock.now()
        services.handle_event(_waiting())
    [balance] = [finding for finding in checks.run() if not finding.holds]
    assert (balance.name, balance.detail) == ("provider_balance", "1: book 0 gateways 9640")
