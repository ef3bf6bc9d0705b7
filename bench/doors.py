"""How fast the doors answer: the webhook, which a provider waits for, and a gift on its way."""

import statistics
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import text

from bench.measurement import Measurement, at_least, at_most
from civicfund.campaigns.models import Campaign, FundingModel
from civicfund.core import queue
from civicfund.core.db import db, transaction
from civicfund.donors.models import Donation
from civicfund.payments import queries as payments
from civicfund.payments.gateways.sandbox import driver
from tests.factories.campaigns import make_campaign
from tests.factories.donors import make_donation

NEWS, GIFTS = 200, 200
# What a provider is promised.
PROMISED_MS = 100
# The least that is durable: one record in the log, forced to disk at the commit.
BARE = text("SELECT pg_logical_emit_message(true, 'bench', 'x')")

Parcel = tuple[bytes, dict[str, str]]


def measure(app: Flask) -> list[Measurement]:
    """Webhooks one by one, and gifts through the services."""
    with app.app_context():
        with transaction():
            campaign = make_campaign(funding_model=FundingModel.KEEP_ALL)
        floor = _floor_seconds()
        parcels = _told(campaign)
    took = _webhook_seconds(app, parcels)
    with app.app_context():
        gift = _gift_seconds(db.session.merge(campaign))
    p95 = sorted(took)[int(len(took) * 0.95)]
    return [
        at_most("webhook, 95 of 100 answer within", p95 * 1000, PROMISED_MS, unit="ms"),
        at_least("webhook, share of one bare commit", floor / statistics.median(took), 0.03),
        at_least("a whole gift, share of one bare commit", floor / gift, 0.01),
    ]


def _median_of(deeds: list[Callable[[], object]]) -> float:
    took = []
    for deed in deeds:
        start = time.perf_counter()
        deed()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def _floor_seconds() -> float:
    """One bare commit: in less time no durable answer can be given."""

    def keep() -> None:
        with db.engine.begin() as connection:
            connection.execute(BARE)

    return _median_of([keep] * NEWS)


def _told(campaign: Campaign) -> list[Parcel]:
    with transaction():
        gifts = [make_donation(campaign, outcome=None) for _ in range(NEWS)]
        return [told for gift in gifts for told in _complete(gift)]


def _complete(gift: Donation) -> list[Parcel]:
    payment = payments.payment_by_id(gift.payment_id or 0)
    assert payment is not None
    return driver.complete(payment, withhold=True)


def _webhook_seconds(app: Flask, parcels: list[Parcel]) -> list[float]:
    client, took = app.test_client(), []
    for body, headers in parcels:
        start = time.perf_counter()
        answer = client.post("/webhooks/sandbox", data=body, headers=headers)
        took.append(time.perf_counter() - start)
        assert answer.status_code == 200, answer.status_code
    return took


def _gift_seconds(campaign: Campaign) -> float:
    """From the filled-in form to the entry in the book, each in a transaction of its own."""

    def give() -> None:
        with queue.collecting(), transaction():
            make_donation(campaign)

    return _median_of([give] * GIFTS)
