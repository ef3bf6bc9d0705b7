"""Reports: written by the organisation, checked by the office, closed with the last yen."""

from collections.abc import Mapping

from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import CampaignState
from civicfund.core import audit_log, clock
from civicfund.core.db import db, lock
from civicfund.core.errors import Forbidden
from civicfund.core.money import yen
from civicfund.core.states import advance
from civicfund.grants import emails, report_rules
from civicfund.grants.errors import (
    InstalmentOpen,
    MemberMayNotJudge,
    NotAgreed,
    NotAMember,
    ReasonMissing,
    ReportClosed,
    ReportHasFaults,
    StaleReport,
    TooLong,
)
from civicfund.grants.models import Award, AwardState, DisbursementState, Report, ReportState
from civicfund.grants.queries import disbursements
from civicfund.grants.services.awards import complete_if_settled
from civicfund.grants.services.parties import grantee
from civicfund.grants.services.refusals import in_words
from civicfund.grants.words import LONGEST_NARRATIVE, LONGEST_NOTE, LineWords
from civicfund.identity.models import User
from civicfund.identity.policy import acts_for, is_staff
from civicfund.ledger import posting_rules
from civicfund.ledger import services as ledger

OPEN_AWARDS = frozenset({AwardState.AGREED, AwardState.ACTIVE})


def save_report(
    report: Report,
    *,
    by: User,
    narrative: str,
    lines: Mapping[int, LineWords],
    version: int | None = None,
) -> Report:
    """Keep a draft, however incomplete; `lines` by the id of the report line.

    `version`: the one that the writer saw; if somebody has saved since, `StaleReport`.
    """
    must_be_open_to(report, by)
    if version is not None and version != report.version:
        raise StaleReport
    if len(narrative) > LONGEST_NARRATIVE:
        raise TooLong(field="narrative", most=LONGEST_NARRATIVE)
    report.narrative = narrative.strip()
    for line in report.lines:
        words = lines.get(line.id)
        if words is None:
            continue
        if len(words.note) > LONGEST_NOTE:
            raise TooLong(field="lines", most=LONGEST_NOTE)
        line.spent_yen, line.note = words.spent_yen, words.note.strip()
    report.version += 1
    db.session.flush()
    return report


def file_report(report: Report, *, by: User) -> Report:
    """Hand the report in. Raises `ReportHasFaults`; `report_rules.faults` names them."""
    must_be_open_to(report, by)
    if report_rules.faults(report):
        raise ReportHasFaults
    # What a filed report needs is written before its state: `advance` reads the row again.
    report.submitted_at, report.submitted_by_id = clock.now(), by.id
    report.version += 1
    advance(report, to=ReportState.SUBMITTED)
    db.session.flush()
    audit_log.record(by, "file_report", report, after=_shown(report))
    emails.tell_office_of_report(report)
    return report


def ask_for_changes(report: Report, *, by: User, notes: str) -> Report:
    """Send it back with what is missing."""
    _must_be_judge(report.award, by)
    if not notes.strip():
        raise ReasonMissing
    advance(report, to=ReportState.CHANGES_REQUESTED)
    report.review_notes = notes.strip()
    db.session.flush()
    audit_log.record(by, "ask_for_changes", report, reason=notes.strip())
    emails.tell_of_changes(report)
    return report


def accept_report(report: Report, *, by: User) -> Report:
    """The account is settled: the campaign is completed, unused money is not paid or comes back.

    E-12c for what was never paid; what was paid and not spent stands as `to_return_yen`.
    """
    award = report.award
    _must_be_judge(award, by)
    lock(award)
    with in_words():
        advance(report, to=ReportState.ACCEPTED)
        report.accepted_by_id, report.accepted_at = by.id, clock.now()
    _settle(award, report, by)
    campaigns.mark(award.campaign, to=CampaignState.COMPLETED)
    paid = disbursements.sum_of(award.id, DisbursementState.PAID)
    complete_if_settled(award, paid_yen=paid, report=report)
    audit_log.record(
        by, "accept_report", report,
        after={"reduced_yen": award.reduced_yen, "to_return_yen": award.to_return_yen},
    )  # fmt: skip
    emails.tell_of_acceptance(report)
    return report


def must_be_open_to(report: Report, by: User) -> None:
    """Only members write, only while it is open, and only after they have agreed to the award."""
    if not acts_for(by, report.award.organisation_id):
        raise NotAMember
    lock(report)
    if not report.is_open:
        raise ReportClosed(state=report.state.label)
    if report.award.state not in OPEN_AWARDS:
        raise NotAgreed


def _settle(award: Award, report: Report, by: User) -> None:
    """Divide what was not spent: never paid, or paid and to come back."""
    unused = max(0, award.final_yen - report.spent_yen)
    paid = disbursements.sum_of(award.id, DisbursementState.PAID)
    reduced = min(unused, award.final_yen - paid)
    if award.final_yen - reduced < disbursements.sum_of(award.id, *disbursements.LIVE):
        raise InstalmentOpen(number=_first_open(award))
    award.to_return_yen = unused - reduced
    if not reduced:
        db.session.flush()
        return
    entry = ledger.post_entry(
        posting_rules.award_reduced(yen(reduced), fund=award.fund),
        key=f"grants/award/{award.id}/reduced",
        source=award,
        party=grantee(award.organisation),
        recorded_by=by,
    )
    award.reduced_yen, award.reduction_entry_id = reduced, entry.id
    db.session.flush()


def _first_open(award: Award) -> int:
    rows = disbursements.disbursements_of([award.id])[award.id]
    return next(row.number for row in rows if row.is_live and row.paid_on is None)


def _must_be_judge(award: Award, by: User) -> None:
    if not is_staff(by):
        raise Forbidden
    if acts_for(by, award.organisation_id):
        raise MemberMayNotJudge


def _shown(report: Report) -> dict[str, object]:
    """What the audit log keeps of a filed report."""
    return {
        "narrative": report.narrative,
        "lines": [
            {
                "label": line.label,
                "spent_yen": line.spent_yen,
                "note": line.note,
                "receipts": [receipt.stored_file.sha256 for receipt in line.evidence],
            }
            for line in report.lines
        ],
    }
