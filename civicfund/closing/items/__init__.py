"""The items of the checklist (docs/closing.md 5.7): each looks anew, in a fixed number of reads."""

from civicfund.closing.found import Found
from civicfund.closing.items import accounts, people, sums
from civicfund.closing.items.ground import Beforehand, Month, beforehand, month_of

__all__ = ["Beforehand", "Month", "beforehand", "look", "month_of"]


def look(month: Month, known: Beforehand | None = None) -> list[Found]:
    """Every item that applies: some only to the month with which a year ends.

    `known` is what takes long and was looked up already; without it, it is looked up now.
    """
    known = known or beforehand(month)
    found = [
        accounts.bank(month),
        accounts.provider(month),
        accounts.open_items(month, known.open_items),
        sums.gifts(known.gifts, known.gift_sums),
        sums.grants(month, known.grants),
        sums.funds(month),
        sums.share(known.gifts, known.gift_sums),
        people.lock(month),
        sums.late(month, *known.late),
    ]
    if month.ends_year:
        found += [
            people.lots(month, known.lots),
            people.accruals(),
            people.disclosure(month),
            sums.year(month),
        ]
    return sorted(found, key=lambda one: one.number)
