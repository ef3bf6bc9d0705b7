"""What a person does at the sandbox's own pages: pay, confirm, be declined, go to a shop."""

import secrets

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.payments.gateways.sandbox import news, queries
from civicfund.payments.gateways.sandbox.cards import TRAITS, TestCard, Trait
from civicfund.payments.gateways.sandbox.errors import CheckoutClosed
from civicfund.payments.gateways.sandbox.models import (
    CheckoutMode,
    CheckoutState,
    SandboxCard,
    SandboxCharge,
    SandboxCheckout,
)
from civicfund.payments.gateways.sandbox.requests import about, take


def use_card(ref: str, card: TestCard) -> SandboxCheckout:
    """Pay with a test card, or save it. A declined one leaves the page open (see `brand`)."""
    checkout = _open_checkout(ref, CheckoutState.OPEN)
    trait = TRAITS[card]
    if trait.is_declined:
        _decline(checkout, "card_declined")
    elif trait.asks_first:
        checkout.state, checkout.brand = CheckoutState.AUTHENTICATING, trait.brand
    else:
        _complete(checkout, trait)
    return checkout


def answer_authentication(ref: str, *, is_confirmed: bool) -> SandboxCheckout:
    """The holder confirms at the card company's page, or fails and is back at the hosted page."""
    checkout = _open_checkout(ref, CheckoutState.AUTHENTICATING)
    if is_confirmed:
        _complete(checkout, TRAITS[TestCard.AUTHENTICATION])
    else:
        checkout.state, checkout.brand = CheckoutState.OPEN, None
        _decline(checkout, "authentication_failed")
    return checkout


def issue_voucher(ref: str) -> SandboxCheckout:
    """Give the number to be shown at the shop's till."""
    checkout = _open_checkout(ref, CheckoutState.OPEN)
    checkout.state = CheckoutState.PENDING
    checkout.voucher_number = f"{secrets.randbelow(10**11):011d}"
    news.tell(
        "checkout.pending", ref=ref, reference=checkout.reference, amount=checkout.amount_yen,
        currency="JPY", voucher_number=checkout.voucher_number,
        expires_at=checkout.expires_at.isoformat(),
    )  # fmt: skip
    return checkout


def pay_at_shop(ref: str) -> SandboxCheckout:
    """Cash over the counter."""
    checkout = _open_checkout(ref, CheckoutState.PENDING)
    _take_payment(checkout)
    return checkout


def let_expire(ref: str) -> SandboxCheckout:
    """Nobody came in time."""
    checkout = queries.checkout_for_update(ref)
    if checkout is None or checkout.state not in queries.STILL_OPEN:
        raise CheckoutClosed
    expire(checkout)
    return checkout


def expire(checkout: SandboxCheckout) -> None:
    """Close a page or voucher whose term is over."""
    checkout.state, checkout.closed_at = CheckoutState.EXPIRED, clock.now()
    news.tell("checkout.expired", ref=checkout.ref, reference=checkout.reference)


def _open_checkout(ref: str, state: CheckoutState) -> SandboxCheckout:
    checkout = queries.checkout_for_update(ref)
    if checkout is None or checkout.state is not state or checkout.is_over:
        raise CheckoutClosed
    return checkout


def _decline(checkout: SandboxCheckout, code: str) -> None:
    news.tell(
        "checkout.declined", ref=checkout.ref, reference=checkout.reference, failure_code=code
    )


def _complete(checkout: SandboxCheckout, trait: Trait) -> None:
    checkout.brand = trait.brand
    if checkout.mode is CheckoutMode.SETUP:
        _save_card(checkout, trait)
    else:
        _take_payment(checkout)


def _take_payment(checkout: SandboxCheckout) -> None:
    now = clock.now()
    charge = SandboxCharge(
        ref=news.new_ref("ch"), reference=checkout.reference, checkout_id=checkout.id,
        method=checkout.method, brand=checkout.brand, amount_yen=checkout.amount_yen,
        fee_yen=0, fee_tax_yen=0, refunded_yen=0, created_at=now,
    )  # fmt: skip
    db.session.add(charge)
    take(charge)
    checkout.state, checkout.closed_at = CheckoutState.PAID, now
    news.tell("checkout.paid", **about(charge) | {"ref": checkout.ref, "charge": charge.ref})


def _save_card(checkout: SandboxCheckout, trait: Trait) -> None:
    now = clock.now()
    card = SandboxCard(
        ref=news.new_ref("card"), checkout_id=checkout.id, brand=trait.brand,
        behaviour=trait.later, declines=0, saved_at=now,
    )  # fmt: skip
    db.session.add(card)
    checkout.state, checkout.closed_at = CheckoutState.SAVED, now
    news.tell(
        "checkout.card_saved", ref=checkout.ref, reference=checkout.reference, card=card.ref,
        amount=checkout.amount_yen, currency="JPY", brand=trait.brand,
    )  # fmt: skip
