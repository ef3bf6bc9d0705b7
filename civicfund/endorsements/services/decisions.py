"""What only the issuer does: check, ask for changes, decline, issue, revoke."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from civicfund.core import clock, events
from civicfund.core.db import db, lock
from civicfund.core.errors import NotAllowedNow
from civicfund.core.states import advance
from civicfund.endorsements import emails, policy, queries
from civicfund.endorsements.errors import (
    AlreadyEnded,
    AlreadyOver,
    CostNotPossible,
    CriteriaChanged,
    CriteriaNotMet,
    DecisionIncomplete,
    EndMissing,
    EndsBeforeItBegins,
    NotTheIssuer,
    OfficerOfTheSubject,
    ReasonMissing,
    StartsTooEarly,
)
from civicfund.endorsements.kinds import meaning, report_due
from civicfund.endorsements.models import (
    ENDLESS,
    Endorsement,
    EndorsementCondition,
    EndorsementState,
    EventKind,
    StateNow,
)
from civicfund.endorsements.services.history import note
from civicfund.endorsements.services.requests import search_text


@dataclass(frozen=True)
class Decision:
    """What the office decides, as it stands on the public page.

    What is vouched for is fixed by the kind; `further_limits` can only narrow it.
    """

    name_as_displayed: str
    legal_basis: str
    decision_no: str
    decision_on: date
    valid_from: date
    valid_until: date | None
    # Each a text and the day until which it must be met, if there is one.
    conditions: tuple[tuple[str, date | None], ...] = ()
    further_limits: tuple[str, ...] = ()
    cost_borne: bool = False
    liability: str = ""
    logo_allowed: bool = False


def check_criteria(
    endorsement: Endorsement, *, by: Any, checked: Sequence[bool], notes: Sequence[str]
) -> None:
    """Say of each criterion, in the order of the list, whether it is met."""
    _only_the_issuer(endorsement, by)
    lock(endorsement)
    if endorsement.state is not EndorsementState.REQUESTED:
        raise NotAllowedNow(state=endorsement.state.label)
    if len(checked) != len(endorsement.criteria) or len(notes) != len(checked):
        raise CriteriaChanged
    endorsement.criteria = [
        criterion | {"checked": bool(is_met), "note": words.strip()}
        for criterion, is_met, words in zip(endorsement.criteria, checked, notes, strict=True)
    ]
    endorsement.criteria_checked_at = clock.now()
    endorsement.criteria_checked_by_id = by.id
    met = sum(checked)
    note(
        endorsement, EventKind.CRITERIA_CHECKED, by=by,
        after={"met": met, "of": len(checked)},
    )  # fmt: skip


def ask_for_changes(endorsement: Endorsement, *, by: Any, reason: str) -> None:
    """Send the request back with what has to change."""
    _only_the_issuer(endorsement, by)
    words = _reason(reason)
    advance(endorsement, to=EndorsementState.CHANGES_REQUESTED)
    endorsement.decision_note = words
    event = note(endorsement, EventKind.CHANGES_REQUESTED, by=by, words=words)
    emails.tell_of_changes_requested(endorsement, occasion=str(event.id))


def decline_endorsement(endorsement: Endorsement, *, by: Any, reason: str) -> None:
    """Say no, and why. A refusal is between the two parties; the register does not show it."""
    _only_the_issuer(endorsement, by)
    words = _reason(reason)
    advance(endorsement, to=EndorsementState.DECLINED)
    endorsement.decision_note = words
    note(endorsement, EventKind.DECLINED, by=by, words=words)
    emails.tell_of_refusal(endorsement)


def issue_endorsement(endorsement: Endorsement, *, by: Any, decision: Decision) -> None:
    """Vouch: take the next number of the register and publish what was decided."""
    _only_the_issuer(endorsement, by)
    _refuse_incomplete(endorsement, decision)
    _refuse_term(endorsement, decision)
    # Two officers of one office queue here, so that the register has no gaps.
    issuer = endorsement.issuer
    lock(issuer)
    lock(endorsement)
    if endorsement.state is EndorsementState.REQUESTED and not endorsement.criteria_met:
        raise CriteriaNotMet
    year = clock.today().year
    number = queries.last_register_number(issuer, year) + 1
    advance(endorsement, to=EndorsementState.ISSUED)
    endorsement.register_year, endorsement.register_number = year, number
    endorsement.register_no = f"{issuer.register_prefix}-{year}-{number:04d}"
    _write_down(endorsement, decision, by=by)
    _set_conditions(endorsement, decision)
    note(
        endorsement, EventKind.ISSUED, by=by,
        after={"register_no": endorsement.register_no, "decision_no": decision.decision_no},
    )  # fmt: skip
    emails.tell_of_issue(endorsement)


def revoke_endorsement(endorsement: Endorsement, *, by: Any, reason: str) -> None:
    """Withdraw the word, at once and for everyone to see; `reason` is public."""
    _only_the_issuer(endorsement, by)
    words = _reason(reason)
    if endorsement.state_now is StateNow.EXPIRED:
        raise AlreadyEnded
    advance(endorsement, to=EndorsementState.REVOKED)
    endorsement.revoked_at = clock.now()
    endorsement.revoked_by_id = by.id
    endorsement.revocation_reason = words
    note(endorsement, EventKind.REVOKED, by=by, words=words)
    emails.tell_of_revocation(endorsement)
    events.publish("endorsement_revoked", endorsement)


def _only_the_issuer(endorsement: Endorsement, by: Any) -> None:
    if not policy.can_decide(by, endorsement):
        raise NotTheIssuer
    if policy.is_partial(by, endorsement):
        raise OfficerOfTheSubject


def _reason(words: str) -> str:
    if not words.strip():
        raise ReasonMissing
    return words.strip()


def _refuse_incomplete(endorsement: Endorsement, decision: Decision) -> None:
    for field in ("name_as_displayed", "legal_basis", "decision_no"):
        if not getattr(decision, field).strip():
            raise DecisionIncomplete(field=field)
    if decision.cost_borne and not meaning(endorsement.kind).cost_possible:
        raise CostNotPossible


def _refuse_term(endorsement: Endorsement, decision: Decision) -> None:
    if decision.valid_until is None:
        if endorsement.kind not in ENDLESS:
            raise EndMissing
    elif decision.valid_until < decision.valid_from:
        raise EndsBeforeItBegins
    elif decision.valid_until < clock.today():
        raise AlreadyOver
    before = queries.predecessor_of(endorsement)
    if (
        before is not None
        and before.state is not EndorsementState.REVOKED
        and before.valid_until is not None
        and decision.valid_from <= before.valid_until
    ):
        raise StartsTooEarly(day=before.valid_until.isoformat())


def _write_down(endorsement: Endorsement, decision: Decision, *, by: Any) -> None:
    rules = meaning(endorsement.kind)
    endorsement.name_as_displayed = decision.name_as_displayed.strip()
    endorsement.legal_basis = decision.legal_basis.strip()
    endorsement.decision_no = decision.decision_no.strip()
    endorsement.decision_on = decision.decision_on
    endorsement.valid_from = decision.valid_from
    endorsement.valid_until = decision.valid_until
    endorsement.cost_borne = decision.cost_borne
    endorsement.liability = decision.liability.strip()
    endorsement.logo_allowed = decision.logo_allowed
    endorsement.vouches_for = [words.stored() for words in rules.vouches_for]
    endorsement.does_not_vouch_for = [words.stored() for words in rules.does_not_vouch_for] + [
        {"ja": limit.strip(), "en": ""} for limit in decision.further_limits if limit.strip()
    ]
    endorsement.report_due_on = report_due(endorsement.kind, decision.valid_until)
    endorsement.issued_by_id = by.id
    endorsement.issued_at = clock.now()
    endorsement.search_text = search_text(endorsement)
    # From here on it is whole: nothing above may ask the database, which would refuse it half done.
    db.session.flush()


def _set_conditions(endorsement: Endorsement, decision: Decision) -> None:
    rows = [(text.strip(), due_on) for text, due_on in decision.conditions if text.strip()]
    db.session.add_all(
        EndorsementCondition(
            endorsement_id=endorsement.id, position=position, text=text, due_on=due_on
        )
        for position, (text, due_on) in enumerate(rows, start=1)
    )
    db.session.flush()
    db.session.refresh(endorsement, ["conditions"])
