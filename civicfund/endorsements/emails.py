"""One function per message about endorsements."""

from typing import Any

from civicfund.endorsements import queries
from civicfund.endorsements.models import Endorsement, EndorsementCondition, MisuseReport
from civicfund.identity.models import User
from civicfund.notifications import services as outbox


def tell_officers_of_request(endorsement: Endorsement, *, occasion: str) -> None:
    """A request, or its second form, waits on the desk."""
    for officer in queries.officers_of(endorsement.issuer):
        _tell(officer, endorsement, "requested", occasion=occasion)


def tell_officers_of_misuse(report: MisuseReport) -> None:
    """Somebody saw the name where it should not be."""
    for officer in queries.officers_of(report.endorsement.issuer):
        _tell(
            officer, report.endorsement, "misuse", occasion=str(report.id),
            words=report.words, report_id=report.id,
        )  # fmt: skip


def tell_of_changes_requested(endorsement: Endorsement, *, occasion: str) -> None:
    """What the office wants changed."""
    _tell_applicant(
        endorsement, "changes_requested", occasion=occasion, note=endorsement.decision_note
    )


def tell_of_refusal(endorsement: Endorsement) -> None:
    """Declined, and why."""
    _tell_applicant(endorsement, "declined", note=endorsement.decision_note)


def tell_of_issue(endorsement: Endorsement) -> None:
    """Granted: where it stands, for how long, under which conditions."""
    _tell_applicant(
        endorsement,
        "issued",
        name_as_displayed=endorsement.name_as_displayed,
        valid_from=endorsement.valid_from.isoformat(),
        valid_until=_iso(endorsement.valid_until),
        conditions=[condition.text for condition in endorsement.conditions],
    )


def tell_of_revocation(endorsement: Endorsement) -> None:
    """Withdrawn, and why; the name may not be shown any more."""
    _tell_applicant(endorsement, "revoked", reason=endorsement.revocation_reason)


def tell_of_end(endorsement: Endorsement) -> None:
    """The term is over; a report may be due."""
    _tell_applicant(
        endorsement,
        "expired",
        valid_until=_iso(endorsement.valid_until),
        report_due_on=_iso(endorsement.report_due_on),
    )


def remind_of_end(endorsement: Endorsement) -> None:
    """It ends soon; who needs it longer asks now."""
    _tell_applicant(endorsement, "ending", valid_until=_iso(endorsement.valid_until))


def remind_of_report(endorsement: Endorsement) -> None:
    """The day of the report has passed."""
    _tell_applicant(endorsement, "report_overdue", report_due_on=_iso(endorsement.report_due_on))


def remind_of_condition(endorsement: Endorsement, condition: EndorsementCondition) -> None:
    """The day of a condition has passed."""
    _tell_applicant(
        endorsement,
        "condition_overdue",
        occasion=str(condition.id),
        condition=condition.text,
        due_on=_iso(condition.due_on),
    )


def _iso(day: Any) -> str | None:
    return day.isoformat() if day is not None else None


def _tell_applicant(
    endorsement: Endorsement, template: str, *, occasion: str = "", **context: Any
) -> None:
    applicant = queries.user_by_id(endorsement.requested_by_id)
    if applicant is not None and applicant.active:
        _tell(applicant, endorsement, template, occasion=occasion, **context)


def _tell(
    person: User, endorsement: Endorsement, template: str, *, occasion: str, **context: Any
) -> None:
    issuer = endorsement.issuer
    outbox.enqueue(
        to=person.email,
        template=f"endorsements/{template}",
        context=context
        | {
            "name": person.name,
            "kind": endorsement.kind.label,
            "subject_name": endorsement.subject_name,
            "reference": endorsement.reference,
            "register_no": endorsement.register_no,
            "issuer": {"name_ja": issuer.name_ja, "name_en": issuer.name_en},
            "phone": issuer.phone,
        },
        locale=person.locale,
        key=f"endorsements/{template}/{endorsement.id}/{person.id}/{occasion}",
        source=endorsement,
    )
