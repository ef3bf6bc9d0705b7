"""Every invariant of the house, package by package, looked up anew."""

from dataclasses import dataclass

from civicfund.core.errors import N_
from civicfund.donors import checks as donors
from civicfund.endorsements import checks as endorsements
from civicfund.grants import checks as grants
from civicfund.ledger import checks as ledger
from civicfund.ledger import log_checks as log
from civicfund.ledger.checks import Finding
from civicfund.payments import checks as payments

PARTS = (
    (N_("The book"), ledger),
    (N_("The sealed log"), log),
    (N_("Payments"), payments),
    (N_("Endorsements"), endorsements),
    (N_("Gifts"), donors),
    (N_("Grants"), grants),
)


@dataclass(frozen=True, slots=True)
class PartFindings:
    """What the checks of one package found."""

    title: str
    findings: list[Finding]


def run() -> list[PartFindings]:
    """All of them, the book first."""
    return [PartFindings(title, part.run()) for title, part in PARTS]
