"""What a gateway's news do to a payment: in any order, once, and nothing that is not true."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civicfund.core import events
from civicfund.core.db import db, transaction
from civicfund.core.errors import N_, Invalid
from civicfund.payments import queries, services
from civicfund.payments.models import (
    EventState,
    GatewayEvent,
    Payment,
    PaymentMethod,
    PaymentPurpose,
    PaymentState,
    RefundState,
)
from tests.factories.payments import (
    Outcome,
    TestCard,
    make_payment,
    pay,
    save_card,
    signed,
    withheld_news,
)
from tests.jobs import run_jobs

NAMES = (
    "payment_pending", "payment_succeeded", "card_saved", "payment_failed", "payment_expired",
    "refund_succeeded", "refund_failed",
)  # fmt: skip
S = PaymentState


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of what payments published, with the row's id; nobody else listens."""
    heard: list[str] = []

    def hear(name: str, row: Any) -> None:
        heard.append(f"{name} {row.id}")

    listeners = {name: [partial(hear, name)] for name in NAMES}
    monkeypatch.setattr(events, "_listeners", defaultdict(list, listeners))
    return heard


def event(payment: Payment, kind: str, number: str, **thing: Any) -> dict[str, Any]:
    """One event of the sandbox about a payment, right in every detail unless told otherwise."""
    about = {
        "ref": payment.gateway_ref, "reference": payment.key, "amount": payment.amount_yen,
        "currency": "JPY", "fee": 108, "brand": "visa",
    } | thing  # fmt: skip
    about = {name: value for name, value in about.items() if value is not None}
    return {"id": f"evt_{payment.id}_{number}", "kind": kind, "object": about}


def deliver(payload: dict[str, Any]) -> GatewayEvent:
    """Keep an event and run its job."""
    body, headers = signed(payload)
    with transaction():
        kept = services.keep_event("sandbox", body, headers)
    assert kept is not None
    run_jobs()
    db.session.refresh(kept)
    return kept


def test_a_payment_succeeds_with_its_fee_and_brand(house: Flask, told: list[str]) -> None:
    with transaction():
        payment = pay(make_payment(amount=10_000), card=TestCard.JCB)
    assert payment.state is S.SUCCEEDED
    assert (payment.fee_yen, payment.card_brand) == (396, "jcb")
    assert payment.succeeded_at is not None
    assert told == [f"payment_succeeded {payment.id}"]


def test_a_declined_card_leaves_the_page_open_for_another(house: Flask, told: list[str]) -> None:
    with transaction():
        payment = pay(make_payment(), outcome=Outcome.DECLINE)
    assert (payment.state, payment.failure_code) == (S.FAILED, "card_declined")
    with transaction():
        pay(payment)
    assert (payment.state, payment.failure_code) == (S.SUCCEEDED, None)
    assert told == [f"payment_failed {payment.id}", f"payment_succeeded {payment.id}"]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome.AUTHENTICATE, S.SUCCEEDED), (Outcome.FAIL_AUTHENTICATION, S.FAILED)],
)
def test_the_card_company_may_ask_first(
    house: Flask, told: list[str], outcome: Outcome, state: PaymentState
) -> None:
    with transaction():
        payment = pay(make_payment(), outcome=outcome)
    assert payment.state is state


def test_a_voucher_is_pending_and_then_paid(house: Flask, told: list[str]) -> None:
    with transaction():
        payment = pay(
            make_payment(method=PaymentMethod.KONBINI, amount=2_000), outcome=Outcome.TAKE_VOUCHER
        )
    assert payment.state is S.PENDING
    assert payment.voucher is not None
    assert payment.voucher["url"].endswith(payment.voucher["number"])
    with transaction():
        pay(payment)
    assert (payment.state, payment.fee_yen) == (S.SUCCEEDED, 132)
    assert told == [f"payment_pending {payment.id}", f"payment_succeeded {payment.id}"]


def test_money_that_comes_after_the_end_is_still_money(house: Flask, told: list[str]) -> None:
    with transaction():
        payment = make_payment()
        late = withheld_news(payment)
    with transaction():
        services.expire_payment(payment.id)
    assert payment.state is S.EXPIRED
    with transaction():
        services.keep_event("sandbox", *late[0])
    run_jobs()
    db.session.refresh(payment)
    assert payment.state is S.SUCCEEDED
    assert told == [f"payment_expired {payment.id}", f"payment_succeeded {payment.id}"]


def test_an_end_after_the_money_changes_nothing_and_says_so(house: Flask, told: list[str]) -> None:
    with transaction():
        payment = pay(make_payment())
    late = deliver(event(payment, "checkout.expired", "late", amount=None))
    assert payment.state is S.SUCCEEDED
    assert late.state is EventState.IGNORED
    assert late.note_places == {"told": "Expired", "now": "Paid"}
    assert told == [f"payment_succeeded {payment.id}"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 300_000}, {"amount": 2_999}, {"amount": None}, {"currency": "USD"},
        {"currency": ""}, {"fee": None}, {"ref": "cs_of_somebody_else"},
        {"reference": "no/payment/of/ours"},
    ],
)  # fmt: skip
def test_what_does_not_agree_is_kept_for_people_and_never_booked(
    house: Flask, told: list[str], wrong: dict[str, Any]
) -> None:
    with transaction():
        payment = make_payment()
    kept = deliver(event(payment, "checkout.paid", "wrong", **wrong))
    assert kept.state is EventState.FAILED
    assert kept.note
    db.session.refresh(payment)
    assert payment.state is S.STARTED
    assert told == []


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [(PaymentPurpose.PAY, "checkout.card_saved"), (PaymentPurpose.SAVE_CARD, "checkout.paid")],
)
def test_news_must_fit_the_purpose(
    house: Flask, told: list[str], purpose: PaymentPurpose, kind: str
) -> None:
    with transaction():
        payment = make_payment(purpose=purpose)
    kept = deliver(event(payment, kind, "unfit", card="card_1"))
    assert kept.state is EventState.FAILED
    assert payment.state is S.STARTED
    assert told == []


def test_unknown_kinds_are_kept_and_change_nothing(house: Flask, told: list[str]) -> None:
    kept = deliver({"id": "evt_dispute", "kind": "dispute.created", "object": {"amount": 3}})
    assert kept.state is EventState.IGNORED
    assert kept.note
    assert told == []


def test_a_known_kind_that_lacks_its_parts_is_kept_for_people(house: Flask) -> None:
    kept = deliver({"id": "evt_hollow", "kind": "checkout.paid"})
    assert kept.state is EventState.FAILED


class NotToday(Invalid):
    """A refusal of somebody who listens."""

    message = N_("The book of %(year)s is closed.")


def test_a_refusal_of_a_listener_undoes_the_whole_event_until_it_is_handled_again(
    house: Flask, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_payment: Payment) -> None:
        raise NotToday(year=2025)

    with transaction():
        payment = make_payment()
    listeners = events._listeners["payment_succeeded"]
    listeners.append(refuse)
    kept = deliver(event(payment, "checkout.paid", "refused"))
    assert kept.state is EventState.FAILED
    assert (kept.note, kept.note_places) == ("The book of %(year)s is closed.", {"year": 2025})
    db.session.refresh(payment)
    assert payment.state is S.STARTED
    listeners.remove(refuse)
    with transaction():
        services.handle_event(kept.id)
    assert (kept.state, kept.note) == (EventState.HANDLED, None)
    assert payment.state is S.SUCCEEDED


def test_a_refund_that_failed_after_it_was_reported_sent_needs_a_person(
    house: Flask, told: list[str]
) -> None:
    with transaction():
        payment = pay(make_payment())
        refund = services.refund_payment(
            payment, amount=payment.amount, key="refund/1", reason="twice"
        )
    run_jobs()
    db.session.refresh(refund)
    assert refund.state is RefundState.SUCCEEDED
    back = {"ref": refund.gateway_ref, "reference": refund.key, "failure_code": "account_closed"}
    kept = deliver({"id": "evt_back", "kind": "refund.failed", "object": back})
    assert kept.state is EventState.FAILED
    assert refund.state is RefundState.SUCCEEDED
    assert told == [f"payment_succeeded {payment.id}", f"refund_succeeded {refund.id}"]


RANK = [S.STARTED, S.PENDING, S.FAILED, S.EXPIRED, S.SUCCEEDED]
STREAMS = {
    PaymentMethod.CARD: ["checkout.declined", "checkout.expired", "checkout.paid"],
    PaymentMethod.KONBINI: ["checkout.pending", "checkout.expired", "checkout.paid"],
}
MEANS = {
    "checkout.pending": S.PENDING,
    "checkout.declined": S.FAILED,
    "checkout.expired": S.EXPIRED,
    "checkout.paid": S.SUCCEEDED,
}
PUBLISHES = {
    S.PENDING: "payment_pending",
    S.FAILED: "payment_failed",
    S.EXPIRED: "payment_expired",
    S.SUCCEEDED: "payment_succeeded",
}


@st.composite
def streams(draw: st.DrawFn) -> tuple[PaymentMethod, list[tuple[str, int]]]:
    """Events of one payment: some twice by id, some twice by content, in any order."""
    method = draw(st.sampled_from(list(STREAMS)))
    some = st.tuples(st.sampled_from(STREAMS[method]), st.integers(1, 2))
    told = draw(st.lists(some, min_size=1, max_size=6))
    again = draw(st.lists(st.sampled_from(told), max_size=4))
    return method, draw(st.permutations([*told, *again]))


@given(streams())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_and_any_repetition_end_alike(
    house: Flask, told: list[str], stream: tuple[PaymentMethod, list[tuple[str, int]]]
) -> None:
    method, sequence = stream
    told.clear()
    with transaction():
        payment = make_payment(method=method)
    for kind, number in sequence:
        body, headers = signed(event(payment, kind, f"{kind}_{number}"))
        with transaction():
            services.keep_event("sandbox", body, headers)
    run_jobs()
    db.session.expire_all()
    final = max((MEANS[kind] for kind, _ in sequence), key=RANK.index)
    assert payment.state is final
    assert told.count(f"{PUBLISHES[final]} {payment.id}") == 1
    assert len(told) == len(set(told))
    kept = queries.events_of_payment(payment.id)
    assert len(kept) == len(set(sequence))
    assert all(one.state in {EventState.HANDLED, EventState.IGNORED} for one in kept)
    assert sum(one.state is EventState.HANDLED for one in kept) == len(told)


@given(
    st.permutations(["checkout.declined", "checkout.card_saved", "checkout.expired"]),
    st.integers(1, 3),
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_saved_card_stays_saved_in_any_order(
    house: Flask, told: list[str], kinds: list[str], times: int
) -> None:
    told.clear()
    with transaction():
        payment = make_payment(purpose=PaymentPurpose.SAVE_CARD)
    for number in range(times):
        for kind in kinds:
            deliver(event(payment, kind, f"{kind}_{number}", card="card_1"))
    assert payment.state is S.CARD_SAVED
    assert payment.saved_card_ref == "card_1"
    assert told.count(f"card_saved {payment.id}") == 1


def test_late_news_do_not_bring_a_released_card_back(house: Flask, told: list[str]) -> None:
    with transaction():
        saved = save_card()
    with transaction():
        services.cancel_payment(saved)
    kept = deliver(event(saved, "checkout.card_saved", "again", card="card_1"))
    assert kept.state is EventState.IGNORED
    assert (saved.state, saved.saved_card_ref) == (S.CANCELLED, None)
