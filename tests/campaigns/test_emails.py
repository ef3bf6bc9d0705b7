"""Each thing that happens to an organisation reaches its people, in their language."""

import pytest
from sqlalchemy import select

from civicfund.campaigns import services
from civicfund.campaigns.models import CampaignState
from civicfund.core.db import db, transaction
from civicfund.notifications.models import Message
from tests.factories.campaigns import make_campaign, two_staff
from tests.factories.identity import make_organisation, make_user
from tests.jobs import run_jobs

pytestmark = pytest.mark.usefixtures("house")


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (CampaignState.SUBMITTED, "submitted"),
        (CampaignState.CHANGES_REQUESTED, "changes_requested"),
        (CampaignState.REJECTED, "rejected"),
        (CampaignState.APPROVED, "approved"),
        (CampaignState.LIVE, "live"),
        (CampaignState.SUSPENDED, "suspended"),
        (CampaignState.CANCELLED, "cancelled"),
        (CampaignState.SUCCEEDED, "succeeded"),
        (CampaignState.FAILED, "failed"),
        (CampaignState.COMPLETED, "completed"),
    ],
)
def test_the_mail_of_each_state(state: CampaignState, what: str) -> None:
    organisation = make_organisation()
    hana = make_user(organisation=organisation, name="花")
    ann = make_user(organisation=organisation, name="Ann", locale="en")
    campaign = make_campaign(state=state, organisation=organisation, title="公園のベンチ")
    run_jobs()
    mails = {
        mail.recipient: mail
        for mail in db.session.scalars(
            select(Message).where(Message.template == f"campaigns/{what}").order_by(Message.id)
        )
    }
    assert set(mails) == {hana.email, ann.email}
    for person, name in ((hana, "花 様"), (ann, "Dear Ann,")):
        mail = mails[person.email]
        assert mail.subject is not None
        assert mail.body_text is not None
        assert "公園のベンチ" in mail.subject
        assert name in mail.body_text
        assert f"http://localhost/{'campaigns' if what in LINKED else 'desk/npo/campaigns'}/" in (
            mail.body_text
        )
        assert campaign.slug in mail.body_text


LINKED = {"approved", "live", "completed"}


def test_a_concern_reaches_the_office() -> None:
    campaign = make_campaign()
    with transaction():
        services.raise_concern(campaign, words="<b>何か</b>", email="a@example.jp", form_key="c")
    run_jobs()
    mail = db.session.scalars(select(Message).where(Message.template == "campaigns/concern")).one()
    assert mail.body_text is not None
    assert "<b>何か</b>" in mail.body_text
    assert f"/desk/campaigns/{campaign.slug}" in mail.body_text


def test_resuming_is_told() -> None:
    campaign = make_campaign(state=CampaignState.SUSPENDED)
    with transaction():
        services.resume_campaign(campaign, by=two_staff()[0], reason="確認できました。")
    run_jobs()
    mail = db.session.scalars(select(Message).where(Message.template == "campaigns/resumed")).one()
    assert mail.subject == f"寄付の受付を再開しました：{campaign.title}"
