"""Writing a campaign: what is accepted, what is refused, what is kept."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from civicfund.campaigns import queries, services
from civicfund.campaigns.budget import BudgetDraft
from civicfund.campaigns.errors import (
    BudgetDoesNotAddUp,
    BudgetLineIncomplete,
    DeadlineBeforeStart,
    DeadlinePast,
    DeadlineTooFar,
    Incomplete,
    NotEditable,
    NotYourOrganisation,
    StaleCampaign,
    StartPast,
    TargetOutOfRange,
    TextTooLong,
    TooManyBudgetLines,
)
from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.campaigns.search import search_words
from civicfund.core import clock
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db, transaction
from civicfund.core.errors import DomainError, NotAllowedNow
from civicfund.identity.models import User
from civicfund.notifications.models import Message
from tests.factories.campaigns import make_campaign, whole_fields
from tests.factories.identity import make_member

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def member(house: Flask) -> User:
    return make_member()


def draft(member: User, **changes: Any) -> Campaign:
    organisation = member.memberships[0].organisation
    with transaction():
        return services.draft_campaign(
            organisation=organisation, by=member, **whole_fields(**changes)
        )


def edit(campaign: Campaign, by: User, **changes: Any) -> Campaign:
    with transaction():
        return services.edit_campaign(campaign, by=by, **changes)


def submit(campaign: Campaign, by: User) -> Campaign:
    with transaction():
        return services.submit_campaign(campaign, by=by)


def mails() -> list[str]:
    return list(db.session.scalars(select(Message.template).order_by(Message.id)))


def test_a_draft_needs_a_title_only(member: User) -> None:
    organisation = member.memberships[0].organisation
    with transaction():
        campaign = services.draft_campaign(organisation=organisation, by=member, title="公園")
    assert campaign.state is CampaignState.DRAFT
    assert campaign.reference.startswith("C-")
    assert campaign.slug == campaign.reference.removeprefix("C-")[:9].lower()
    with pytest.raises(Incomplete) as refusal, transaction():
        services.draft_campaign(organisation=organisation, by=member, title="  ")
    assert refusal.value.field == "title"


def test_latin_words_of_the_title_stand_in_the_address(member: User) -> None:
    assert draft(member, title="夏の Music & Park Festival 2027").slug.startswith(
        "music-park-festival-2027-"
    )


def test_only_members_write(member: User) -> None:
    stranger = make_member()
    organisation = member.memberships[0].organisation
    with pytest.raises(NotYourOrganisation), transaction():
        services.draft_campaign(organisation=organisation, by=stranger, title="公園")
    campaign = draft(member)
    with pytest.raises(NotYourOrganisation):
        edit(campaign, stranger, title="別の題")
    with pytest.raises(NotYourOrganisation):
        submit(campaign, stranger)
    assert campaign.title == whole_fields()["title"]


def test_the_same_form_makes_one_campaign(member: User) -> None:
    assert draft(member, form_key="k1").id == draft(member, form_key="k1").id
    assert draft(member, form_key="k2").id != draft(member, form_key="k1").id


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"target_yen": 0}, TargetOutOfRange),
        ({"target_yen": -5_000}, TargetOutOfRange),
        ({"target_yen": 10**12}, TargetOutOfRange),
        ({"title": "長" * 101}, TextTooLong),
        ({"summary": "長" * 161}, TextTooLong),
        ({"story": "長" * 20_001}, TextTooLong),
        ({"budget_lines": [BudgetDraft("", 1_000)]}, BudgetLineIncomplete),
        ({"budget_lines": [BudgetDraft("材料", 0)]}, BudgetLineIncomplete),
        ({"budget_lines": [BudgetDraft("材料", -1)]}, BudgetLineIncomplete),
        ({"budget_lines": [BudgetDraft("長" * 121, 1)]}, TextTooLong),
        ({"budget_lines": [BudgetDraft("材料", 1)] * 31}, TooManyBudgetLines),
        (
            {"starts_on": date(2027, 3, 2), "deadline_on": date(2027, 3, 1)},
            DeadlineBeforeStart,
        ),
    ],
)
def test_what_no_draft_may_hold(
    member: User, changes: dict[str, Any], refusal: type[DomainError]
) -> None:
    campaign = draft(member)
    before = (campaign.version, campaign.title, campaign.target_yen, campaign.budget_total_yen)
    with pytest.raises(refusal):
        edit(campaign, member, **changes)
    after = (campaign.version, campaign.title, campaign.target_yen, campaign.budget_total_yen)
    assert after == before


def test_budget_rows_are_replaced_shortened_and_reordered(member: User) -> None:
    campaign = draft(member)
    rows = [BudgetDraft("あ", 10), BudgetDraft("い", 20), BudgetDraft("う", 30)]
    edit(campaign, member, budget_lines=rows)
    edit(campaign, member, budget_lines=rows[::-1])
    assert [line.label for line in campaign.budget_lines] == ["う", "い", "あ"]
    edit(campaign, member, budget_lines=rows[1:2])
    assert [(line.position, line.label) for line in campaign.budget_lines] == [(1, "い")]


def test_a_whole_campaign_is_handed_in_once(member: User) -> None:
    campaign = submit(draft(member), member)
    assert campaign.state is CampaignState.SUBMITTED
    assert campaign.submission_number == 1
    assert mails() == ["campaigns/submitted"]
    with pytest.raises(NotAllowedNow):
        submit(campaign, member)
    with pytest.raises(NotEditable):
        edit(campaign, member, title="別の題")
    assert mails() == ["campaigns/submitted"]


@pytest.mark.parametrize(
    "name",
    ["summary", "story", "ward", "theme", "funding_model", "target_yen", "starts_on",
     "deadline_on", "budget_lines"],
)  # fmt: skip
def test_what_is_missing_is_named(member: User, name: str) -> None:
    empty: Any = [] if name == "budget_lines" else None
    campaign = draft(member, **{name: empty})
    with pytest.raises(Incomplete) as refusal:
        submit(campaign, member)
    assert refusal.value.field == name
    assert campaign.state is CampaignState.DRAFT
    assert mails() == []


def test_the_picture_is_optional(member: User) -> None:
    assert submit(draft(member, image=None), member).image_id is None


def test_the_budget_adds_up_to_the_yen(member: User) -> None:
    campaign = draft(member, budget_lines=[BudgetDraft("材料", 99_999)])
    with pytest.raises(BudgetDoesNotAddUp) as refusal:
        submit(campaign, member)
    assert refusal.value.places == {"sum": "99,999", "target": "100,000"}
    edit(campaign, member, budget_lines=[BudgetDraft("材料", 100_000)])
    assert submit(campaign, member).state is CampaignState.SUBMITTED


@pytest.mark.parametrize(
    ("days", "refusal"), [(-1, DeadlinePast), (0, DeadlinePast), (366, DeadlineTooFar)]
)
def test_a_deadline_lies_ahead_and_within_a_year(
    member: User, days: int, refusal: type[DomainError]
) -> None:
    deadline_on = clock.today() + timedelta(days=days)
    campaign = draft(member, starts_on=min(clock.today(), deadline_on), deadline_on=deadline_on)
    if days < 0:
        edit(campaign, member, starts_on=deadline_on)
        refusal = StartPast
    with pytest.raises(refusal):
        submit(campaign, member)


@pytest.mark.parametrize("days", [1, 365])
def test_the_edges_of_a_deadline(member: User, days: int) -> None:
    campaign = draft(member, deadline_on=clock.today() + timedelta(days=days))
    assert submit(campaign, member).state is CampaignState.SUBMITTED


def test_a_start_in_the_past_is_refused(member: User) -> None:
    campaign = draft(member, starts_on=clock.today() - timedelta(days=1))
    with pytest.raises(StartPast):
        submit(campaign, member)


def test_a_stale_form_changes_nothing(member: User) -> None:
    organisation = member.memberships[0].organisation
    colleague = make_member(organisation)
    campaign = draft(member)
    seen = campaign.version
    edit(campaign, colleague, version=seen, title="同僚の題")
    with pytest.raises(StaleCampaign):
        edit(campaign, member, version=seen, title="わたしの題")
    assert campaign.title == "同僚の題"
    edit(campaign, member, version=campaign.version, title="わたしの題")
    assert campaign.title == "わたしの題"


def test_the_same_words_again_are_no_change(member: User) -> None:
    campaign = draft(member)
    seen = campaign.version
    edit(campaign, member, version=seen, title="新しい題")
    # A second press of the same button brings the same words with the old version.
    edit(campaign, member, version=seen, title="新しい題")
    assert campaign.version == seen + 1


def test_each_deed_is_in_the_audit_log(member: User) -> None:
    campaign = draft(member)
    edit(campaign, member, title="新しい題")
    submit(campaign, member)
    rows = db.session.scalars(
        select(AuditRecord).where(AuditRecord.subject_kind == "campaigns").order_by(AuditRecord.id)
    ).all()
    assert [row.deed for row in rows] == ["draft_campaign", "edit_campaign", "submit_campaign"]
    assert rows[1].before is not None
    assert rows[1].after is not None
    assert (rows[1].before["title"], rows[1].after["title"]) == (
        whole_fields()["title"],
        "新しい題",
    )
    assert {row.actor_id for row in rows} == {member.id}


def test_the_search_finds_any_kana_and_width(member: User) -> None:
    campaign = make_campaign(
        organisation=member.memberships[0].organisation,
        member=member,
        title="ﾌﾞﾗﾝｺ と ＰＡＲＫ",
        summary="あさおのひろばにブランコを。",
    )
    for typed in (
        "ぶらんこ",
        "ブランコ",
        "ﾌﾞﾗﾝｺ",
        "park",
        "ＰＡＲＫ　ブランコ",
        "中原区",
        "みどりの会",
    ):
        assert campaign in _found(typed), typed
    for typed in ("すべりだい", "park すべりだい", "%", "_"):
        assert campaign not in _found(typed), typed


def _found(typed: str) -> list[Campaign]:
    wanted = queries.CampaignFilter(words=search_words(typed))
    return list(db.session.scalars(queries.public_campaigns(wanted)))


@pytest.mark.parametrize(
    ("column", "value"),
    [("target_yen", 0), ("target_yen", -1), ("deadline_on", date(2000, 1, 1)), ("state", "gone")],
)
def test_the_database_refuses_what_the_service_would(member: User, column: str, value: Any) -> None:
    campaign = draft(member)
    table = Campaign.__table__
    with pytest.raises(IntegrityError), transaction():
        db.session.connection().exec_driver_sql(
            f"UPDATE {table.name} SET {column} = %s WHERE id = %s", (value, campaign.id)
        )


def test_the_database_refuses_half_a_submission(member: User) -> None:
    campaign = draft(member, summary="")
    with pytest.raises(IntegrityError), transaction():
        db.session.connection().exec_driver_sql(
            "UPDATE campaigns SET state = 'submitted' WHERE id = %s", (campaign.id,)
        )


def test_what_was_promised_cannot_be_changed_even_by_hand(member: User) -> None:
    campaign = make_campaign(member=member, organisation=member.memberships[0].organisation)
    for change in (
        "UPDATE campaigns SET target_yen = target_yen + 1 WHERE id = %s",
        "UPDATE campaigns SET deadline_on = deadline_on + 1 WHERE id = %s",
        "UPDATE campaigns SET operating_share_percent = 20 WHERE id = %s",
        "UPDATE campaigns SET rules = '{}' WHERE id = %s",
        "UPDATE budget_lines SET amount_yen = 1 WHERE campaign_id = %s",
        "DELETE FROM budget_lines WHERE campaign_id = %s",
    ):
        with (
            pytest.raises(IntegrityError, match=r"cannot be changed|fixed since launch"),
            transaction(),
        ):
            db.session.connection().exec_driver_sql(change, (campaign.id,))
