"""Home, the list, a campaign and its report form, as anyone sees them."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from civicfund.campaigns import queries, services
from civicfund.campaigns.models import Campaign, CampaignConcern, CampaignState, Theme, Ward
from civicfund.campaigns.subjects import endorsement_subject
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.storage import keep_picture
from civicfund.donors.models import Method, Publicity
from civicfund.endorsements import services as city
from civicfund.identity.models import User
from tests.browsing import send, words
from tests.factories.campaigns import make_campaign, picture_file, two_staff
from tests.factories.donors import make_donation
from tests.factories.endorsements import make_endorsement
from tests.factories.identity import make_member, make_organisation, make_user, sign_in
from tests.statements import counted

HIDDEN = [
    CampaignState.DRAFT,
    CampaignState.SUBMITTED,
    CampaignState.CHANGES_REQUESTED,
    CampaignState.APPROVED,
    CampaignState.REJECTED,
]


def member_of(campaign: Campaign) -> User:
    return queries.people_of(campaign.organisation_id)[0]


def endorse(campaign: Campaign, **more: object) -> object:
    return make_endorsement(subject=endorsement_subject("campaigns", campaign.id)[0], **more)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_public_page_in_both_languages(client: FlaskClient, lang: str) -> None:
    campaign = make_campaign(title="公園のベンチ")
    endorse(campaign)
    with transaction():
        services.post_update(
            campaign,
            author=member_of(campaign),
            title="着工",
            body="**はじめました**",
            form_key="u",
        )
    expected = {
        "/": ("公園のベンチ", {"ja": "いまファンドにあるお金", "en": "What the fund holds today"}),
        "/campaigns": ("公園のベンチ", {"ja": "あと30日", "en": "30 days left"}),
        f"/campaigns/{campaign.slug}": ("着工", {"ja": "保証していないこと", "en": "not vouched"}),
        f"/campaigns/{campaign.slug}/concern": (
            "公園のベンチ",
            {"ja": "気になる", "en": "wrong"},
        ),
    }
    for path, (title, said) in expected.items():
        response = client.get(path, query_string={"lang": lang})
        assert response.status_code == 200
        assert title in words(response), path
        assert said[lang] in words(response), path


def test_the_page_says_what_a_donor_must_know(client: FlaskClient) -> None:
    campaign = make_campaign(title="公園のベンチ", target_yen=300_000)
    shown = words(client.get(f"/campaigns/{campaign.slug}"))
    for said in (
        "¥300,000", "¥8,140", "¥1,500", "¥360", "材料", "木材、布", "みどりの会",
        "このプロジェクトの決まり", "カードの引き落としはありません", campaign.reference,
    ):  # fmt: skip
        assert said in shown, said


def test_what_a_link_shows_elsewhere(client: FlaskClient) -> None:
    html = client.get(f"/campaigns/{make_campaign(title='公園<b>').slug}").get_data(as_text=True)
    assert '<meta property="og:title" content="公園&lt;b&gt;"' in html
    assert '<meta property="og:image" content="http://localhost/static/img/share.png"' in html
    assert "<svg" in html
    assert "公園<b>" not in html


def test_a_story_cannot_bring_a_script(client: FlaskClient) -> None:
    campaign = make_campaign(story="<script>alert(1)</script>[x](javascript:alert(1)) **よい**")
    html = client.get(f"/campaigns/{campaign.slug}").get_data(as_text=True)
    assert "<script>alert" not in html
    assert 'href="javascript' not in html
    assert "<strong>よい</strong>" in html


def test_an_unknown_address_is_404(client: FlaskClient) -> None:
    for path in ("/campaigns/none", "/campaigns/none/concern", "/pictures/00.webp"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("state", HIDDEN)
def test_what_is_not_public_is_404_but_for_those_concerned(
    client: FlaskClient, state: CampaignState
) -> None:
    campaign = make_campaign(state=state)
    path = f"/campaigns/{campaign.slug}"
    assert client.get(path).status_code == 404
    assert client.get(f"{path}/concern").status_code == 404
    sign_in(client, make_member(make_organisation()))
    assert client.get(path).status_code == 404
    for person in (member_of(campaign), two_staff()[0], make_user(roles=("auditor",))):
        sign_in(client, person)
        response = client.get(path)
        assert response.status_code == 200
        assert "プレビュー" in words(response)
        assert 'name="robots" content="noindex"' in response.get_data(as_text=True)


def test_a_member_without_a_second_factor_sees_no_draft(client: FlaskClient) -> None:
    campaign = make_campaign(state=CampaignState.DRAFT)
    organisation = queries.organisations_by_ids([campaign.organisation_id])
    sign_in(
        client,
        make_user(organisation=organisation[campaign.organisation_id], second_factor=False),
    )
    assert client.get(f"/campaigns/{campaign.slug}").status_code == 404


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (CampaignState.SUSPENDED, "寄付の受付を一時的に止めています"),
        (CampaignState.CANCELLED, "団体の希望により。"),
        (CampaignState.FAILED, "目標に届きませんでした"),
        (CampaignState.SUCCEEDED, "寄付の受付は終わりました"),
        (CampaignState.AWARDED, "団体への助成が決まりました"),
        (CampaignState.COMPLETED, "領収書をそえて報告し"),
    ],
)
def test_a_page_says_how_things_stand(client: FlaskClient, state: CampaignState, said: str) -> None:
    campaign = make_campaign(state=state)
    response = client.get(f"/campaigns/{campaign.slug}")
    assert said in words(response)
    assert f"/campaigns/{campaign.slug}/give" not in response.get_data(as_text=True)
    if state is CampaignState.SUSPENDED:
        assert campaign.suspended_reason
        assert campaign.suspended_reason not in words(response)


def test_the_give_button_is_there_while_giving_is_possible(client: FlaskClient) -> None:
    campaign = make_campaign()
    give = f'href="/campaigns/{campaign.slug}/give"'
    assert give in client.get(f"/campaigns/{campaign.slug}").get_data(as_text=True)
    with clock.at(clock.start_of(campaign.deadline_on + timedelta(days=1))):
        response = client.get(f"/campaigns/{campaign.slug}")
    assert give not in response.get_data(as_text=True)
    assert "締切日を過ぎました" in words(response)


def test_paid_held_and_promised_stand_apart(client: FlaskClient) -> None:
    campaign = make_campaign(target_yen=100_000)
    with transaction():
        make_donation(campaign, amount=30_000, donor_name="中村 さくら", publicity=Publicity.NAME)
        make_donation(campaign, amount=20_000, method=Method.KONBINI)
    shown = words(client.get(f"/campaigns/{campaign.slug}"))
    for said in ("¥50,000", "50%", "¥30,000", "¥20,000", "中村 さくら", "2人"):
        assert said in shown, said


def test_an_endorsement_shows_only_while_it_is_valid(client: FlaskClient) -> None:
    campaign = make_campaign()
    endorsement = endorse(campaign)
    path = f"/campaigns/{campaign.slug}"
    assert "市民文化局" in words(client.get(path))
    with clock.at(clock.start_of(endorsement.valid_until + timedelta(days=1))):  # type: ignore[attr-defined]
        assert "市民文化局" not in words(client.get(path))
    officer = make_user(
        roles=("officer",),
        organisation=queries.organisations_by_ids([endorsement.issuer.organisation_id])[  # type: ignore[attr-defined]
            endorsement.issuer.organisation_id  # type: ignore[attr-defined]
        ],
    )
    with transaction():
        city.revoke_endorsement(endorsement, by=officer, reason="条件に反したため。")
    assert "市民文化局" not in words(client.get(path))
    assert path not in client.get("/campaigns?endorsed=1").get_data(as_text=True)


def test_filters_and_their_nonsense(client: FlaskClient) -> None:
    bench = make_campaign(title="ベンチをつくる", ward=Ward.ASAO, theme=Theme.CHILDREN)
    choir = make_campaign(
        title="うたごえ", ward=Ward.TAMA, theme=Theme.CULTURE, summary="合唱の会です。",
        deadline_on=clock.today() + timedelta(days=3),
    )  # fmt: skip
    over = make_campaign(title="おわった企画", state=CampaignState.COMPLETED)
    endorse(choir)
    for query, found in (
        ("", {bench, choir, over}),
        ("q=ツクル", {bench}),
        ("q=ＢＥＮＣＨ", set()),
        ("ward=asao", {bench}),
        ("theme=culture", {choir}),
        ("endorsed=1", {choir}),
        ("ending_soon=1", {choir}),
        ("state=completed", {over}),
        ("ward=asao&theme=culture", set()),
        ("ward=moon&theme=%01&state=draft&page=-3", {bench, choir, over}),
        ("page=100000000000000000000", {bench, choir, over}),
    ):
        response = client.get(f"/campaigns?{query}", follow_redirects=True)
        assert response.status_code == 200, query
        shown = response.get_data(as_text=True)
        assert {c for c in (bench, choir, over) if f"/campaigns/{c.slug}" in shown} == found, query
    assert client.get("/campaigns?theme=%00").status_code == 400


def test_pages_of_the_list_keep_the_filters(client: FlaskClient) -> None:
    for _ in range(13):
        make_campaign(ward=Ward.ASAO)
    html = client.get("/campaigns?ward=asao&q=公園").get_data(as_text=True)
    assert "ward=asao" in html
    assert "page=2" in html
    second = client.get("/campaigns?ward=asao&q=公園&page=2")
    assert "13件見つかりました" in words(second)


def test_lists_cost_the_same_for_one_and_for_many(client: FlaskClient) -> None:
    def cost(path: str) -> int:
        with counted() as statements:
            assert client.get(path).status_code == 200
        return statements.count

    endorse(make_campaign())
    client.get("/campaigns")
    few = [cost(path) for path in ("/", "/campaigns", "/api/v1/campaigns")]
    for _ in range(5):
        endorse(make_campaign())
    assert [cost(path) for path in ("/", "/campaigns", "/api/v1/campaigns")] == few


def test_the_first_page_of_an_empty_house_says_what_comes(client: FlaskClient) -> None:
    assert "いま寄付を受け付けているプロジェクトはありません" in words(client.get("/"))
    assert "まだプロジェクトがありません" in words(client.get("/campaigns"))


def test_a_picture_is_served_by_its_content(client: FlaskClient, house: Flask) -> None:
    with transaction():
        stored = keep_picture(picture_file(), name="park.png")
    response = client.get(f"/pictures/{stored.sha256}.webp")
    assert response.mimetype == "image/webp"
    assert "immutable" in response.headers["Cache-Control"]
    campaign = make_campaign(image=stored, image_alt="公園")
    html = client.get(f"/campaigns/{campaign.slug}").get_data(as_text=True)
    assert f"/pictures/{stored.sha256}.webp" in html
    assert 'alt="公園"' in html


def test_a_concern_is_sent_once(client: FlaskClient) -> None:
    campaign = make_campaign()
    path = f"/campaigns/{campaign.slug}/concern"
    page = client.get(path)
    for _ in range(2):
        response = send(client, page, words="写真がちがいます。", email="hana@example.jp")
        assert response.status_code == 302
    rows = db.session.scalars(select(CampaignConcern)).all()
    assert [row.words for row in rows] == ["写真がちがいます。"]


def test_a_refused_concern_keeps_its_words(client: FlaskClient) -> None:
    path = f"/campaigns/{make_campaign().slug}/concern"
    response = send(client, path, words="写真がちがいます。", email="no address")
    assert response.status_code == 422
    assert "写真がちがいます。" in words(response)
    assert send(client, path, words="　").status_code == 422
    assert db.session.scalars(select(CampaignConcern)).all() == []


def test_an_organisation_shows_what_it_asks_for(client: FlaskClient) -> None:
    organisation = make_organisation(slug="green")
    live = make_campaign(organisation=organisation, title="公園のベンチ")
    draft = make_campaign(organisation=organisation, state=CampaignState.DRAFT)
    html = client.get("/organisations/green").get_data(as_text=True)
    assert f"/campaigns/{live.slug}" in html
    assert f"/campaigns/{draft.slug}" not in html
