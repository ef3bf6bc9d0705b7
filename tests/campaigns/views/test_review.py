"""The office's desk over HTTP: reviewing, stopping, answering concerns."""

import pytest
from flask.testing import FlaskClient

from civicfund.campaigns import queries, services
from civicfund.campaigns.checklists import CHECKLISTS
from civicfund.campaigns.models import Campaign, CampaignState, ReviewDecision, ReviewKind
from civicfund.core.db import transaction
from civicfund.identity.models import User
from tests.browsing import send, words
from tests.factories.campaigns import make_campaign, two_staff
from tests.factories.identity import make_member, make_user, sign_in
from tests.statements import counted


@pytest.fixture
def staff(client: FlaskClient) -> tuple[User, User]:
    both = two_staff()
    sign_in(client, both[0])
    return both


def judged(kind: ReviewKind, decision: str, **more: object) -> dict[str, object]:
    prefix = f"{kind.value}-"
    fields: dict[str, object] = {
        "checked": list(CHECKLISTS[kind]),
        "decision": decision,
        "notes": "",
    }
    return {f"{prefix}{name}": value for name, value in (fields | more).items()}


def review(
    client: FlaskClient, campaign: Campaign, kind: ReviewKind, decision: str, **more: object
) -> object:
    return send(
        client,
        f"/desk/campaigns/{campaign.slug}",
        to=f"/reviews/{kind.value}",
        **judged(kind, decision, **more),
    )


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_page_of_the_desk(client: FlaskClient, staff: tuple[User, User], lang: str) -> None:
    waiting = make_campaign(state=CampaignState.SUBMITTED)
    live = make_campaign()
    stopped = make_campaign(state=CampaignState.SUSPENDED)
    with transaction():
        concern = services.raise_concern(live, words="何か変です。", form_key="c1")
    for path in (
        "/desk/campaigns",
        "/desk/campaigns/all?q=ベンチ",
        f"/desk/campaigns/{waiting.slug}",
        f"/desk/campaigns/{live.slug}",
        f"/desk/campaigns/{live.slug}/suspend",
        f"/desk/campaigns/{stopped.slug}/resume",
        f"/desk/campaigns/{stopped.slug}/cancel",
        f"/desk/campaigns/concerns/{concern.id}",
    ):
        joined = "&" if "?" in path else "?"
        assert client.get(f"{path}{joined}lang={lang}").status_code == 200, path
    desk = words(client.get("/desk/campaigns?lang=ja"))
    assert "何か変です。" in desk
    assert "内容の審査を待っているもの (1)" in desk


def test_the_desk_is_for_the_office(client: FlaskClient) -> None:
    campaign = make_campaign(state=CampaignState.SUBMITTED)
    paths = (
        "/desk/campaigns",
        "/desk/campaigns/all",
        f"/desk/campaigns/{campaign.slug}",
        f"/desk/campaigns/{campaign.slug}/cancel",
    )
    for path in paths:
        assert client.get(path).status_code == 302
    for person in (make_member(), make_user(roles=("auditor",)), make_user(roles=("officer",))):
        sign_in(client, person)
        for path in paths:
            assert client.get(path).status_code == 403, path
        assert client.post(f"/desk/campaigns/{campaign.slug}/reviews/content").status_code == 403
    assert campaign.state is CampaignState.SUBMITTED


def test_unknown_things_are_404(client: FlaskClient, staff: tuple[User, User]) -> None:
    campaign = make_campaign(state=CampaignState.SUBMITTED)
    for path in (
        "/desk/campaigns/none",
        f"/desk/campaigns/{campaign.slug}/burn",
        "/desk/campaigns/concerns/99999",
        "/desk/campaigns/concerns/99999999999999999999999",
    ):
        assert client.get(path).status_code == 404, path
    assert client.post(f"/desk/campaigns/{campaign.slug}/reviews/looks").status_code == 404


def test_two_people_review_over_http(client: FlaskClient, staff: tuple[User, User]) -> None:
    campaign = make_campaign(state=CampaignState.SUBMITTED)
    assert review(client, campaign, ReviewKind.CONTENT, "approved").status_code == 302  # type: ignore[attr-defined]
    page = client.get(f"/desk/campaigns/{campaign.slug}")
    assert "こちらは別の人が審査します" in words(page)
    answer = client.post(
        f"/desk/campaigns/{campaign.slug}/reviews/finances",
        data=judged(ReviewKind.FINANCES, "approved", version=str(campaign.version)),
    )
    assert answer.status_code == 422
    assert "別の人が審査します" in words(answer)
    sign_in(client, staff[1])
    assert review(client, campaign, ReviewKind.FINANCES, "approved").status_code == 302  # type: ignore[attr-defined]
    assert campaign.state is CampaignState.APPROVED


def test_a_refused_review_keeps_its_notes(client: FlaskClient, staff: tuple[User, User]) -> None:
    campaign = make_campaign(state=CampaignState.SUBMITTED)
    points = list(CHECKLISTS[ReviewKind.CONTENT])
    for decision, checked, said in (
        ("approved", points[1:], "すべての項目を確認して"),
        ("", points, "判定を選んでください。"),
        ("maybe", points, "よい計画です。"),
    ):
        response = review(
            client, campaign, ReviewKind.CONTENT, decision, checked=checked, notes="よい計画です。"
        )
        assert response.status_code == 422  # type: ignore[attr-defined]
        assert said in words(response)
        assert "よい計画です。" in words(response)
    response = review(client, campaign, ReviewKind.CONTENT, "changes_requested")
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "直すところや理由を書いてください。" in words(response)
    assert queries.reviews_of([campaign.id]) == []


def test_a_review_of_an_older_version_is_refused(
    client: FlaskClient, staff: tuple[User, User]
) -> None:
    campaign = make_campaign(state=CampaignState.SUBMITTED)
    page = client.get(f"/desk/campaigns/{campaign.slug}")
    member = queries.people_of(campaign.organisation_id)[0]
    with transaction():
        services.review_finances(
            campaign, by=staff[1], decision=ReviewDecision.CHANGES_REQUESTED, notes="予算を。"
        )
        services.edit_campaign(campaign, by=member, title="まったく別の企画")
        services.submit_campaign(campaign, by=member)
    response = send(client, page, to="/reviews/content", **judged(ReviewKind.CONTENT, "approved"))
    assert response.status_code == 422
    assert "ほかの人が内容を変えました" in words(response)


def test_giving_is_stopped_resumed_and_the_campaign_cancelled(
    client: FlaskClient, staff: tuple[User, User]
) -> None:
    campaign = make_campaign()
    for deed, state in (
        ("suspend", CampaignState.SUSPENDED),
        ("resume", CampaignState.LIVE),
        ("cancel", CampaignState.CANCELLED),
    ):
        path = f"/desk/campaigns/{campaign.slug}/{deed}"
        before = campaign.state
        refused = send(client, path, to=f"/{deed}", reason="　")
        assert refused.status_code == 422
        assert campaign.state is before
        assert send(client, path, to=f"/{deed}", reason="確認のため。").status_code == 302
        assert campaign.state is state
    again = send(client, f"/desk/campaigns/{campaign.slug}/suspend", to="/suspend", reason="理由")
    assert again.status_code == 422
    assert "いまは「中止」です" in words(again)


def test_a_concern_is_settled(client: FlaskClient, staff: tuple[User, User]) -> None:
    with transaction():
        concern = services.raise_concern(make_campaign(), words="何か変です。", form_key="c1")
    path = f"/desk/campaigns/concerns/{concern.id}"
    assert send(client, path, reason=" ").status_code == 422
    assert send(client, path, reason="写真を差しかえました。").status_code == 302
    shown = words(client.get(path))
    assert "写真を差しかえました。" in shown
    assert staff[0].name in shown


def test_the_desk_costs_the_same_for_one_and_for_many(
    client: FlaskClient, staff: tuple[User, User]
) -> None:
    def cost() -> list[int]:
        counts = []
        for path in ("/desk/campaigns", "/desk/campaigns/all"):
            with counted() as statements:
                assert client.get(path).status_code == 200
            counts.append(statements.count)
        return counts

    def one_more(number: int) -> None:
        campaign = make_campaign()
        make_campaign(state=CampaignState.SUBMITTED)
        make_campaign(state=CampaignState.SUSPENDED)
        with transaction():
            services.raise_concern(campaign, words="何か", form_key=f"c{number}")

    one_more(0)
    few = cost()
    for number in range(1, 4):
        one_more(number)
    assert cost() == few
