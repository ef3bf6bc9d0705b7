"""Acting on one piece of news: a payment moves on, a refund closes, a payout is booked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from civicfund.core import clock, events
from civicfund.core.db import db
from civicfund.core.errors import N_, NotAllowedNow
from civicfund.core.money import yen
from civicfund.core.states import advance
from civicfund.ledger import dating
from civicfund.ledger import queries as book
from civicfund.ledger import services as ledger
from civicfund.ledger.posting_rules import payout_received
from civicfund.payments import queries
from civicfund.payments.gateways.base import GatewayNews, Topic
from civicfund.payments.models import (
    EventState,
    GatewayEvent,
    Payment,
    PaymentPurpose,
    PaymentState,
    Payout,
    RefundState,
)

PAYMENT_STATES = {
    Topic.PENDING: PaymentState.PENDING,
    Topic.CARD_SAVED: PaymentState.CARD_SAVED,
    Topic.SUCCEEDED: PaymentState.SUCCEEDED,
    Topic.FAILED: PaymentState.FAILED,
    Topic.EXPIRED: PaymentState.EXPIRED,
    Topic.CANCELLED: PaymentState.CANCELLED,
}
REFUND_STATES = {
    Topic.REFUND_SUCCEEDED: RefundState.SUCCEEDED,
    Topic.REFUND_FAILED: RefundState.FAILED,
}
PUBLISHED = {
    PaymentState.PENDING: "payment_pending",
    PaymentState.CARD_SAVED: "card_saved",
    PaymentState.SUCCEEDED: "payment_succeeded",
    PaymentState.FAILED: "payment_failed",
    PaymentState.EXPIRED: "payment_expired",
}
# Apart from the payments': two enumerations' “succeeded” are the same key of a mapping.
REFUND_PUBLISHED = {
    RefundState.SUCCEEDED: "refund_succeeded",
    RefundState.FAILED: "refund_failed",
}
# News that speak of money must name the sum that we asked for.
TELLS_A_SUM = frozenset({Topic.PENDING, Topic.CARD_SAVED, Topic.SUCCEEDED, Topic.REFUND_SUCCEEDED})


@dataclass(frozen=True)
class Result:
    """What became of an event: its state, and in words why (`N_`, with places)."""

    state: EventState
    note: str | None = None
    places: Mapping[str, Any] = field(default_factory=dict)


HANDLED = Result(EventState.HANDLED)
KNOWN = Result(EventState.IGNORED, N_("This was known already."))
UNKNOWN_KIND = Result(EventState.IGNORED, N_("Events of this kind mean nothing to us."))
NO_PAYMENT = Result(EventState.FAILED, N_("No payment of ours bears this reference."))
OTHER_PAYMENT = Result(
    EventState.FAILED, N_("The payment with this reference has another number at the gateway.")
)
NO_REFUND = Result(EventState.FAILED, N_("No refund of ours bears this reference."))
WRONG_PURPOSE = Result(EventState.FAILED, N_("This cannot happen to a payment of this purpose."))
NO_SUM = Result(EventState.FAILED, N_("The gateway named no sum. Nothing was booked."))
NO_FEE = Result(EventState.FAILED, N_("The gateway did not say what it keeps as its fee."))


def act_on(event: GatewayEvent, news: GatewayNews) -> Result:
    """Let the news take effect, once; what is late, repeated or out of order changes nothing."""
    if news.topic in PAYMENT_STATES:
        return _move_payment(event, news)
    if news.topic in REFUND_STATES:
        return _move_refund(event, news)
    if news.topic is Topic.PAYOUT_PAID:
        return _book_payout(event, news)
    return UNKNOWN_KIND


def _move_payment(event: GatewayEvent, news: GatewayNews) -> Result:
    payment = queries.payment_by_key(news.reference)
    if payment is None or payment.gateway != event.gateway:
        return NO_PAYMENT
    result = _fault(payment, news) or _advance(payment, news)
    event.payment_id = payment.id
    return result


def _advance(payment: Payment, news: GatewayNews) -> Result:
    to = PAYMENT_STATES[news.topic]
    try:
        advance(payment, to=to)
    except NotAllowedNow:
        return KNOWN if payment.state is to else _too_late(payment.state, to)
    _write_down(payment, news)
    db.session.flush()
    if to in PUBLISHED:
        events.publish(PUBLISHED[to], payment)
    return HANDLED


def _fault(payment: Payment, news: GatewayNews) -> Result | None:
    """Why these news cannot be believed, if so."""
    if payment.gateway_ref not in {None, news.gateway_ref}:
        return OTHER_PAYMENT
    saves = payment.purpose is PaymentPurpose.SAVE_CARD
    if news.topic is Topic.CARD_SAVED and not saves:
        return WRONG_PURPOSE
    if news.topic in {Topic.SUCCEEDED, Topic.PENDING} and saves:
        return WRONG_PURPOSE
    if not _sum_agrees(news, payment.amount_yen):
        return _other_sum(news, payment.amount_yen)
    if news.topic is Topic.SUCCEEDED and news.fee_minor is None:
        return NO_FEE
    return None


def _sum_agrees(news: GatewayNews, asked_yen: int) -> bool:
    if news.topic not in TELLS_A_SUM and news.amount_minor is None:
        return True
    return (news.amount_minor, news.currency.upper()) == (asked_yen, "JPY")


def _other_sum(news: GatewayNews, asked_yen: int) -> Result:
    if news.amount_minor is None:
        return NO_SUM
    told = f"{news.amount_minor:,} {news.currency or '?'}"
    return Result(
        EventState.FAILED,
        N_("The gateway says %(told)s, we asked for %(asked)s. Nothing was booked."),
        {"told": told, "asked": f"{asked_yen:,} JPY"},
    )


def _too_late(now: PaymentState | RefundState, to: PaymentState | RefundState) -> Result:
    """Late or out of order. Money that went two ways at once needs a person."""
    note = N_("It came as “%(told)s” when this was “%(now)s” already.")
    contradicts = isinstance(to, RefundState)
    state = EventState.FAILED if contradicts else EventState.IGNORED
    return Result(state, note, {"told": to.label, "now": now.label})


def _write_down(payment: Payment, news: GatewayNews) -> None:
    payment.gateway_ref = news.gateway_ref
    payment.card_brand = news.card_brand or payment.card_brand
    if news.topic is Topic.SUCCEEDED:
        payment.fee_yen = news.fee_minor
        payment.succeeded_at = news.happened_at or clock.now()
        payment.failure_code = None
    elif news.topic is Topic.CARD_SAVED:
        payment.saved_card_ref = news.saved_card_ref
        payment.failure_code = None
    elif news.topic is Topic.PENDING:
        payment.voucher = dict(news.voucher) if news.voucher else None
        payment.expires_at = news.expires_at or payment.expires_at
    elif news.topic is Topic.FAILED:
        payment.failure_code = news.failure_code


def _move_refund(event: GatewayEvent, news: GatewayNews) -> Result:
    refund = queries.refund_by_key(news.reference)
    if refund is None:
        return NO_REFUND
    event.payment_id = refund.payment_id
    if refund.gateway_ref not in {None, news.gateway_ref}:
        return OTHER_PAYMENT
    if not _sum_agrees(news, refund.amount_yen):
        return _other_sum(news, refund.amount_yen)
    to = REFUND_STATES[news.topic]
    try:
        advance(refund, to=to)
    except NotAllowedNow:
        return KNOWN if refund.state is to else _too_late(refund.state, to)
    refund.gateway_ref = news.gateway_ref
    refund.failure_code = news.failure_code
    refund.closed_at = news.happened_at or clock.now()
    db.session.flush()
    events.publish(REFUND_PUBLISHED[to], refund)
    return HANDLED


def _book_payout(event: GatewayEvent, news: GatewayNews) -> Result:
    """E-02: what the gateway owed us is in the bank now."""
    if news.amount_minor is None or news.amount_minor <= 0 or news.currency.upper() != "JPY":
        return Result(EventState.FAILED, N_("This payout names no sum in yen."))
    paid_on = clock.day_of(news.happened_at or clock.now())
    kept: Payout | None = db.session.scalar(
        insert(Payout)
        .values(
            gateway=event.gateway,
            gateway_ref=news.gateway_ref,
            amount_yen=news.amount_minor,
            paid_on=paid_on,
            recorded_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["gateway", "gateway_ref"])
        .returning(Payout)
    )
    if kept is None:
        return KNOWN
    entry = dating.post_as_of(
        payout_received(yen(kept.amount_yen), general=book.general_fund()),
        key=f"payout/{event.gateway}/{news.gateway_ref}",
        happened_on=paid_on,
        source=kept,
        party=ledger.party(
            kind="gateway", ref=event.gateway, public_name=event.gateway, full_name=event.gateway
        ),
    )
    kept.entry_id = entry.id
    db.session.flush()
    return HANDLED
