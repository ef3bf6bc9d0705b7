"""Gifts, made through the services and paid at the sandbox as a person would."""

from itertools import count
from typing import Any

from civicfund.campaigns.models import Campaign
from civicfund.core.db import db
from civicfund.core.money import yen
from civicfund.donors import queries, services
from civicfund.donors.models import Donation, Method, OnFailure, Publicity
from civicfund.payments.gateways.sandbox import driver
from civicfund.payments.gateways.sandbox.cards import TestCard
from civicfund.payments.gateways.sandbox.driver import Outcome

__all__ = ["ACCOUNT", "Outcome", "TestCard", "donor_address", "make_donation", "pay_donation"]

ACCOUNT = {
    "bank_name": "みなと銀行",
    "branch_name": "本店",
    "account_kind": "ordinary",
    "account_number": "1234567",
    "account_holder": "ヤマダ ハナコ",
}
_numbers = count(1)


def donor_address() -> str:
    """An address that nobody gave from yet."""
    return f"donor{next(_numbers)}@people.example"


def make_donation(
    campaign: Campaign,
    *,
    amount: int = 3_000,
    method: Method = Method.CARD,
    outcome: Outcome | None = Outcome.SUCCEED,
    card: TestCard = TestCard.VISA,
    **wishes: Any,
) -> Donation:
    """A gift brought to `outcome` at the gateway; `None` leaves its page open.

    The caller opens the transaction, or none at all in tests that read only their own session.
    """
    donation = services.start_donation(
        campaign=campaign,
        form_key=wishes.pop("form_key", f"form-{next(_numbers)}"),
        amount=yen(amount),
        method=method,
        **{
            "email": donor_address(),
            "publicity": Publicity.HIDDEN,
            "on_failure": OnFailure.REFUND,
            "accepted_terms": True,
            "refund_account": ACCOUNT if method is Method.KONBINI else None,
        }
        | wishes,
    )
    services.open_checkout(
        donation,
        description=campaign.title,
        return_url="http://localhost/thanks",
        cancel_url="http://localhost/thanks",
    )
    if outcome is not None:
        pay_donation(donation, outcome=outcome, card=card)
    return donation


def pay_donation(
    donation: Donation, *, outcome: Outcome = Outcome.SUCCEED, card: TestCard = TestCard.VISA
) -> None:
    """What the person does at the gateway's page; the news are handled at once."""
    payment = queries.checkout_of(donation)
    assert payment is not None, "every gift has a payment"
    driver.complete(payment, outcome=outcome, card=card)
    db.session.flush()
    db.session.refresh(donation)
