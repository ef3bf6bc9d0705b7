"""A campaign's course: opened on its day, stopped, resumed, ended."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from civicfund.campaigns import queries, services
from civicfund.campaigns.errors import NotYourOrganisation, ReasonNeeded
from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.core import clock, events
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db, transaction
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.core.settings import setting
from civicfund.identity.models import User
from civicfund.notifications.models import Message
from tests.factories.campaigns import make_campaign, two_staff
from tests.factories.identity import make_member, make_user

pytestmark = pytest.mark.usefixtures("house")


def member_of(campaign: Campaign) -> User:
    return queries.people_of(campaign.organisation_id)[0]


def templates() -> list[str]:
    return list(db.session.scalars(select(Message.template).order_by(Message.id)))


def launch_due() -> list[Campaign]:
    with transaction():
        return services.launch_due()


def test_it_opens_on_its_start_day_and_not_before() -> None:
    start = clock.today() + timedelta(days=3)
    campaign = make_campaign(state=CampaignState.APPROVED, starts_on=start)
    assert launch_due() == []
    with clock.at(clock.start_of(start) - timedelta(seconds=1)):
        assert launch_due() == []
    with clock.at(clock.start_of(start)):
        assert launch_due() == [campaign]
        assert launch_due() == []
        assert campaign.is_open_for_gifts
    assert campaign.state is CampaignState.LIVE
    assert templates()[-1] == "campaigns/live"


def test_the_rules_are_frozen_when_it_opens() -> None:
    campaign = make_campaign(target_yen=250_000)
    assert campaign.operating_share_percent == setting("OPERATING_SHARE_PERCENT")
    assert campaign.rules == {
        "version": 1,
        "funding_model": "all_or_nothing",
        "target_yen": 250_000,
        "deadline_on": campaign.deadline_on.isoformat(),
        "operating_share_percent": setting("OPERATING_SHARE_PERCENT"),
        "card_fee_from": "project",
        "refund_days": setting("REFUND_DAYS"),
        "charge_retry_days": setting("CHARGE_RETRY_DAYS"),
        "over_target_percent": 30,
        "leftover": "same_theme",
        "cannot_be_carried_out": "similar_purpose_or_refund",
    }


def test_gifts_count_until_the_last_second_of_the_deadline() -> None:
    campaign = make_campaign()
    with clock.at(clock.end_of(campaign.deadline_on)):
        assert campaign.is_open_for_gifts
    with clock.at(clock.start_of(campaign.deadline_on + timedelta(days=1))):
        assert not campaign.is_open_for_gifts
        assert queries.campaigns_to_settle(clock.today()) == [campaign]


def test_giving_stops_at_once_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, (staff, _) = make_campaign(), two_staff()
    told: list[Campaign] = []
    monkeypatch.setitem(events._listeners, "campaign_suspended", [told.append])
    with transaction():
        services.suspend_campaign(campaign, by=staff, reason="写真の権利を確認します。")
    assert told == [campaign]
    assert not campaign.is_open_for_gifts
    assert campaign.is_public
    with transaction():
        services.resume_campaign(campaign, by=staff, reason="確認できました。")
    assert campaign.is_open_for_gifts
    assert campaign.suspended_reason is None
    with transaction():
        services.suspend_campaign(campaign, by=staff, reason="もう一度。")
    assert templates()[-3:] == ["campaigns/suspended", "campaigns/resumed", "campaigns/suspended"]
    reasons = db.session.scalars(
        select(AuditRecord.reason).where(AuditRecord.deed.in_(["suspend_campaign"]))
    ).all()
    assert reasons == ["写真の権利を確認します。", "もう一度。"]


def test_only_the_office_stops_and_says_why() -> None:
    campaign, (staff, _) = make_campaign(), two_staff()
    for stranger in (member_of(campaign), make_user(roles=("approver",)), make_member()):
        with pytest.raises(Forbidden), transaction():
            services.suspend_campaign(campaign, by=stranger, reason="理由")
    with pytest.raises(ReasonNeeded), transaction():
        services.suspend_campaign(campaign, by=staff, reason="　")
    assert campaign.state is CampaignState.LIVE


def test_a_draft_cannot_be_stopped() -> None:
    campaign, (staff, _) = make_campaign(state=CampaignState.DRAFT), two_staff()
    with pytest.raises(NotAllowedNow), transaction():
        services.suspend_campaign(campaign, by=staff, reason="理由")


@pytest.mark.parametrize(
    "state",
    [CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.CHANGES_REQUESTED,
     CampaignState.APPROVED],
)  # fmt: skip
def test_its_organisation_may_withdraw_it_before_it_is_public(state: CampaignState) -> None:
    campaign = make_campaign(state=state)
    with pytest.raises(NotYourOrganisation), transaction():
        services.cancel_campaign(campaign, by=make_member(), reason="やめます。")
    with transaction():
        services.cancel_campaign(campaign, by=member_of(campaign), reason="やめます。")
    assert campaign.state is CampaignState.CANCELLED
    assert not campaign.is_public
    assert campaign.cancelled_reason == "やめます。"


def test_after_the_launch_only_the_office_cancels() -> None:
    campaign, (staff, _) = make_campaign(), two_staff()
    with pytest.raises(Forbidden), transaction():
        services.cancel_campaign(campaign, by=member_of(campaign), reason="やめます。")
    with transaction():
        services.cancel_campaign(campaign, by=staff, reason="団体が解散しました。")
    assert campaign.is_public
    assert templates()[-1] == "campaigns/cancelled"
    with pytest.raises(NotAllowedNow), transaction():
        services.cancel_campaign(campaign, by=staff, reason="もう一度。")


@pytest.mark.parametrize(
    "state",
    [CampaignState.FAILED, CampaignState.SUCCEEDED, CampaignState.AWARDED,
     CampaignState.COMPLETED, CampaignState.REJECTED],
)  # fmt: skip
def test_what_is_over_stays_over(state: CampaignState) -> None:
    campaign, (staff, _) = make_campaign(state=state), two_staff()
    assert campaign.closed_at is not None
    for to in (CampaignState.LIVE, CampaignState.DRAFT, CampaignState.SUSPENDED):
        with pytest.raises(NotAllowedNow), transaction():
            services.mark(campaign, to=to)
    with pytest.raises(NotAllowedNow), transaction():
        services.cancel_campaign(campaign, by=staff, reason="理由")
