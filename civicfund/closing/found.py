"""What an item of the checklist found: figures of both sides, what is amiss, what may be done."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from civicfund.closing.models import ClosingNote
from civicfund.core.enums import Labelled
from civicfund.core.errors import N_
from civicfund.ledger.chart import ChartLine
from civicfund.ledger.models import JournalEntry

# A page and a record of what was seen hold so many faults of an item; the digest is of them all.
MOST_FAULTS = 100


class Remedy(Labelled):
    """How an item that does not hold may come to stand."""

    EXPLAIN = "explain", N_("Explain it")
    ENTER = "enter", N_("Enter what is missing")
    CONFIRM = "confirm", N_("Say that it was looked at")
    MEND = "mend", N_("Put it right")


class ItemState(Labelled):
    """How an item stands."""

    HOLDS = "holds", N_("Holds")
    EXPLAINED = "explained", N_("Explained")
    CONFIRMED = "confirmed", N_("Confirmed")
    OPEN = "open", N_("Does not hold")
    TO_DO = "to_do", N_("To do")
    FOLLOWS = "follows", N_("Follows by itself")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows behind a figure are shown: the name of a page and what it needs."""

    page: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A figure of ours (the book) and, where there is one, of the other side."""

    label: str = ""
    line: ChartLine | None = None
    booked: int | None = None
    other: int | None = None
    counts: bool = False
    place: Place | None = None
    other_place: Place | None = None

    @property
    def difference(self) -> int | None:
        """Book less other side."""
        if self.booked is None or self.other is None:
            return None
        return self.booked - self.other

    def said(self) -> list[object]:
        """What counts for the digest."""
        code = self.line.code if self.line is not None else ""
        return [self.label, code, self.booked, self.other]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is open or amiss: words (`N_`) with their places, its yen, where it is."""

    text: str
    places: Mapping[str, Any] = field(default_factory=dict)
    yen: int | None = None
    place: Place | None = None
    # Its 仕訳番号 comes with the next seal: the words show it, the digest does not know it.
    entry: JournalEntry | None = None

    def said(self) -> list[object]:
        """What counts for the digest."""
        return [self.text, {name: str(value) for name, value in self.places.items()}, self.yen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Things without a fault, as many as there are gifts: what they add up to, and the oldest."""

    whole: Fault
    oldest: tuple[Fault, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an item looked up."""

    name: str
    number: int
    title: str
    hint: str
    holds: bool
    remedy: Remedy = Remedy.EXPLAIN
    facts: tuple[Fact, ...] = ()
    faults: tuple[Fault, ...] = ()
    # Listed, and no fault: what is open by its nature.
    listed: tuple[Fault, ...] = ()
    # How `listed` is shown and kept where it grows with the book: account by account.
    listings: tuple[Listing, ...] = ()
    place: Place | None = None
    # Comes with the close or after it, and does not stand in its way.
    follows: bool = False
    # Changes by the close of the year itself, after the month was prepared.
    is_apart: bool = False

    @property
    def shown_faults(self) -> tuple[Fault, ...]:
        """The first of them."""
        return self.faults[:MOST_FAULTS]

    @property
    def more_faults(self) -> int:
        """How many are not shown."""
        return len(self.faults) - len(self.shown_faults)

    @property
    def summed(self) -> tuple[Fault, ...]:
        """What is listed, or its sums where it grows with the book."""
        return tuple(one.whole for one in self.listings) or self.listed

    def digest(self) -> str:
        """Of all that was seen: a note or a signature speaks of this and nothing else."""
        said = [
            self.name,
            self.holds,
            [fact.said() for fact in self.facts],
            [fault.said() for fault in (*self.faults, *self.listed)],
        ]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What was found, and what people said about it."""

    found: Found
    note: ClosingNote | None

    @property
    def state(self) -> ItemState:
        """Holds, stands by a note about just this, or is open."""
        if self.found.follows:
            return ItemState.HOLDS if self.found.holds else ItemState.FOLLOWS
        if self.found.holds:
            return ItemState.HOLDS
        if self.is_noted:
            is_confirmed = self.found.remedy is Remedy.CONFIRM
            return ItemState.CONFIRMED if is_confirmed else ItemState.EXPLAINED
        is_task = self.found.remedy in {Remedy.CONFIRM, Remedy.ENTER, Remedy.MEND}
        return ItemState.TO_DO if is_task else ItemState.OPEN

    @property
    def is_noted(self) -> bool:
        """Does the newest note speak of what the item shows now?"""
        may = self.found.remedy in {Remedy.EXPLAIN, Remedy.CONFIRM}
        return may and self.note is not None and self.note.digest == self.found.digest()

    @property
    def stands(self) -> bool:
        """Nothing in it keeps the month open."""
        return self.state not in {ItemState.OPEN, ItemState.TO_DO}

    @property
    def takes_note(self) -> bool:
        """May somebody explain or confirm it now?"""
        return not self.stands and self.found.remedy in {Remedy.EXPLAIN, Remedy.CONFIRM}

    def kept(self) -> dict[str, Any]:
        """What is kept of it when somebody signs."""
        return {
            "name": self.found.name,
            "state": self.state.value,
            "digest": self.found.digest(),
            "facts": [fact.said() for fact in self.found.facts],
            "faults": [fault.said() for fault in self.found.shown_faults],
            "more_faults": self.found.more_faults,
            # The digest is of each of them; kept is what tells which they were.
            "listed": [fault.said() for fault in self.found.summed],
            "note_id": self.note.id if self.note is not None and self.is_noted else None,
        }
