"""What can be endorsed: other packages answer for their own rows."""

from dataclasses import dataclass

from civicfund.core import events
from civicfund.endorsements.errors import NoSuchSubject


@dataclass(frozen=True)
class Subject:
    """A campaign (or whatever else), as the register names it; `url` is the path of its page."""

    kind: str
    id: int
    name: str
    url: str
    organisation_id: int | None = None


def find_subject(kind: str, subject_id: int) -> Subject:
    """The subject, by whoever listens to `endorsement_subject`. Raises `NoSuchSubject`."""
    answers: list[Subject] = events.collect("endorsement_subject", kind, subject_id)
    if not answers:
        raise NoSuchSubject
    return answers[0]
