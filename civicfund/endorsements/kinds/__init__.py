"""What each kind of endorsement means: the fixed texts that no officer and no page can drop."""

from datetime import date, timedelta

from civicfund.endorsements.kinds.bodies import BODIES
from civicfund.endorsements.kinds.meaning import Meaning, Words
from civicfund.endorsements.kinds.others import OTHERS
from civicfund.endorsements.kinds.projects import PROJECTS
from civicfund.endorsements.models import EndorsementKind

__all__ = [
    "MEANINGS",
    "Meaning",
    "Words",
    "apply_by",
    "meaning",
    "report_due",
    "unchecked_criteria",
]

MEANINGS: dict[EndorsementKind, Meaning] = PROJECTS | BODIES | OTHERS


def meaning(kind: EndorsementKind) -> Meaning:
    """The rules of a kind."""
    return MEANINGS[kind]


def unchecked_criteria(kind: EndorsementKind) -> list[dict[str, object]]:
    """The list of criteria before anybody has looked."""
    return [
        criterion.stored() | {"checked": False, "note": ""} for criterion in meaning(kind).criteria
    ]


def apply_by(kind: EndorsementKind, event_on: date | None) -> date | None:
    """The last day on which the office wants to be asked, if the kind has one (R49)."""
    months = meaning(kind).months_before
    return _months_before(event_on, months) if event_on is not None and months else None


def report_due(kind: EndorsementKind, valid_until: date | None) -> date | None:
    """The day until which the office wants to be told how it went (R49)."""
    days = meaning(kind).report_days
    if days is None or valid_until is None:
        return None
    return valid_until + timedelta(days=days)


def _months_before(day: date, months: int) -> date:
    """The same day `months` earlier; the 31st becomes the last day of a shorter month."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first_of_next = date(years + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(years, month + 1, min(day.day, last))
