"""Playing the person at the sandbox without a browser: seeds, replays and tests.

The deed is the hosted page's own, the news are signed and go through the real inbox; only the
network and the jobs are left out.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from civicfund.core import clock
from civicfund.core.enums import Labelled
from civicfund.core.errors import N_
from civicfund.payments.gateways.sandbox import hosted, news
from civicfund.payments.gateways.sandbox.cards import TestCard
from civicfund.payments.gateways.sandbox.delivery import GATEWAY, parcel_for
from civicfund.payments.gateways.sandbox.models import SandboxEvent
from civicfund.payments.models import Payment, PaymentMethod

# (gateway, body, headers): keeps the event and handles it at once
Inbox = Callable[[str, bytes, Mapping[str, str]], object]


class Outcome(Labelled):
    """How it ends for the person at the hosted page."""

    SUCCEED = "succeed", N_("Pays, or saves the card")
    DECLINE = "decline", N_("The card is declined")
    AUTHENTICATE = "authenticate", N_("Confirms at the card company, then pays")
    FAIL_AUTHENTICATION = "fail_authentication", N_("Fails at the card company")
    TAKE_VOUCHER = "take_voucher", N_("Takes the number for the shop")
    EXPIRE = "expire", N_("Never comes back")


_inbox: Inbox | None = None


def connect(inbox: Inbox) -> None:
    """Where news go; `app.py` says so, since a gateway does not know who listens."""
    global _inbox  # noqa: PLW0603  # one process has one inbox
    _inbox = inbox


def complete(
    payment: Payment,
    *,
    outcome: Outcome = Outcome.SUCCEED,
    card: TestCard = TestCard.VISA,
    withhold: bool = False,
) -> list[tuple[bytes, dict[str, str]]]:
    """Bring an open checkout to its outcome and hand over the news, all in this transaction.

    A konbini payment may be completed twice: first `TAKE_VOUCHER`, later `SUCCEED` or `EXPIRE`;
    `SUCCEED` alone does both. Returns the signed news (body, headers); `withhold` keeps them from
    the inbox, for whoever wants to deliver them late, twice or in another order.
    """
    assert payment.gateway_ref is not None, "open_checkout comes first"
    with news.held() as told:
        if payment.method is PaymentMethod.KONBINI:
            _at_the_shop(payment.gateway_ref, outcome, has_voucher=payment.voucher is not None)
        else:
            _with_a_card(payment.gateway_ref, outcome, card)
    return hand_over(told, withhold=withhold)


@contextmanager
def news_at_once() -> Iterator[None]:
    """What the sandbox tells inside (off-session charges, refunds, payouts) arrives at the end."""
    with news.held() as told:
        yield
        while told:
            batch = list(told)
            told.clear()
            hand_over(batch)


def hand_over(
    told: list[SandboxEvent], *, withhold: bool = False
) -> list[tuple[bytes, dict[str, str]]]:
    """Sign news that were held and give them to the inbox, in order."""
    assert _inbox is not None, "app.py connects the inbox"
    carried = []
    for event in told:
        parcel = parcel_for(event)
        carried.append((parcel.body, parcel.headers))
        if not withhold:
            event.delivered_at, event.attempts = clock.now(), 1
            _inbox(GATEWAY, parcel.body, parcel.headers)
    return carried


def _with_a_card(ref: str, outcome: Outcome, card: TestCard) -> None:
    if outcome is Outcome.EXPIRE:
        hosted.let_expire(ref)
    elif outcome is Outcome.DECLINE:
        hosted.use_card(ref, TestCard.DECLINED)
    elif outcome is Outcome.SUCCEED:
        hosted.use_card(ref, card)
    else:
        hosted.use_card(ref, TestCard.AUTHENTICATION)
        hosted.answer_authentication(ref, is_confirmed=outcome is Outcome.AUTHENTICATE)


def _at_the_shop(ref: str, outcome: Outcome, *, has_voucher: bool) -> None:
    if outcome is Outcome.EXPIRE:
        hosted.let_expire(ref)
        return
    assert outcome in {Outcome.SUCCEED, Outcome.TAKE_VOUCHER}, "a shop takes cash or nothing"
    if not has_voucher:
        hosted.issue_voucher(ref)
    if outcome is Outcome.SUCCEED:
        hosted.pay_at_shop(ref)
