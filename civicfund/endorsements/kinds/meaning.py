"""What a kind of endorsement consists of."""

from dataclasses import dataclass
from typing import NamedTuple

from civicfund.endorsements.models import IssuerKind

OFFICES = frozenset({IssuerKind.CITY, IssuerKind.WARD, IssuerKind.EDUCATION_BOARD})


class Words(NamedTuple):
    """A text of the office: the Japanese one counts, the English one explains."""

    ja: str
    en: str

    def stored(self) -> dict[str, str]:
        """As it is copied onto an endorsement."""
        return {"ja": self.ja, "en": self.en}


@dataclass(frozen=True)
class Meaning:
    """The rules of one kind."""

    words: Words
    vouches_for: tuple[Words, ...]
    does_not_vouch_for: tuple[Words, ...]
    criteria: tuple[Words, ...]
    issuers: frozenset[IssuerKind]
    # How the name stands on a poster: 「後援：川崎市」.
    name_prefix: str
    conditions: tuple[str, ...] = ()
    # The office wants to be asked so many months before the event, and told so many days after.
    months_before: int = 0
    report_days: int | None = None
    cost_possible: bool = False
