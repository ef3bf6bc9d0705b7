"""Which entries lack a paper that their kind needs; quick on a large book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    and_,
    cast,
    column,
    distinct,
    exists,
    func,
    not_,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from civicfund.core.db import db
from civicfund.ledger.evidence_rules import Need, needs_of
from civicfund.ledger.kinds import KINDS
from civicfund.ledger.models import EntryEvidence, EvidenceWithdrawal, JournalEntry
from civicfund.ledger.queries.entries import whole
from civicfund.payments.models import EventState, GatewayEvent, Payment

# A SELECT of several columns.
Lists = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Lack:
    """An entry and what it still needs."""

    entry: JournalEntry
    needs: list[Need]


@dataclass(frozen=True, slots=True)
class LackPage:
    """Some entries that lack papers, and the cursor of the next ones."""

    items: list[Lack]
    after: int | None


def lacking_by_month(*, starts_on: date, ends_on: date) -> dict[date, int]:
    """How many entries of each month lack something."""
    month = cast(func.date_trunc("month", JournalEntry.effective_on), Date)
    needed = _needed()
    rows = db.session.execute(
        _lacking(select(month, func.count(distinct(JournalEntry.id))), needed, starts_on, ends_on)
        .group_by(month)
        .order_by(month)
    )
    return {day: int(count) for day, count in rows}


def lacking(*, starts_on: date, ends_on: date, after: int = 0, limit: int = 100) -> LackPage:
    """Entries of these days that lack something, in the order of booking."""
    needed = _needed()
    found = (
        _lacking(
            select(JournalEntry.id, func.array_agg(needed.c.number)), needed, starts_on, ends_on
        )
        .where(JournalEntry.id > after)
        .group_by(JournalEntry.id)
        .order_by(JournalEntry.id)
        .limit(limit + 1)
    )
    numbers = {entry_id: sorted(lacks) for entry_id, lacks in db.session.execute(found)}
    entries = db.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.id.in_(numbers))
        .order_by(JournalEntry.id)
        .options(*whole())
    ).all()
    items = [Lack(entry, _picked(entry.kind, numbers[entry.id])) for entry in entries[:limit]]
    return LackPage(items, items[-1].entry.id if len(entries) > limit else None)


def lacks_of(entry: JournalEntry) -> list[Need]:
    """What one entry still needs."""
    needed = _needed()
    statement = _lacking(
        select(needed.c.number), needed, entry.effective_on, entry.effective_on
    ).where(JournalEntry.id == entry.id)
    return _picked(entry.kind, sorted(db.session.scalars(statement)))


def _picked(rule: str, numbers: Sequence[int]) -> list[Need]:
    needs = needs_of(rule)
    return [needs[number] for number in numbers]


def _needed() -> CTE:
    """Every need of every kind of entry, as rows."""
    rows = [
        (rule, number, [kind.value for kind in need.kinds], need.or_message)
        for rule in KINDS
        for number, need in enumerate(needs_of(rule))
    ]
    listed = values(
        column("rule", Text),
        column("number", Integer),
        column("kinds", ARRAY(Text)),
        column("or_message", Boolean),
        name="listed",
    ).data(rows)
    return select(listed).cte("needed")


def _lacking(statement: Lists, needed: CTE, starts_on: date, ends_on: date) -> Lists:
    undoing = aliased(JournalEntry)
    return (
        statement.select_from(JournalEntry)
        .join(needed, needed.c.rule == JournalEntry.kind)
        .where(
            JournalEntry.effective_on.between(starts_on, ends_on),
            not_(_has_paper(needed)),
            not_(_has_message(needed)),
            # What was undone moved nothing; its reversal says why.
            not_(exists().where(undoing.reverses_id == JournalEntry.id)),
        )
    )


def _has_paper(needed: CTE) -> ColumnElement[bool]:
    withdrawn = exists().where(EvidenceWithdrawal.evidence_id == EntryEvidence.id)
    return exists().where(
        EntryEvidence.entry_id == JournalEntry.id,
        EntryEvidence.kind == func.any(needed.c.kinds),
        not_(withdrawn),
    )


def _has_message(needed: CTE) -> ColumnElement[bool]:
    """A message will do, and the provider's about the payment of the entry's record is kept."""
    return exists().where(
        and_(
            # Inside, not beside an OR: so the many gifts of a year are joined by hash.
            needed.c.or_message,
            Payment.source_kind == JournalEntry.source_kind,
            Payment.source_id == JournalEntry.source_id,
            GatewayEvent.payment_id == Payment.id,
            GatewayEvent.state == EventState.HANDLED,
        )
    )
