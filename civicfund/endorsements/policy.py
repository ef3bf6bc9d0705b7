"""Who may do what with an endorsement: only its issuer acts (R46)."""

from typing import Any

from civicfund.endorsements.models import Endorsement, EndorsementDocument, MisuseReport
from civicfund.endorsements.subjects import Subject
from civicfund.identity.policy import acts_for, is_auditor, is_officer, is_staff


def can_open_city_desk(user: Any) -> bool:
    """Officers; each sees the files of their own offices."""
    return is_officer(user)


def can_decide(user: Any, endorsement: Endorsement) -> bool:
    """An officer who belongs to the issuing office. The fund's staff may not."""
    return is_officer(user) and acts_for(user, endorsement.issuer.organisation_id)


def can_settle(user: Any, report: MisuseReport) -> bool:
    """The office whose name was misused."""
    return can_decide(user, report.endorsement)


def is_partial(user: Any, endorsement: Endorsement) -> bool:
    """Nobody vouches for the organisation that they belong to."""
    return acts_for(user, endorsement.subject_organisation_id)


def can_request(user: Any, subject: Subject) -> bool:
    """The organisation itself, or the fund's office for it."""
    return is_staff(user) or acts_for(user, subject.organisation_id)


def can_change_request(user: Any, endorsement: Endorsement) -> bool:
    """Whoever could have asked for it."""
    return is_staff(user) or acts_for(user, endorsement.subject_organisation_id)


def can_see_all_requests(user: Any) -> bool:
    """The fund's office and the auditors."""
    return is_staff(user) or is_auditor(user)


def can_open_requests(user: Any) -> bool:
    """Those who ask, and those who watch."""
    return can_see_all_requests(user) or bool(user.organisation_ids)


def is_offered_requests(user: Any) -> bool:
    """Officers have their own desk and are not shown this one."""
    return can_open_requests(user) and not is_officer(user)


def can_see_file(user: Any, endorsement: Endorsement) -> bool:
    """Both parties, the fund's office and the auditors."""
    return (
        can_change_request(user, endorsement) or can_decide(user, endorsement) or is_auditor(user)
    )


def can_see_document(user: Any, found: tuple[Endorsement, EndorsementDocument]) -> bool:
    """A paper goes with its file."""
    return can_see_file(user, found[0])
