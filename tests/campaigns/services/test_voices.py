"""News from the organisation, and concerns from the public."""

import pytest
from sqlalchemy import select

from civicfund.campaigns import queries, services
from civicfund.campaigns.errors import (
    Incomplete,
    NotOpenForNews,
    NotYourOrganisation,
    ReasonNeeded,
    TextTooLong,
)
from civicfund.campaigns.models import CampaignState, CampaignUpdate, ConcernState
from civicfund.core import events
from civicfund.core.db import db, transaction
from civicfund.core.errors import Forbidden, NotAllowedNow, NotFound
from civicfund.core.settings import setting
from civicfund.notifications.models import Message
from tests.factories.campaigns import make_campaign, two_staff
from tests.factories.identity import make_member

pytestmark = pytest.mark.usefixtures("house")


def test_an_update_is_posted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make_campaign()
    member = queries.people_of(campaign.organisation_id)[0]
    told: list[CampaignUpdate] = []
    monkeypatch.setitem(events._listeners, "campaign_update_posted", [told.append])
    for _ in range(2):
        with transaction():
            update = services.post_update(
                campaign, author=member, title="着工", body="始まりました。", form_key="u1"
            )
    assert queries.updates_of(campaign.id) == [update]
    assert told == [update]


def test_who_may_not_post_and_what_not() -> None:
    campaign = make_campaign()
    member = queries.people_of(campaign.organisation_id)[0]
    with pytest.raises(NotYourOrganisation):
        services.post_update(campaign, author=make_member(), title="題", body="文", form_key="a")
    for title, body in (("", "文"), ("題", " ")):
        with pytest.raises(Incomplete):
            services.post_update(campaign, author=member, title=title, body=body, form_key="b")
    with pytest.raises(TextTooLong):
        services.post_update(campaign, author=member, title="題", body="長" * 10_001, form_key="c")
    draft = make_campaign(state=CampaignState.DRAFT)
    author = queries.people_of(draft.organisation_id)[0]
    with pytest.raises(NotOpenForNews):
        services.post_update(draft, author=author, title="題", body="文", form_key="d")


def test_a_concern_reaches_the_office_once() -> None:
    campaign = make_campaign()
    for _ in range(2):
        with transaction():
            concern = services.raise_concern(
                campaign, words="写真がちがう場所です。", email="hana@example.jp", form_key="c1"
            )
    assert queries.open_concerns() == [concern]
    mail = db.session.scalars(select(Message).where(Message.template == "campaigns/concern")).one()
    assert mail.recipient == setting("FUND_EMAIL")
    assert mail.context["words"] == "写真がちがう場所です。"


def test_a_concern_needs_words_and_a_public_campaign() -> None:
    with pytest.raises(Incomplete):
        services.raise_concern(make_campaign(), words=" ", form_key="c1")
    with pytest.raises(NotFound):
        services.raise_concern(
            make_campaign(state=CampaignState.DRAFT), words="何か", form_key="c2"
        )


def test_a_concern_is_settled_once_by_the_office() -> None:
    campaign, (staff, other) = make_campaign(), two_staff()
    with transaction():
        concern = services.raise_concern(campaign, words="何か変です。", form_key="c1")
    with pytest.raises(Forbidden):
        services.settle_concern(concern, by=make_member(), outcome="問題なし")
    with pytest.raises(ReasonNeeded):
        services.settle_concern(concern, by=staff, outcome=" ")
    with transaction():
        services.settle_concern(concern, by=staff, outcome="写真を差しかえました。")
    assert (concern.state, concern.settled_by_id) == (ConcernState.SETTLED, staff.id)
    assert queries.open_concerns() == []
    with pytest.raises(NotAllowedNow), transaction():
        services.settle_concern(concern, by=other, outcome="もう一度")
