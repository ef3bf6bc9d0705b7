"""取引先: who they are, and what was booked with each in some days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select

from civicfund.core.db import db, streamed
from civicfund.ledger.models import JournalEntry, Party, Transfer
from civicfund.ledger.names import searchable

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class PartySum:
    """A party and the sum of the lines with it; `party_id` None: with none, or one not shown."""

    party_id: int | None
    name: str | None
    lines: int
    amount: int


def party_by_id(party_id: int) -> Party | None:
    """One party."""
    return db.session.get(Party, party_id)


def party_sum(party: Party, first: date, last: date) -> int:
    """The sum of the lines with a party."""
    found = db.session.execute(_booked(first, last).where(JournalEntry.party_id == party.id)).one()
    return int(found.amount)


def party_page(
    first: date, last: date, *, name: str, sees_names: bool,
    after: int | None = None, before: int | None = None,
) -> tuple[list[PartySum], bool]:  # fmt: skip
    """Parties, the newest first, with what was booked with each; are there more in this way?

    Of parties whose names this reader may see; `name` is part of it.
    """
    shown, search = _columns(sees_names=sees_names)
    parties = select(Party.id, shown.label("name")).where(shown.is_not(None))
    if name:
        parties = parties.where(search.contains(searchable(name), autoescape=True))
    if before is not None:
        parties = parties.where(Party.id > before).order_by(Party.id)
    else:
        parties = parties.where(Party.id < after) if after is not None else parties
        parties = parties.order_by(Party.id.desc())
    some = parties.limit(PER_PAGE + 1).subquery()
    booked = (
        _booked(first, last).where(JournalEntry.party_id == some.c.id).correlate(some).lateral()
    )
    rows = db.session.execute(
        select(some.c.id, some.c.name, booked).order_by(
            some.c.id if before is not None else some.c.id.desc()
        )
    )
    found = [PartySum(*row) for row in rows]
    page = found[:PER_PAGE]
    return page[::-1] if before is not None else page, len(found) > PER_PAGE


def every_party(first: date, last: date, *, sees_names: bool) -> Iterator[PartySum]:
    """Each party with which something was booked, the newest first; last what has none to show."""
    shown, _search = _columns(sees_names=sees_names)
    visible = select(Party.id, shown.label("name")).where(shown.is_not(None)).subquery()
    statement = (
        _booked(first, last)
        .add_columns(visible.c.id, visible.c.name)
        .outerjoin(visible, visible.c.id == JournalEntry.party_id)
        .group_by(visible.c.id, visible.c.name)
        .order_by(visible.c.id.desc().nulls_last())
    )
    for lines, amount, party_id, name in streamed(statement):
        yield PartySum(party_id, name, lines, amount)


def _columns(*, sees_names: bool) -> tuple[Any, Any]:
    """The name that this reader may see, and how the search reads it."""
    if sees_names:
        return Party.full_name, Party.full_search
    return Party.public_name, Party.public_search


def _booked(first: date, last: date) -> Select[int, int]:
    amount = cast(func.coalesce(func.sum(Transfer.amount_minor), 0), BigInteger)
    return (
        select(func.count(Transfer.line).label("lines"), amount.label("amount"))
        .select_from(JournalEntry)
        .join(Transfer, Transfer.entry_id == JournalEntry.id)
        .where(JournalEntry.effective_on >= first, JournalEntry.effective_on <= last)
    )
