"""The one statement that books entries, and the words for what the database refuses."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NoReturn

import psycopg
from sqlalchemy.dialects.postgresql import insert

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.ledger import days, queries
from civicfund.ledger.chart import chart_line
from civicfund.ledger.drafts import AccountKey, Content, Line
from civicfund.ledger.errors import (
    AccountClosed,
    AlreadyReversed,
    BankOverdrawn,
    DayOutOfReach,
    EmptyEntry,
    FundOverdrawn,
    KeyReusedWithOtherContent,
    NotInThisFund,
    Overdrawn,
    PeriodClosed,
    WrongIsolation,
)
from civicfund.ledger.models import FundKind, LedgerAccount

CALL = (
    "SELECT posted_key, posted_id, is_new FROM ledger_post("
    "%s::text[], %s::text[], %s::date[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], "
    "%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bytea[], %s, "
    "%s::int[], %s::smallint[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[])"
)
OVERDRAFTS = {"fund": FundOverdrawn, "bank": BankOverdrawn, "account": Overdrawn}


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A content with its key; `is_dated` false means: today, whichever day it was first done."""

    content: Content
    key: str
    is_dated: bool
    recorded_by_id: int | None
    approved_by_id: int | None


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """An entry of the book, as booking answers it; `is_new` is false when it stood there."""

    id: int
    key: str
    kind: str
    effective_on: date
    is_new: bool


def book(bookings: Sequence[Booking]) -> list[PostedEntry]:
    """Book all of them in one statement, or none; the answer is in their order."""
    by_key: dict[str, Booking] = {}
    earliest, latest = days.EARLIEST, days.last_to_book()
    for booking in bookings:
        on = booking.content.effective_on
        if not earliest <= on <= latest:
            raise DayOutOfReach(on=on, earliest=earliest, latest=latest)
        first = by_key.setdefault(booking.key, booking)
        if first.content != booking.content:
            raise KeyReusedWithOtherContent(key=booking.key)
    if not by_key:
        return []
    unique = list(by_key.values())
    arguments = _arguments(unique)
    rows = _call(arguments)
    if not rows:
        _open_accounts(unique)
        rows = _call(arguments)
    fresh = {key: entry_id for key, entry_id, is_new in rows if is_new}
    known = {key: entry_id for key, entry_id, _ in rows if key not in fresh}
    dates = _dates_of_the_same(by_key, known)
    return [
        PostedEntry(
            fresh.get(booking.key) or known[booking.key],
            booking.key,
            booking.content.draft.kind,
            dates.get(booking.key, booking.content.effective_on),
            booking.key in fresh,
        )
        for booking in bookings
    ]


def _arguments(bookings: Sequence[Booking]) -> list[Any]:
    entries = [_entry(booking) for booking in bookings]
    lines = [
        _line(place, number, line)
        for place, booking in enumerate(bookings, 1)
        for number, line in enumerate(booking.content.draft.lines, 1)
    ]
    return [*_columns(entries), clock.now(), *_columns(lines)]


def _entry(booking: Booking) -> tuple[str, ...]:
    content = booking.content
    return (
        _quoted(booking.key),
        _quoted(content.draft.kind),
        content.effective_on.isoformat(),
        _quoted(content.draft.memo),
        "NULL" if content.source_kind is None else _quoted(content.source_kind),
        _number(content.source_id),
        _number(content.party_id),
        _number(booking.recorded_by_id),
        _number(booking.approved_by_id),
        _number(content.reverses_id),
        str(content.draft.amount.minor),
        f'"\\\\x{content.digest().hex()}"',
    )


def _line(place: int, number: int, line: Line) -> tuple[str, ...]:
    return (
        str(place),
        str(number),
        _quoted(line.debit.chart_code),
        str(line.debit.fund_id),
        _quoted(line.credit.chart_code),
        str(line.credit.fund_id),
        str(line.amount.minor),
    )


def _columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The columns of these rows, each as PostgreSQL writes an array.

    The driver would look at each value to find its type, which costs as much as to book it.
    """
    for column in zip(*rows, strict=True):
        yield f"{{{','.join(column)}}}"


def _number(value: int | None) -> str:
    return "NULL" if value is None else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _call(arguments: list[Any]) -> list[tuple[str, int, bool]]:
    """Through the driver, on the session's own connection: the ORM costs four times as much."""
    connection = db.session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        return connection.execute(CALL, arguments).fetchall()
    except psycopg.Error as error:
        _refuse(error)


def _refuse(error: psycopg.Error) -> NoReturn:
    """Say the database's refusal in words that help."""
    detail = error.diag.message_detail or ""
    match error.sqlstate:
        case "CF002":
            said = json.loads(detail)
            kind = OVERDRAFTS[said["scope"]]
            raise kind(available=f"{said['available']:,}", asked=f"{said['asked']:,}") from error
        case "CF003":
            raise PeriodClosed(on=detail) from error
        case "CF004":
            raise EmptyEntry from error
        case "CF005":
            account, closed_on = detail.split(" ")
            raise AccountClosed(account=account, closed_on=closed_on) from error
        case "CF006":
            raise WrongIsolation from error
        case "23505" if error.diag.constraint_name == "uq_journal_entries_reverses_id":
            raise AlreadyReversed(entry=detail) from error
        case _:
            raise error


def _open_accounts(bookings: Sequence[Booking]) -> None:
    """Open those accounts that these entries are the first to use."""
    needed = sorted(
        {
            key
            for booking in bookings
            for line in booking.content.draft.lines
            for key in (line.debit, line.credit)
        }
    )
    funds = queries.funds_by_id({key.fund_id for key in needed})
    rows = []
    for key in needed:
        fund = funds[key.fund_id]
        line = chart_line(key.chart_code)
        is_general_fund = fund.kind is FundKind.GENERAL
        if not line.may_stand_in(fund.designation, is_general_fund=is_general_fund):
            raise NotInThisFund(account=key.chart_code, fund=fund.code)
        rows.append(_account_row(key, line.name_ja, line.name_en))
    db.session.execute(insert(LedgerAccount).on_conflict_do_nothing(), rows)


def _account_row(key: AccountKey, name_ja: str, name_en: str) -> dict[str, Any]:
    # The database fills in code, kind, fund_class and guard: nobody can lie about them.
    return {
        "chart_code": key.chart_code,
        "fund_id": key.fund_id,
        "name_ja": name_ja,
        "name_en": name_en,
        "currency": "JPY",
        "opened_on": clock.today(),
    }


def _dates_of_the_same(by_key: dict[str, Booking], known: dict[str, int]) -> dict[str, date]:
    """The days of entries that stood there; raises if one of them says something else."""
    if not known:
        return {}
    dates = {}
    for key, effective_on, content_hash in queries.stamps_of(known.values()):
        booking = by_key[key]
        content = booking.content
        if not booking.is_dated:
            content = replace(content, effective_on=effective_on)
        if content.digest() != bytes(content_hash):
            raise KeyReusedWithOtherContent(key=key)
        dates[key] = effective_on
    return dates
