"""The items of the checklist (docs/closing.md 5.7): each looks anew, in a fixed number of reads."""

from civicfund.closing.found import Found
from civicfund.closing.items import accounts, people, sums
from civicfund.closing.items.ground import Month, month_of
from civicfund.closing.queries import evidence
from civicfund.donors import checks as donor_checks

__all__ = ["Month", "look", "month_of"]


def look(month: Month) -> list[Found]:
    """Every item that applies: some only to the month with which a year ends."""
    findings = donor_checks.run()
    both = evidence.gift_sums(month.first, month.last)
    found = [
        accounts.bank(month),
        accounts.provider(month),
        accounts.open_items(month),
        sums.gifts(findings, both),
        sums.grants(month),
        sums.funds(month),
        sums.share(findings, both),
        people.lock(month),
        sums.late(month),
    ]
    if month.ends_year:
        found += [people.lots(month), people.accruals(), people.disclosure(month), sums.year(month)]
    return sorted(found, key=lambda one: one.number)
