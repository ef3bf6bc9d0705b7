"""The checklist of a month: what was looked up, joined with what people said about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from civicfund.closing import items
from civicfund.closing.found import Item
from civicfund.closing.queries import months as queries
from civicfund.core.db import db
from civicfund.ledger import periods
from civicfund.ledger import queries as book
from civicfund.ledger.models import FiscalPeriod


@dataclass(frozen=True, slots=True)
class Checklist:
    """Every item of a month as it stands at this moment."""

    period: FiscalPeriod
    items: Sequence[Item]

    def item(self, name: str) -> Item | None:
        """One of them."""
        return next((item for item in self.items if item.found.name == name), None)

    def open_items(self, *, with_year: bool) -> list[Item]:
        """What stands in the way; `with_year`: of locking the month, else of preparing it."""
        return [
            item
            for item in self.items
            if not item.stands and (with_year or not item.found.is_apart)
        ]

    def kept(self) -> list[dict[str, Any]]:
        """What is kept of it when somebody signs."""
        return [item.kept() for item in self.items]

    def changed_since(self, seen: Sequence[dict[str, Any]]) -> list[Item]:
        """The items that show something else than when they were seen."""
        before = {one["name"]: (one["digest"], one["note_id"]) for one in seen}
        changed = []
        for item in self.items:
            now = item.kept()
            is_bound = not (item.found.follows or item.found.is_apart)
            if is_bound and before.get(item.found.name) != (now["digest"], now["note_id"]):
                changed.append(item)
        return changed


def checklist_of(period: FiscalPeriod) -> Checklist:
    """Look at everything now."""
    return _checklist(period, _month_of(period), None)


def checklist_held(period: FiscalPeriod) -> Checklist:
    """Look while nothing can be booked: from here to the end of the transaction it stays so.

    What goes through the whole book is looked up before the entries are held, and again only if
    one of the period, or of a day before it, was booked meanwhile.
    """
    mark = book.mark_upto(period.ends_on)
    known = items.beforehand(_month_of(period))
    periods.hold_entries()
    db.session.refresh(period)
    return _checklist(period, _month_of(period), None if book.has_grown(mark) else known)


def _checklist(
    period: FiscalPeriod, month: items.Month, known: items.Beforehand | None
) -> Checklist:
    notes = queries.notes_of(period.id)
    return Checklist(
        period,
        [Item(found=found, note=notes.get(found.name)) for found in items.look(month, known)],
    )


def _month_of(period: FiscalPeriod) -> items.Month:
    return items.month_of(period, queries.statements_of(period.id))
