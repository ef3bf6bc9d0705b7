"""The later stations of a gift: award, instalments, report with its receipts."""

from collections.abc import Sequence
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _

from civicfund.campaigns.models import CampaignState
from civicfund.campaigns.queries import campaign_by_id
from civicfund.core import tokens
from civicfund.donors.models import Donation
from civicfund.donors.trace import Evidence, TraceStep, entry_url
from civicfund.grants.models import Award, AwardState, Report, ReportLine, ReportState
from civicfund.grants.policy import is_in_project
from civicfund.grants.queries.awards import award_of_campaign
from civicfund.grants.summary import AwardSummary, summary_of
from civicfund.web.filters import day, money

# An award may still come of these.
AHEAD = frozenset({CampaignState.LIVE, CampaignState.SUSPENDED, CampaignState.SUCCEEDED})


def gift_steps(donation: Donation) -> list[TraceStep]:
    """What became of the project's money; nothing for a gift that is no part of it."""
    if not is_in_project(donation):
        return []
    award = award_of_campaign(donation.campaign_id)
    if award is None or award.state is AwardState.PROPOSED:
        return _still_to_come(donation)
    summary = summary_of(award)
    return [_award_step(award), *_instalment_steps(summary), *_report_steps(summary, donation)]


def _still_to_come(donation: Donation) -> list[TraceStep]:
    campaign = campaign_by_id(donation.campaign_id)
    if campaign is None or campaign.state not in AHEAD:
        return []
    return [TraceStep(at=None, kind="award", title=_("Award to the project"), state="todo")]


def _award_step(award: Award) -> TraceStep:
    return TraceStep(
        at=award.decided_at,
        kind="award",
        title=_("Award to the project"),
        amount_yen=award.amount_yen,
        body=_("All gifts to this project together, less the operating share and fees."),
        url=entry_url(award.entry_id),
    )


def _instalment_steps(summary: AwardSummary) -> list[TraceStep]:
    steps = [
        TraceStep(
            at=row.paid_on,
            kind="instalment",
            title=_("Instalment %(number)s paid to the organisation", number=row.number),
            amount_yen=row.amount_yen,
            body=row.purpose,
            url=entry_url(row.entry_id),
        )
        for row in summary.paid
    ]
    if not steps:
        steps.append(
            TraceStep(
                at=None, kind="instalment", title=_("Payment to the organisation"), state="todo"
            )
        )
    return steps


def _report_steps(summary: AwardSummary, donation: Donation) -> Sequence[TraceStep]:
    report = summary.report
    if report is None:
        return []
    if report.state is ReportState.ACCEPTED:
        return [_accepted_step(report), *_line_steps(report, donation)]
    if report.state is ReportState.SUBMITTED:
        return [_step_of(report.submitted_at, "current", _("Report filed; the fund checks it"))]
    due = _("The organisation reports by %(day)s.", day=day(report.due_on))
    return [_step_of(None, "todo", _("Report with receipts"), body=due)]


def _accepted_step(report: Report) -> TraceStep:
    return TraceStep(
        at=report.accepted_at,
        kind="report",
        title=_("Report accepted"),
        amount_yen=report.spent_yen,
        body=report.narrative,
    )


def _line_steps(report: Report, donation: Donation) -> list[TraceStep]:
    token = tokens.sign("gift", donation.reference)
    return [
        TraceStep(
            at=report.accepted_at,
            kind="report_line",
            title=_("Used for: %(what)s", what=line.label),
            amount_yen=line.spent_yen,
            body=line.note,
            evidence=_evidence(line, token),
        )
        for line in report.lines
        if line.spent_yen
    ]


def _evidence(line: ReportLine, token: str) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            label=_(
                "Receipt %(number)s: %(what)s, %(amount)s",
                number=receipt.number,
                what=receipt.purpose,
                amount=money(receipt.amount_yen),
            ),
            url=url_for("grants.gift_receipt", token=token, evidence_id=receipt.id),
        )
        for receipt in line.evidence
    )


def _step_of(at: datetime | date | None, state: str, title: str, body: str = "") -> TraceStep:
    return TraceStep(at=at, kind="report", title=title, state=state, body=body)
