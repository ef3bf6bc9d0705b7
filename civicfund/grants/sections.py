"""What grants add to the pages of campaigns: for the public, and on the organisation's desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from civicfund.campaigns.models import Campaign
from civicfund.core import clock
from civicfund.donors.trace import entry_url
from civicfund.grants.models import AwardState, ReportState
from civicfund.grants.queries.awards import award_of_campaign, awards_of_organisations
from civicfund.grants.summary import AwardSummary, summaries_of, summary_of
from civicfund.web.filters import day

SOON_DAYS = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a member of an organisation."""

    title: str
    url: str
    details: str
    since: datetime | None
    label: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """A way from a campaign's page on the organisation's desk to its award."""

    title: str
    url: str
    words: str


def npo_desk_waiting(organisation_ids: Collection[int]) -> list[Waiting]:
    """Awards to agree to, and reports that are due within two months or came back."""
    summaries = summaries_of(awards_of_organisations(organisation_ids))
    return [waiting for summary in summaries if (waiting := _waiting(summary)) is not None]


def npo_campaign_sections(campaign: Campaign) -> list[Pointer]:
    """The award of this campaign."""
    award = award_of_campaign(campaign.id)
    if award is None:
        return []
    url = url_for("grants.npo_award", reference=award.reference)
    return [Pointer(_("Award and report"), url, _("See the award, the payments and the report"))]


def _waiting(summary: AwardSummary) -> Waiting | None:
    award, report = summary.award, summary.report
    url = url_for("grants.npo_award", reference=award.reference)
    title = award.campaign.title
    if award.state is AwardState.OFFERED:
        words = _("An award waits for your agreement")
        return Waiting(title, url, words, award.decided_at, _("Read and agree"))
    if report is None or not report.is_open or award.state is AwardState.PROPOSED:
        return None
    if report.state is ReportState.CHANGES_REQUESTED:
        words = _("The office asks for changes of the report")
        return Waiting(title, url, words, report.submitted_at, _("Write the report"))
    if (report.due_on - clock.today()).days > SOON_DAYS:
        return None
    words = _("The report is due on %(day)s", day=day(report.due_on))
    return Waiting(title, url, words, award.decided_at, _("Write the report"))


def campaign_sections(campaign: Campaign) -> list[Markup]:
    """The award, its instalments and the report: where the money went."""
    award = award_of_campaign(campaign.id)
    if award is None:
        return []
    page = render_template(
        "grants/campaign_section.html",
        award=award,
        summary=summary_of(award),
        campaign=campaign,
        entry_url=entry_url,
    )
    return [Markup(page)]  # noqa: S704  # our own template, escaped there
