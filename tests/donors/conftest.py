"""Campaigns to give to, and what every story about gifts looks at in the end."""

import json
from collections.abc import Sequence
from itertools import count

import pytest
from flask import Flask

from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.campaigns.subjects import endorsement_subject
from civicfund.core.db import db, transaction
from civicfund.donors import checks, queries
from civicfund.donors.models import Donation
from civicfund.endorsements.models import Endorsement
from civicfund.ledger import queries as book
from civicfund.notifications.models import Message
from civicfund.payments.models import Payment
from civicfund.payments.services import take_at_once
from tests.factories.campaigns import make_campaign
from tests.factories.endorsements import make_endorsement
from tests.factories.payments import signed
from tests.jobs import run_jobs


@pytest.fixture
def keep_all(house: Flask) -> Campaign:
    """An open campaign that keeps what comes in."""
    return make_campaign(funding_model=FundingModel.KEEP_ALL)


@pytest.fixture
def all_or_nothing(house: Flask) -> Campaign:
    """An open campaign of 100,000 yen that may miss its target."""
    return make_campaign(funding_model=FundingModel.ALL_OR_NOTHING)


def given_to(campaign: Campaign) -> int:
    """Gross gifts in the book."""
    return book.gross_gifts_of([campaign.fund_id])[campaign.fund_id]


def held_for(campaign: Campaign) -> int:
    """Money kept safe in the book."""
    return book.held_gifts_of([campaign.fund_id])[campaign.fund_id]


def in_account(code: str) -> int:
    """The balance of a line of the chart, over all funds."""
    return book.balance_of(code).minor


def paid_by(donation: Donation) -> Payment:
    """The payment that brought the money, or the latest try."""
    payment = queries.payment_of(donation)
    assert payment is not None, "every gift has one"
    return payment


def mails_to(address: str) -> list[str]:
    """The templates of the messages promised to somebody, oldest first."""
    found = db.session.query(Message).filter_by(recipient=address).order_by(Message.id)
    return [message.template.removeprefix("donors/") for message in found]


def assert_sound() -> None:
    """Gifts and book agree."""
    assert [found for found in checks.run() if not found.holds] == []


News = Sequence[tuple[bytes, dict[str, str]]]
_copies = count(1)


def deliver(news: News) -> None:
    """Bring withheld news to the inbox, where they are handled at once."""
    for body, headers in news:
        take_at_once("sandbox", body, headers)
    db.session.flush()


def again(news: News) -> News:
    """The same news under other names, as gateways send them when in doubt."""
    payloads = [json.loads(body) for body, _ in news]
    return [signed(told | {"id": f"{told['id']}-{next(_copies)}"}) for told in payloads]


def end(campaign: Campaign, state: CampaignState) -> None:
    """The campaign has found its end."""
    campaigns.mark(campaign, to=state)


def endorse(campaign: Campaign) -> Endorsement:
    """The city's word for a campaign, valid today."""
    return make_endorsement(subject=endorsement_subject("campaigns", campaign.id)[0])


def run_gateway_jobs() -> list[str]:
    """Charges, refunds and their news, carried to the app without a network."""
    with transaction():
        pass
    ran = run_jobs()
    db.session.expire_all()
    return ran
