"""Progress comes from the book and from the gifts, in a fixed number of statements."""

import pytest

from civicfund.campaigns.models import CampaignState, FundingModel
from civicfund.campaigns.progress import Progress, progress_of
from civicfund.core.db import db, transaction
from civicfund.donors.models import Method
from tests.factories.campaigns import make_campaign
from tests.factories.donors import Outcome, make_donation
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("house")


def test_each_kind_of_money_stands_apart() -> None:
    keep = make_campaign(funding_model=FundingModel.KEEP_ALL, target_yen=100_000)
    hope = make_campaign(target_yen=100_000)
    with transaction():
        make_donation(keep, amount=30_000)
        make_donation(keep, amount=7_000, method=Method.KONBINI, outcome=Outcome.TAKE_VOUCHER)
        make_donation(hope, amount=40_000)
        make_donation(hope, amount=20_000, method=Method.KONBINI)
        make_donation(hope, amount=9_000, outcome=None)
    found = progress_of([keep, hope])
    assert found[keep.id] == Progress(
        target_yen=100_000, paid_yen=30_000, pending_yen=7_000, supporters=1
    )
    assert (found[hope.id].paid_yen, found[hope.id].held_yen, found[hope.id].pledged_yen) == (
        0,
        20_000,
        40_000,
    )
    assert found[hope.id].committed_yen == 60_000
    assert found[hope.id].supporters == 2


def test_percent_is_cut_and_what_is_missing_is_never_negative() -> None:
    assert Progress(target_yen=1_000, paid_yen=996).percent == 99
    assert Progress(target_yen=1_000, paid_yen=1_500).percent == 150
    assert Progress(target_yen=1_000, paid_yen=1_500).missing_yen == 0
    assert Progress(target_yen=1_000, paid_yen=400).missing_yen == 600
    assert Progress(target_yen=0).percent == 0


def test_a_draft_has_none() -> None:
    draft = make_campaign(state=CampaignState.DRAFT, target_yen=100_000)
    assert progress_of([draft]) == {draft.id: Progress(target_yen=100_000)}
    assert progress_of([]) == {}


def test_fifty_cost_what_one_costs() -> None:
    campaigns = [make_campaign() for _ in range(6)]
    for campaign in campaigns:
        db.session.refresh(campaign)
    with counted() as one:
        progress_of(campaigns[:1])
    with counted() as many:
        progress_of(campaigns)
    assert many.count == one.count
