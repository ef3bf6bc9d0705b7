"""Which day an entry bears: that on which it happened, or the first open one after a close.

News come late: a payment of the last day of a month may be told after that month was closed. The
money is here all the same, so it is booked on the first day that is still open, and the memo keeps
the day on which it happened. This is the one place that decides it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.ledger import queries, services
from civicfund.ledger.booking import PostedEntry
from civicfund.ledger.drafts import EntryDraft
from civicfund.ledger.errors import PeriodClosed
from civicfund.ledger.models import HAPPENED, Party
from civicfund.ledger.services import Row


def post_as_of(
    draft: EntryDraft,
    *,
    happened_on: date,
    key: str,
    source: Row | None = None,
    party: Party | None = None,
    recorded_by: Row | None = None,
    approved_by: Row | None = None,
) -> PostedEntry:
    """Book what happened on a day, on that day or on the first open one after it."""

    def post(on: date) -> PostedEntry:
        told = replace(draft, memo=_memo(draft.memo, happened_on, on))
        return services.post_entry(
            told, key=key, effective_on=on, source=source, party=party, recorded_by=recorded_by,
            approved_by=approved_by,
        )  # fmt: skip

    return _on_an_open_day(post, key=key, happened_on=happened_on)


def reverse_as_of(
    entry_id: int, *, happened_on: date, key: str, reason: str, recorded_by: Row | None = None
) -> PostedEntry:
    """Book the opposite of an entry, as of the day on which it was undone."""

    def post(on: date) -> PostedEntry:
        return services.reverse_entry(
            entry_id,
            key=key,
            reason=_memo(reason, happened_on, on),
            effective_on=on,
            recorded_by=recorded_by,
        )

    return _on_an_open_day(post, key=key, happened_on=happened_on)


def open_day(happened_on: date) -> date:
    """The day itself while its books are open, else the first day that is."""
    if happened_on >= clock.today().replace(day=1):
        # A month is closed only when it is over.
        return happened_on
    closed_upto = queries.closed_upto()
    if closed_upto is None or happened_on > closed_upto:
        return happened_on
    return closed_upto + timedelta(days=1)


def _on_an_open_day(
    post: Callable[[date], PostedEntry], *, key: str, happened_on: date
) -> PostedEntry:
    if happened_on >= clock.today().replace(day=1):
        return post(happened_on)
    known = queries.day_of_key(key)
    if known is not None:
        # Told again: the same deed, on whatever day it was booked then.
        return post(known)
    try:
        with db.session.begin_nested():
            return post(open_day(happened_on))
    except PeriodClosed:
        # Its month was closed while we waited for our turn.
        return post(open_day(happened_on))


def _memo(memo: str, happened_on: date, on: date) -> str:
    if on == happened_on:
        return memo
    return f"{HAPPENED} {happened_on.isoformat()} {memo}".strip()
