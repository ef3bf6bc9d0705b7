"""The organisation's desk, over HTTP: forms that keep what was typed."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from civicfund.campaigns import queries, services
from civicfund.campaigns.models import Campaign, CampaignState, Theme, Ward
from civicfund.core import clock, storage
from civicfund.core.db import db, transaction
from civicfund.core.storage import StoredFile
from civicfund.identity import services as identity
from civicfund.identity.models import User
from tests.browsing import send, words
from tests.factories.campaigns import make_campaign, picture_file, two_staff
from tests.factories.identity import make_member, make_organisation, make_user, sign_in
from tests.statements import counted


@pytest.fixture
def member(client: FlaskClient) -> User:
    person = make_member()
    sign_in(client, person)
    return person


def typed(**changes: str) -> dict[str, str]:
    return {
        "title": "公園のベンチ",
        "summary": "木かげのベンチです。",
        "story": "夏は暑いです。",
        "ward": "nakahara",
        "theme": "children",
        "funding_model": "keep_all",
        "target_yen": "１００，０００円",
        "starts_on": clock.today().isoformat(),
        "deadline_on": (clock.today() + timedelta(days=20)).isoformat(),
        "budget_lines-0-label": "材料",
        "budget_lines-0-amount_yen": "７０,０００",
        "budget_lines-0-note": "木材",
        "budget_lines-1-label": "工事",
        "budget_lines-1-amount_yen": "30000",
        "budget_lines-1-note": "",
        "deed": "save",
    } | changes


def only_campaign() -> Campaign:
    return db.session.scalars(select(Campaign)).one()


def campaigns() -> int:
    return db.session.scalar(select(func.count()).select_from(Campaign)) or 0


def mine(member: User, **more: Any) -> Campaign:
    return make_campaign(organisation=member.memberships[0].organisation, member=member, **more)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_page_of_the_desk(client: FlaskClient, member: User, lang: str) -> None:
    draft = mine(member, state=CampaignState.CHANGES_REQUESTED)
    live = mine(member)
    for path in (
        "/desk/npo",
        "/desk/npo/campaigns/new",
        f"/desk/npo/campaigns/{draft.slug}",
        f"/desk/npo/campaigns/{draft.slug}/edit",
        f"/desk/npo/campaigns/{draft.slug}/withdraw",
        f"/desk/npo/campaigns/{live.slug}",
        f"/desk/npo/campaigns/{live.slug}/updates/new",
    ):
        assert client.get(path, query_string={"lang": lang}).status_code == 200, path
    assert "写真の説明を足してください。" in words(client.get(f"/desk/npo/campaigns/{draft.slug}"))


def test_the_desk_is_for_members(client: FlaskClient) -> None:
    draft = make_campaign(state=CampaignState.DRAFT)
    assert client.get("/desk/npo").status_code == 302
    sign_in(client, make_user(roles=("staff",)))
    assert client.get("/desk/npo").status_code == 403
    sign_in(client, make_member())
    for path in ("", "/edit", "/withdraw", "/updates/new"):
        assert client.get(f"/desk/npo/campaigns/{draft.slug}{path}").status_code == 403, path
    assert client.post(f"/desk/npo/campaigns/{draft.slug}/submit").status_code == 403
    assert client.get("/desk/npo/campaigns/none").status_code == 404


def test_a_campaign_is_written_and_full_width_digits_are_read(
    client: FlaskClient, member: User
) -> None:
    response = send(client, "/desk/npo/campaigns/new", **typed())
    assert response.status_code == 302
    campaign = only_campaign()
    assert (campaign.target_yen, campaign.ward, campaign.theme) == (
        100_000,
        Ward.NAKAHARA,
        Theme.CHILDREN,
    )
    assert [(line.label, line.amount_yen, line.note) for line in campaign.budget_lines] == [
        ("材料", 70_000, "木材"),
        ("工事", 30_000, ""),
    ]
    assert campaign.state is CampaignState.DRAFT


def test_a_form_sent_twice_makes_one_campaign(client: FlaskClient, member: User) -> None:
    page = client.get("/desk/npo/campaigns/new")
    for _ in range(2):
        assert send(client, page, **typed()).status_code == 302
    assert campaigns() == 1


def test_a_draft_may_be_nearly_empty(client: FlaskClient, member: User) -> None:
    response = send(client, "/desk/npo/campaigns/new", title="公園のベンチ", deed="save")
    assert response.status_code == 302
    assert only_campaign().budget_lines == []


def test_a_row_is_added_without_losing_anything(client: FlaskClient, member: User) -> None:
    response = send(
        client, "/desk/npo/campaigns/new", **typed(deed="add_row", target_yen="たくさん", title="")
    )
    assert response.status_code == 200
    html = response.get_data(as_text=True)
    for kept in ("木かげのベンチです。", "たくさん", "７０,０００", "budget_lines-3-label"):
        assert kept in html, kept
    assert "field--invalid" not in html
    assert campaigns() == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "タイトルを入力してください。"),
        ({"target_yen": "0"}, "1円以上の金額"),
        ({"target_yen": "-5000"}, "1円以上の金額"),
        ({"target_yen": "1000000000000"}, "1,000,000,000円以下の金額"),
        ({"target_yen": "12.5"}, "1円単位の数字"),
        ({"target_yen": "たくさん"}, "1円単位の数字"),
        ({"budget_lines-0-amount_yen": "0"}, "1円以上の金額"),
        ({"budget_lines-0-amount_yen": ""}, "この行の金額を入力してください。"),
        ({"budget_lines-1-label": ""}, "この金額の使い道を入力してください。"),
        ({"deadline_on": "2027-02-31"}, "日付は年・月・日で入力してください。"),
        ({"deadline_on": "きのう"}, "日付は年・月・日で入力してください。"),
        ({"deadline_on": "2001-01-01"}, "開始日以降の日を選んでください。"),
        ({"summary": "長" * 161}, "160"),
        ({"ward": "shibuya"}, "無効な選択"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    client: FlaskClient, member: User, changes: dict[str, str], said: str
) -> None:
    response = send(client, "/desk/npo/campaigns/new", **typed(**changes))
    assert response.status_code == 422
    html = response.get_data(as_text=True)
    shown = words(response)
    assert said in shown
    assert "入力した内容を確かめてください" in shown
    for kept in ("夏は暑いです。", "木材", "30000"):
        assert kept in html, kept
    assert campaigns() == 0


def test_saving_and_handing_in_at_once(client: FlaskClient, member: User) -> None:
    response = send(client, "/desk/npo/campaigns/new", **typed(deed="submit"))
    assert response.status_code == 302
    assert only_campaign().state is CampaignState.SUBMITTED


def test_a_refused_submission_keeps_the_draft_and_the_form(
    client: FlaskClient, member: User
) -> None:
    page = send(
        client,
        "/desk/npo/campaigns/new",
        **typed(deed="submit", **{"budget_lines-1-amount_yen": "29999"}),
    )
    assert page.status_code == 422
    assert "予算の合計は99,999円ですが、目標額は100,000円です。" in words(page)
    assert only_campaign().state is CampaignState.DRAFT
    mended = typed(deed="submit", **{"budget_lines-1-amount_yen": "30000"})
    assert send(client, page, to="/edit", **mended).status_code == 302
    assert only_campaign().state is CampaignState.SUBMITTED
    assert campaigns() == 1


def test_everything_missing_is_said_at_once(client: FlaskClient, member: User) -> None:
    campaign = mine(
        member, state=CampaignState.DRAFT, summary="", story="", ward=None, budget_lines=[]
    )
    page = send(client, f"/desk/npo/campaigns/{campaign.slug}", to="/submit")
    assert page.status_code == 422
    assert words(page).count("提出する前に、ここを入力してください。") >= 4
    assert campaign.title in page.get_data(as_text=True)


def test_handing_in_twice_is_told(client: FlaskClient, member: User) -> None:
    campaign = mine(member, state=CampaignState.DRAFT)
    page = client.get(f"/desk/npo/campaigns/{campaign.slug}")
    assert send(client, page, to="/submit").status_code == 302
    again = send(client, page, to="/submit")
    assert again.status_code == 422
    assert "いまは「審査中」です" in words(again)
    assert campaign.submission_number == 1


def test_a_stale_form_is_refused_and_can_be_saved_knowingly(
    client: FlaskClient, member: User
) -> None:
    campaign = mine(member, state=CampaignState.DRAFT)
    path = f"/desk/npo/campaigns/{campaign.slug}/edit"
    page = client.get(path)
    colleague = make_member(member.memberships[0].organisation)
    with transaction():
        services.edit_campaign(campaign, by=colleague, title="同僚の題")
    refused = send(client, page, to="/edit", title="わたしの題", deed="save")
    assert refused.status_code == 422
    assert "ほかの人が内容を変えました" in words(refused)
    assert "わたしの題" in refused.get_data(as_text=True)
    db.session.expire_all()
    assert campaign.title == "同僚の題"
    assert send(client, refused, to="/edit", deed="save").status_code == 302
    assert campaign.title == "わたしの題"


def test_what_was_handed_in_cannot_be_edited(client: FlaskClient, member: User) -> None:
    campaign = mine(member, state=CampaignState.DRAFT)
    page = client.get(f"/desk/npo/campaigns/{campaign.slug}/edit")
    with transaction():
        services.submit_campaign(campaign, by=member)
    refused = send(client, page, to="/edit", title="別の題", deed="save")
    assert refused.status_code == 422
    assert "「審査中」なので、変更できません" in words(refused)
    assert client.get(f"/desk/npo/campaigns/{campaign.slug}/edit").status_code == 302


def test_a_picture_is_kept_through_a_refusal(client: FlaskClient, member: User) -> None:
    page = client.get("/desk/npo/campaigns/new")
    refused = send(
        client, page, **typed(title=""), image=(picture_file(), "park.png"),
    )  # fmt: skip
    assert refused.status_code == 422
    assert "/pictures/" in refused.get_data(as_text=True)
    assert send(client, refused, title="公園", image_alt="公園の写真").status_code == 302
    stored = db.session.scalars(select(StoredFile)).one()
    assert only_campaign().image_id == stored.id
    edit = f"/desk/npo/campaigns/{only_campaign().slug}/edit"
    assert send(client, edit, to="/edit", remove_image="y", deed="save").status_code == 302
    assert only_campaign().image_id is None


@pytest.mark.parametrize(
    ("body", "name", "said"),
    [
        (b"%PDF-1.7 not a picture", "photo.jpg", "画像として読めないファイルです"),
        (b"<svg onload='alert(1)'/>", "photo.png", "画像として読めないファイルです"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 40, "photo.png", "画像として読めないファイルです"),
        (b"0" * 20_001, "photo.jpg", "10MBを超えています"),
    ],
)
def test_a_file_that_lies_about_its_type_is_refused(
    client: FlaskClient,
    member: User,
    monkeypatch: pytest.MonkeyPatch,
    body: bytes,
    name: str,
    said: str,
) -> None:
    monkeypatch.setattr(storage, "LARGEST_FILE", 20_000)
    response = send(client, "/desk/npo/campaigns/new", **typed(), image=(io.BytesIO(body), name))
    assert response.status_code == 422
    assert said in words(response)
    assert "公園のベンチ" in response.get_data(as_text=True)
    assert campaigns() == 0
    assert db.session.scalars(select(StoredFile)).all() == []


def test_a_made_up_picture_token_is_nothing(client: FlaskClient, member: User) -> None:
    page = client.get("/desk/npo/campaigns/new")
    assert send(client, page, **typed(kept_image="1")).status_code == 302
    assert only_campaign().image_id is None


def test_somebody_elses_organisation_cannot_be_chosen(client: FlaskClient, member: User) -> None:
    other = make_organisation()
    with transaction():
        identity.add_member(user=member, organisation=make_organisation())
    response = send(client, "/desk/npo/campaigns/new", **typed(organisation_id=str(other.id)))
    assert response.status_code == 422
    assert campaigns() == 0


def test_withdrawing_asks_for_a_reason(client: FlaskClient, member: User) -> None:
    campaign = mine(member, state=CampaignState.SUBMITTED)
    path = f"/desk/npo/campaigns/{campaign.slug}/withdraw"
    assert send(client, path, to="/withdraw", reason=" ").status_code == 422
    assert send(client, path, to="/withdraw", reason="やめます。").status_code == 302
    assert campaign.state is CampaignState.CANCELLED
    assert client.get(f"/campaigns/{campaign.slug}").status_code == 200


def test_an_update_is_posted_once(client: FlaskClient, member: User) -> None:
    campaign = mine(member)
    page = client.get(f"/desk/npo/campaigns/{campaign.slug}/updates/new")
    refused = send(client, page, title="着工", body=" ")
    assert refused.status_code == 422
    assert "着工" in refused.get_data(as_text=True)
    for _ in range(2):
        assert send(client, page, title="着工", body="はじめました。").status_code == 302
    assert len(queries.updates_of(campaign.id)) == 1


def test_no_update_for_what_is_not_public(client: FlaskClient, member: User) -> None:
    campaign = mine(member, state=CampaignState.SUBMITTED)
    path = f"/desk/npo/campaigns/{campaign.slug}/updates/new"
    response = send(client, path, title="着工", body="はじめました。")
    assert response.status_code == 422
    assert "公開されてから投稿できます" in words(response)


def test_a_deed_needs_its_token(client: FlaskClient, member: User) -> None:
    campaign = mine(member, state=CampaignState.DRAFT)
    response = client.post(f"/desk/npo/campaigns/{campaign.slug}/submit", csrf=False)
    assert response.status_code == 400
    assert campaign.state is CampaignState.DRAFT


def test_the_desk_costs_the_same_for_one_and_for_many(client: FlaskClient, member: User) -> None:
    def cost() -> int:
        with counted() as statements:
            assert client.get("/desk/npo").status_code == 200
        return statements.count

    mine(member, state=CampaignState.CHANGES_REQUESTED)
    mine(member)
    few = cost()
    for _ in range(4):
        mine(member, staff=two_staff())
        mine(member, state=CampaignState.CHANGES_REQUESTED)
    assert cost() == few
