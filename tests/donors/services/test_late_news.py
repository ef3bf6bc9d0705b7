"""News of a month that was closed meanwhile: nothing is lost, nothing is stuck, both days stay."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from civicfund.campaigns.models import Campaign, FundingModel
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.donors import services
from civicfund.donors.models import Donation, DonationState, Method
from civicfund.ledger.models import JournalEntry
from civicfund.payments.gateways.sandbox import driver, news, payouts
from civicfund.payments.gateways.sandbox.models import SandboxEvent
from civicfund.payments.models import EventState, GatewayEvent, Payout
from civicfund.payments.services import send_refund
from tests.donors.conftest import assert_sound, given_to, in_account, paid_by
from tests.factories.campaigns import make_campaign
from tests.factories.donors import ACCOUNT, make_donation
from tests.factories.identity import make_user
from tests.factories.ledger import make_closed_period
from tests.factories.payments import withheld_news

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
# 23:30 on the last day of October in Japan; in UTC it is afternoon.
LAST_HOUR = datetime(2026, 10, 31, 14, 30, tzinfo=UTC)
FIFTH = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)


@pytest.fixture
def campaign(house: Flask) -> Campaign:
    with clock.at(datetime(2026, 10, 20, tzinfo=UTC)):
        return make_campaign(funding_model=FundingModel.KEEP_ALL, deadline_on=date(2026, 12, 20))


def entry(entry_id: int | None) -> JournalEntry:
    found = db.session.get(JournalEntry, entry_id)
    assert found is not None
    return found


def days(entry_id: int | None) -> tuple[date, str]:
    found = entry(entry_id)
    return found.effective_on, found.memo


def arrive() -> None:
    """What the gateway could not deliver is signed anew and told now."""
    with transaction():
        driver.hand_over(
            db.session.query(SandboxEvent).filter(SandboxEvent.delivered_at.is_(None)).all()
        )


def gift_told_after_the_close(campaign: Campaign, **wishes: Any) -> Donation:
    with clock.at(LAST_HOUR):
        donation = make_donation(campaign, amount=10_000, outcome=None, **wishes)
        withheld_news(paid_by(donation))
    with transaction():
        make_closed_period(*OCTOBER)
    with clock.at(FIFTH):
        arrive()
    db.session.refresh(donation)
    return donation


def test_a_gift_is_booked_on_the_first_open_day(campaign: Campaign) -> None:
    donation = gift_told_after_the_close(campaign)
    assert donation.state is DonationState.PAID
    assert days(donation.gift_entry_id) == (date(2026, 11, 1), "発生日 2026-10-31")
    # The receipt bears the day of payment, whatever the book could still take.
    assert donation.paid_at is not None
    assert clock.day_of(donation.paid_at) == date(2026, 10, 31)
    assert given_to(campaign) == 10_000
    assert [e.state for e in db.session.query(GatewayEvent)] == [EventState.HANDLED]
    assert_sound()


def test_money_kept_safe_is_too(house: Flask) -> None:
    with clock.at(datetime(2026, 10, 20, tzinfo=UTC)):
        conditional = make_campaign(deadline_on=date(2026, 11, 15))
    donation = gift_told_after_the_close(conditional, method=Method.KONBINI, refund_account=ACCOUNT)
    assert donation.state is DonationState.HELD
    assert days(donation.held_entry_id) == (date(2026, 11, 1), "発生日 2026-10-31")
    assert_sound()


def told_late(deed: Callable[[], object]) -> None:
    """What a gateway does in the last hour of October is told after the close."""
    with clock.at(LAST_HOUR), news.held() as told, transaction():
        deed()
    with transaction():
        make_closed_period(*OCTOBER)
    with clock.at(FIFTH), transaction():
        driver.hand_over(told)


def test_a_refund_leaves_on_the_first_open_day(campaign: Campaign) -> None:
    staff = make_user(roles=("staff",))
    with clock.at(LAST_HOUR):
        donation = make_donation(campaign, amount=10_000)
        with transaction():
            request = services.refund_by_office(
                donation, by=staff, amount=yen(4_000), reason="二重払い"
            )
    assert request.refund_id is not None
    refund_id = request.refund_id
    told_late(lambda: send_refund(refund_id))
    db.session.refresh(request)
    assert days(request.paid_entry_id) == (date(2026, 11, 1), "発生日 2026-10-31")
    assert in_account("2134") == 0
    assert_sound()


def test_a_payout_arrives_on_the_first_open_day(campaign: Campaign) -> None:
    with clock.at(LAST_HOUR):
        make_donation(campaign, amount=10_000)
    told_late(payouts.pay_out)
    [payout] = db.session.query(Payout)
    assert payout.paid_on == date(2026, 10, 31)
    assert days(payout.entry_id) == (date(2026, 11, 1), "発生日 2026-10-31")
    assert in_account("1131") == 0


def test_a_gift_booked_in_the_new_year_is_refunded_as_one_of_that_year(house: Flask) -> None:
    """Paid in March, told after the close of March: revenue of April, and no loss of the fund."""
    with clock.at(datetime(2026, 3, 20, tzinfo=UTC)):
        spring = make_campaign(funding_model=FundingModel.KEEP_ALL, deadline_on=date(2026, 5, 20))
    with clock.at(datetime(2026, 3, 31, 14, 30, tzinfo=UTC)):
        donation = make_donation(spring, amount=10_000, outcome=None)
        withheld_news(paid_by(donation))
    with transaction():
        make_closed_period(date(2026, 3, 1), date(2026, 3, 31))
    with clock.at(datetime(2026, 4, 5, tzinfo=UTC)):
        arrive()
        db.session.refresh(donation)
        with transaction():
            services.refund_by_office(
                donation, by=make_user(roles=("staff",)), amount=yen(10_000), reason="取消"
            )
    assert given_to(spring) == 0
    assert in_account("5291") == 0
    assert_sound()
