"""Finding reports and their receipts."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from civicfund.campaigns.models import Campaign
from civicfund.core.db import db
from civicfund.grants.models import (
    Award,
    Report,
    ReportEvidence,
    ReportLine,
    ReportState,
)

_NAMES = joinedload(Report.award).options(
    joinedload(Award.campaign).options(lazyload(Campaign.budget_lines)),
    joinedload(Award.organisation),
)


def report_of(award_id: int) -> Report | None:
    """The report of an award with its lines and receipts."""
    return db.session.scalar(select(Report).options(_NAMES).where(Report.award_id == award_id))


def reports_of(award_ids: Collection[int]) -> dict[int, Report]:
    """The reports of these awards, by award, without their lines."""
    rows = db.session.scalars(
        select(Report)
        .options(lazyload(Report.lines))
        .where(Report.award_id.in_(award_ids))
        .order_by(Report.id)
    )
    return {row.award_id: row for row in rows}


def reports_in(state: ReportState) -> Sequence[Report]:
    """What waits in this state, the oldest first; no lines."""
    return db.session.scalars(
        select(Report)
        .options(_NAMES, lazyload(Report.lines))
        .where(Report.state == state)
        .order_by(Report.submitted_at, Report.id)
    ).all()


def reports_due_by(day: date) -> Sequence[Report]:
    """Still to be written, and due on or before `day`."""
    return db.session.scalars(
        select(Report)
        .options(_NAMES, lazyload(Report.lines))
        .where(
            Report.state.in_([ReportState.DUE, ReportState.CHANGES_REQUESTED]), Report.due_on <= day
        )
        .order_by(Report.due_on, Report.id)
    ).all()


def line_by_id(line_id: int) -> ReportLine | None:
    """One line of a report."""
    return db.session.scalar(
        select(ReportLine)
        .options(joinedload(ReportLine.report).joinedload(Report.award))
        .where(ReportLine.id == line_id)
    )


def evidence_by_id(evidence_id: int) -> ReportEvidence | None:
    """One receipt with its line, report and award."""
    return db.session.scalar(
        select(ReportEvidence)
        .options(
            joinedload(ReportEvidence.line).joinedload(ReportLine.report).joinedload(Report.award),
            selectinload(ReportEvidence.stored_file),
        )
        .where(ReportEvidence.id == evidence_id)
    )


def last_evidence_number(line_id: int) -> int:
    """The number of the newest receipt of a line, 0 before the first."""
    return (
        db.session.scalar(
            select(func.max(ReportEvidence.number)).where(ReportEvidence.report_line_id == line_id)
        )
        or 0
    )


def files_used_elsewhere(report_id: int) -> Sequence[tuple[int, str]]:
    """(stored file, award reference) of receipts of this report that also serve another one."""
    mine = (
        select(ReportEvidence.stored_file_id)
        .join(ReportLine, ReportLine.id == ReportEvidence.report_line_id)
        .where(ReportLine.report_id == report_id)
    )
    rows = db.session.execute(
        select(ReportEvidence.stored_file_id, Award.reference)
        .join(ReportLine, ReportLine.id == ReportEvidence.report_line_id)
        .join(Report, Report.id == ReportLine.report_id)
        .join(Award, Award.id == Report.award_id)
        .where(ReportEvidence.stored_file_id.in_(mine), Report.id != report_id)
        .distinct()
        .order_by(ReportEvidence.stored_file_id, Award.reference)
    )
    return [(row.stored_file_id, row.reference) for row in rows]
