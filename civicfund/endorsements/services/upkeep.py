"""What happens while and after an endorsement is valid."""

from datetime import timedelta
from typing import Any

from civicfund.core import clock
from civicfund.core.db import advisory_lock, db, lock
from civicfund.core.errors import NotAllowedNow
from civicfund.core.states import advance
from civicfund.endorsements import emails, policy, queries
from civicfund.endorsements.errors import NotTheIssuer, ReasonMissing
from civicfund.endorsements.models import (
    Endorsement,
    EndorsementCondition,
    EndorsementState,
    EventKind,
    MisuseReport,
    MisuseState,
)
from civicfund.endorsements.services.history import note


def expire_due() -> int:
    """Write down which terms have ended; the pages know by the clock. Returns how many."""
    ended = queries.endorsements_to_expire(clock.today())
    for endorsement in ended:
        ended_at = endorsement.ended_at
        advance(endorsement, to=EndorsementState.EXPIRED)
        note(endorsement, EventKind.EXPIRED, by=None, at=ended_at)
        emails.tell_of_end(endorsement)
    return len(ended)


def send_reminders() -> int:
    """Tell each applicant once of a long term that ends, a late report, an overdue condition."""
    offices = [issuer.id for issuer in queries.issuers()]
    renewal = timedelta(days=queries.RENEWAL_DAYS)
    ending = [
        endorsement
        for endorsement in queries.expiring_soon(offices)
        # A word for one event is not renewed; its end is no news.
        if endorsement.valid_until and endorsement.valid_until - endorsement.valid_from > renewal
    ]
    overdue = [
        endorsement
        for endorsement in queries.reports_awaited(offices)
        if endorsement.report_due_on and endorsement.report_due_on < clock.today()
    ]
    for endorsement in ending:
        emails.remind_of_end(endorsement)
    for endorsement in overdue:
        emails.remind_of_report(endorsement)
    unmet = [
        (condition, endorsement)
        for condition, endorsement in queries.conditions_awaited(offices)
        if condition.due_on and condition.due_on < clock.today()
    ]
    for condition, endorsement in unmet:
        emails.remind_of_condition(endorsement, condition)
    return len(ending) + len(overdue) + len(unmet)


def mark_condition_met(
    endorsement: Endorsement, *, condition: EndorsementCondition, by: Any
) -> None:
    """The office has seen that a condition is met; marking it twice is once."""
    _only_the_issuer(endorsement, by)
    lock(condition)
    if condition.met_at is not None:
        return
    condition.met_at, condition.met_by_id = clock.now(), by.id
    note(endorsement, EventKind.CONDITION_MET, by=by, words=condition.text)


def receive_report(endorsement: Endorsement, *, by: Any) -> None:
    """The report on how it went has come; noting it twice is once."""
    _only_the_issuer(endorsement, by)
    lock(endorsement)
    if endorsement.state_now is None:
        raise NotAllowedNow(state=endorsement.state.label)
    if endorsement.report_received_at is not None:
        return
    endorsement.report_received_at, endorsement.report_received_by_id = clock.now(), by.id
    note(endorsement, EventKind.REPORT_RECEIVED, by=by)


def report_misuse(
    endorsement: Endorsement, *, form_key: str, words: str, email: str = ""
) -> MisuseReport:
    """Anyone may say that the name is used where it should not be; the same form says it once."""
    if not words.strip():
        raise ReasonMissing
    advisory_lock(f"misuse/{form_key}")
    known = queries.misuse_by_form_key(form_key)
    if known is not None:
        return known
    report = MisuseReport(
        endorsement=endorsement,
        form_key=form_key,
        words=words.strip(),
        email=email.strip(),
        reported_at=clock.now(),
        state=MisuseState.OPEN,
    )
    db.session.add(report)
    db.session.flush()
    emails.tell_officers_of_misuse(report)
    return report


def settle_misuse(report: MisuseReport, *, by: Any, outcome: str) -> None:
    """Write down what the office found and did."""
    _only_the_issuer(report.endorsement, by)
    if not outcome.strip():
        raise ReasonMissing
    advance(report, to=MisuseState.SETTLED)
    report.outcome = outcome.strip()
    report.settled_at, report.settled_by_id = clock.now(), by.id
    db.session.flush()


def _only_the_issuer(endorsement: Endorsement, by: Any) -> None:
    if not policy.can_decide(by, endorsement):
        raise NotTheIssuer
