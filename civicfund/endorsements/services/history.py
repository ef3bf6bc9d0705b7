"""Writing down what happened, for the public page and for the auditors."""

from datetime import datetime
from typing import Any

from civicfund.core import audit_log, clock
from civicfund.core.db import db
from civicfund.endorsements.models import Endorsement, EndorsementEvent, EventKind


def note(
    endorsement: Endorsement,
    kind: EventKind,
    *,
    by: Any,
    words: str = "",
    at: datetime | None = None,
    after: dict[str, Any] | None = None,
) -> EndorsementEvent:
    """Add to the history, and to the audit log; `by` is None when the clock did it."""
    event = EndorsementEvent(
        endorsement_id=endorsement.id,
        kind=kind,
        happened_at=at or clock.now(),
        actor_id=by.id if by is not None else None,
        note=words,
    )
    db.session.add(event)
    audit_log.record(
        by,
        f"endorsement_{kind.value}",
        endorsement,
        after={"state": endorsement.state.value} | (after or {}),
        reason=words or None,
    )
    db.session.flush()
    return event
