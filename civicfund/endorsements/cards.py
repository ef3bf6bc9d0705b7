"""Endorsements as pages and the API show them: in the reader's language, by the clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from flask import url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup

from civicfund.core.settings import setting
from civicfund.endorsements.kinds import meaning
from civicfund.endorsements.models import (
    Endorsement,
    EndorsementEvent,
    EventKind,
    StateNow,
)
from civicfund.web.filters import label, local_name

# What the register tells everyone; the rest of a file is between the two parties.
PUBLIC_EVENTS = frozenset(
    {
        EventKind.ISSUED,
        EventKind.CONDITION_MET,
        EventKind.REPORT_RECEIVED,
        EventKind.EXPIRED,
        EventKind.REVOKED,
    }
)


@dataclass(frozen=True)
class PublicEvent:
    """One line of the public history."""

    kind: EventKind
    at: datetime
    note: str = ""


def in_language(words: Mapping[str, str]) -> str:
    """A text of the office as the page is read; the Japanese one where there is no other."""
    locale = get_locale()
    is_english = locale is not None and locale.language == "en"
    return (is_english and words.get("en")) or words["ja"]


def seal_of(endorsement: Endorsement, *, linked: bool = True) -> dict[str, Any]:
    """What `components/endorsement_seal.html` shows."""
    state = endorsement.state_now
    return {
        "kind": label(endorsement.kind),
        "issuer": local_name(endorsement.issuer),
        "valid_from": endorsement.valid_from,
        "valid_until": endorsement.valid_until,
        "vouches": [in_language(words) for words in endorsement.vouches_for],
        "not_vouched": [in_language(words) for words in endorsement.does_not_vouch_for],
        "url": page_url(endorsement) if linked else None,
        "is_valid": endorsement.is_valid,
        "state_label": label(state),
        "reason": endorsement.revocation_reason,
    }


def row_of(endorsement: Endorsement) -> dict[str, Any]:
    """One line of the register."""
    return {
        "register_no": endorsement.register_no,
        "url": page_url(endorsement),
        "subject": endorsement.subject_name,
        "kind": label(endorsement.kind),
        "issuer": local_name(endorsement.issuer),
        "valid_from": endorsement.valid_from,
        "valid_until": endorsement.valid_until,
        "state": state_tag_of(endorsement),
    }


def state_tag_of(endorsement: Endorsement) -> tuple[str, str]:
    """Label and tone of where it stands, in the register or before."""
    now = endorsement.state_now
    if now is None:
        return label(endorsement.state), endorsement.state.value
    tones = {
        StateNow.VALID: "success",
        StateNow.UPCOMING: "waiting",
        StateNow.EXPIRED: "neutral",
        StateNow.REVOKED: "danger",
    }
    return label(now), tones[now]


def meaning_of(endorsement: Endorsement) -> str:
    """The kind in plain words."""
    return in_language(meaning(endorsement.kind).words.stored())


def page_url(endorsement: Endorsement) -> str:
    """The page in the register, as a path."""
    return url_for("endorsements.show", register_no=endorsement.register_no)


def address_of(path: str) -> str:
    """The full address of a page of ours, for machines and printed codes."""
    return f"{setting('SITE_URL')}{path}" if path.startswith("/") else path


def qr_of(address: str) -> Markup:
    """A QR code as SVG without styles, so that it may stand in any page."""
    return Markup(segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=True))  # noqa: S704  # made of an address of ours


def public_history(
    endorsement: Endorsement, events: Iterable[EndorsementEvent]
) -> list[PublicEvent]:
    """What everyone may know, in its order; the clock ends it even before the nightly job."""
    known = [
        PublicEvent(event.kind, event.happened_at, event.note)
        for event in events
        if event.kind in PUBLIC_EVENTS
    ]
    is_written = any(event.kind is EventKind.EXPIRED for event in known)
    if endorsement.state_now is StateNow.EXPIRED and not is_written and endorsement.ended_at:
        known.append(PublicEvent(EventKind.EXPIRED, endorsement.ended_at))
    return sorted(known, key=lambda event: event.at)


def story_of(endorsement: Endorsement, history: Sequence[PublicEvent]) -> list[dict[str, Any]]:
    """The history for `components/timeline.html`, with what is still to come."""
    items: list[dict[str, Any]] = [
        {"title": label(event.kind), "at": event.at, "body": event.note} for event in history
    ]
    if endorsement.is_valid and endorsement.valid_until is not None:
        items.append({"title": gettext("Last day"), "on": endorsement.valid_until, "state": "todo"})
    if _owes_report(endorsement):
        items.append(
            {"title": gettext("Report due"), "on": endorsement.report_due_on, "state": "todo"}
        )
    return items


def file_story(
    events: Iterable[EndorsementEvent], names: Mapping[int, str]
) -> list[dict[str, Any]]:
    """The whole history of a file, with the names of those who acted, for the desks."""
    return [
        {
            "title": label(event.kind),
            "at": event.happened_at,
            "body": "\n".join(filter(None, (names.get(event.actor_id or 0), event.note))),
        }
        for event in events
    ]


def _owes_report(endorsement: Endorsement) -> bool:
    return (
        endorsement.report_due_on is not None
        and endorsement.report_received_at is None
        and endorsement.state_now is not StateNow.REVOKED
    )
