"""Campaigns as machines read them."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from civicfund.campaigns.models import CampaignState, FundingModel, Ward
from civicfund.campaigns.subjects import endorsement_subject
from civicfund.core import clock
from civicfund.core.db import transaction
from tests.factories.campaigns import make_campaign
from tests.factories.donors import make_donation
from tests.factories.endorsements import make_endorsement

API = "/api/v1/campaigns"


def test_a_campaign_with_its_money_and_its_endorsement(client: FlaskClient) -> None:
    campaign = make_campaign(target_yen=200_000, funding_model=FundingModel.KEEP_ALL)
    endorsement = make_endorsement(subject=endorsement_subject("campaigns", campaign.id)[0])
    with transaction():
        make_donation(campaign, amount=50_000)
    answer = client.get(f"{API}/{campaign.slug}").get_json()
    assert answer["progress"] == {
        "currency": "JPY", "target": 200_000, "committed": 50_000, "paid": 50_000, "held": 0,
        "pledged": 0, "pending": 0, "percent": 25, "supporters": 1,
    }  # fmt: skip
    assert answer["reference"] == campaign.reference
    assert answer["ward_name_ja"] == "中原区"
    assert answer["deadline_at"] == campaign.deadline_at.isoformat()
    assert [line["amount"] for line in answer["budget"]] == [133_334, 66_666]
    assert answer["rules"]["operating_share_percent"] == 15
    assert [e["register_no"] for e in answer["endorsements"]] == [endorsement.register_no]
    with clock.at(clock.start_of(endorsement.valid_until + timedelta(days=1))):
        later = client.get(f"{API}/{campaign.slug}").get_json()
    assert later["endorsements"] == []


def test_the_list_is_filtered_and_paged(client: FlaskClient) -> None:
    asao = make_campaign(ward=Ward.ASAO, title="ﾌﾞﾗﾝｺの公園")
    make_campaign(ward=Ward.TAMA)
    make_campaign(state=CampaignState.COMPLETED)
    answer = client.get(API).get_json()
    assert (answer["total"], answer["page"], answer["pages"]) == (3, 1, 1)
    assert answer["items"][-1]["state"] == "completed"
    for query in ("ward=asao", "q=ぶらんこ", "state=live&q=ブランコ"):
        found = client.get(f"{API}?{query}").get_json()["items"]
        assert [item["slug"] for item in found] == [asao.slug], query
    assert client.get(f"{API}?endorsed=true").get_json()["items"] == []
    assert client.get(f"{API}?page=2").get_json()["items"] == []


@pytest.mark.parametrize(
    "query",
    ["ward=shibuya", "state=draft", "theme=money", "endorsed=perhaps", "page=0", "page=x",
     "q=" + "長" * 201],
)  # fmt: skip
def test_nonsense_is_refused_as_a_problem(client: FlaskClient, query: str) -> None:
    response = client.get(f"{API}?{query}")
    assert response.status_code == 422
    assert response.content_type.startswith("application/problem+json")
    assert response.get_json()["status"] == 422


@pytest.mark.parametrize(
    "state",
    [CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED, CampaignState.REJECTED],
)
def test_it_never_shows_what_is_not_public(client: FlaskClient, state: CampaignState) -> None:
    campaign = make_campaign(state=state)
    response = client.get(f"{API}/{campaign.slug}")
    assert response.status_code == 404
    assert response.content_type.startswith("application/problem+json")
    assert client.get(API).get_json()["items"] == []


def test_a_withdrawn_draft_stays_hidden_and_a_cancelled_one_open(client: FlaskClient) -> None:
    cancelled = make_campaign(state=CampaignState.CANCELLED)
    assert client.get(f"{API}/{cancelled.slug}").get_json()["state"] == "cancelled"


def test_an_unknown_address_is_a_problem(client: FlaskClient) -> None:
    response = client.get(f"{API}/none", headers={"Accept-Language": "ja"})
    assert response.status_code == 404
    assert response.get_json()["title"] == "ページが見つかりません"
