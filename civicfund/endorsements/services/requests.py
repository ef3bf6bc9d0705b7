"""Asking for the city's word."""

from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from civicfund.core import clock
from civicfund.core.db import advisory_lock, db
from civicfund.core.references import new_reference
from civicfund.core.search import normalised
from civicfund.core.states import advance
from civicfund.core.storage import keep_evidence
from civicfund.endorsements import emails, policy, queries
from civicfund.endorsements.errors import (
    AlreadyRenewed,
    AlreadyRequested,
    EndMissing,
    EndsBeforeItBegins,
    KindNotOfThisIssuer,
    LateWithoutReason,
    MayNotRequest,
    NotRenewable,
    SayWhatFor,
)
from civicfund.endorsements.kinds import apply_by, meaning, unchecked_criteria
from civicfund.endorsements.models import (
    ENDLESS,
    Endorsement,
    EndorsementDocument,
    EndorsementKind,
    EndorsementState,
    EventKind,
    Issuer,
)
from civicfund.endorsements.services.history import note
from civicfund.endorsements.subjects import Subject


@dataclass(frozen=True)
class RequestTerms:
    """What the one who asks writes; `asked_until` may be empty only for an ordinance."""

    scope_text: str
    asked_from: date
    asked_until: date | None = None
    event_on: date | None = None
    late_reason: str = ""


def request_endorsement(
    *,
    issuer: Issuer,
    kind: EndorsementKind,
    subject: Subject,
    by: Any,
    terms: RequestTerms,
    form_key: str | None = None,
) -> Endorsement:
    """Ask an office for its word about a subject; the same form asks once."""
    if not policy.can_request(by, subject):
        raise MayNotRequest
    advisory_lock(f"endorsements/{subject.kind}/{subject.id}")
    known = queries.endorsement_by_form_key(form_key) if form_key else None
    if known is not None:
        return known
    return _request(issuer, kind, subject, by=by, terms=terms, form_key=form_key)


def renew_endorsement(
    endorsement: Endorsement, *, by: Any, terms: RequestTerms, form_key: str | None = None
) -> Endorsement:
    """Ask for the time after this one; the new one is checked and decided like a first one."""
    if not policy.can_change_request(by, endorsement):
        raise MayNotRequest
    advisory_lock(f"endorsements/{endorsement.subject_kind}/{endorsement.subject_id}")
    known = queries.endorsement_by_form_key(form_key) if form_key else None
    if known is not None:
        return known
    if not endorsement.is_renewable:
        raise NotRenewable
    successor = queries.renewal_of(endorsement)
    if successor is not None:
        raise AlreadyRenewed(reference=successor.reference)
    subject = Subject(
        endorsement.subject_kind,
        endorsement.subject_id,
        endorsement.subject_name,
        endorsement.subject_url,
        endorsement.subject_organisation_id,
    )
    return _request(
        endorsement.issuer, endorsement.kind, subject,
        by=by, terms=terms, form_key=form_key, supersedes=endorsement,
    )  # fmt: skip


def _request(
    issuer: Issuer,
    kind: EndorsementKind,
    subject: Subject,
    *,
    by: Any,
    terms: RequestTerms,
    form_key: str | None,
    supersedes: Endorsement | None = None,
) -> Endorsement:
    if issuer.kind not in meaning(kind).issuers:
        raise KindNotOfThisIssuer
    _refuse_terms(kind, terms, asked_on=clock.today())
    waiting = queries.open_request(
        issuer=issuer, kind=kind, subject_kind=subject.kind, subject_id=subject.id
    )
    if waiting is not None:
        raise AlreadyRequested(reference=waiting.reference)
    endorsement = Endorsement(
        reference=new_reference("E"),
        form_key=form_key,
        issuer=issuer,
        kind=kind,
        state=EndorsementState.REQUESTED,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_name=subject.name,
        subject_url=subject.url,
        subject_organisation_id=subject.organisation_id,
        requested_by_id=by.id,
        requested_at=clock.now(),
        supersedes_id=supersedes.id if supersedes is not None else None,
        criteria=unchecked_criteria(kind),
        vouches_for=[],
        does_not_vouch_for=[],
    )
    _fill_in(endorsement, terms)
    db.session.add(endorsement)
    db.session.flush()
    event = note(endorsement, EventKind.REQUESTED, by=by)
    emails.tell_officers_of_request(endorsement, occasion=str(event.id))
    return endorsement


def resubmit(endorsement: Endorsement, *, by: Any, terms: RequestTerms) -> None:
    """Answer the office's wish for changes; it looks at all criteria again."""
    if not policy.can_change_request(by, endorsement):
        raise MayNotRequest
    _refuse_terms(endorsement.kind, terms, asked_on=clock.day_of(endorsement.requested_at))
    advance(endorsement, to=EndorsementState.REQUESTED)
    _fill_in(endorsement, terms)
    endorsement.criteria = unchecked_criteria(endorsement.kind)
    endorsement.criteria_checked_at = endorsement.criteria_checked_by_id = None
    event = note(endorsement, EventKind.RESUBMITTED, by=by)
    emails.tell_officers_of_request(endorsement, occasion=str(event.id))


def attach_document(
    endorsement: Endorsement, *, by: Any, upload: IO[bytes], name: str, title: str
) -> EndorsementDocument:
    """Add a paper to the file. What the office adds after its decision is public.

    Raises `NotEvidence` or `FileTooLarge`.
    """
    is_office = policy.can_decide(by, endorsement)
    if not is_office and not policy.can_change_request(by, endorsement):
        raise MayNotRequest
    stored = keep_evidence(upload, name=name)
    for known in queries.documents_of(endorsement, only_public=False):
        if known.stored_file_id == stored.id:
            return known
    document = EndorsementDocument(
        endorsement_id=endorsement.id,
        stored_file_id=stored.id,
        title=title.strip() or stored.original_name,
        is_public=is_office and endorsement.state_now is not None,
        added_by_id=by.id,
        added_at=clock.now(),
    )
    db.session.add(document)
    db.session.flush()
    return document


def search_text(endorsement: Endorsement) -> str:
    """What an entry of the register is found by."""
    parts = [
        endorsement.subject_name,
        endorsement.name_as_displayed or "",
        endorsement.register_no or "",
        endorsement.issuer.name_ja,
        endorsement.issuer.name_en,
        meaning(endorsement.kind).name_prefix,
        endorsement.kind.label,
    ]
    return normalised("\n".join(parts))


def _fill_in(endorsement: Endorsement, terms: RequestTerms) -> None:
    endorsement.scope_text = terms.scope_text.strip()
    endorsement.asked_from = terms.asked_from
    endorsement.asked_until = terms.asked_until
    endorsement.event_on = terms.event_on
    endorsement.apply_by_on = apply_by(endorsement.kind, terms.event_on)
    endorsement.late_reason = terms.late_reason.strip()
    endorsement.search_text = search_text(endorsement)


def _refuse_terms(kind: EndorsementKind, terms: RequestTerms, *, asked_on: date) -> None:
    if not terms.scope_text.strip():
        raise SayWhatFor
    if terms.asked_until is None and kind not in ENDLESS:
        raise EndMissing
    if terms.asked_until is not None and terms.asked_until < terms.asked_from:
        raise EndsBeforeItBegins
    last_day = apply_by(kind, terms.event_on)
    if last_day is not None and asked_on > last_day and not terms.late_reason.strip():
        raise LateWithoutReason(day=last_day.isoformat())
