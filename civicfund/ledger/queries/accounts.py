"""One account: its lines with the running balance, newest first."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, literal, select, tuple_
from sqlalchemy.orm import joinedload

from civicfund.core import tokens
from civicfund.core.db import db
from civicfund.ledger.models import JournalEntry, LedgerAccount, Transfer
from civicfund.ledger.queries.balances import debit_balance, settled_upto

CURSOR = "ledger.account_page"


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A line of the account with the balance after it, in the natural sign of the account."""

    entry: JournalEntry
    line: int
    other: LedgerAccount
    debit: int
    credit: int
    balance: int


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Lines of an account, newest first, and the cursor of the older ones, signed."""

    account: LedgerAccount
    balance: int
    lines: list[AccountLine]
    older_than: str | None


def account_by_code(code: str) -> LedgerAccount | None:
    """The account with this code (`1131/GENERAL`), with its fund."""
    return db.session.scalars(
        select(LedgerAccount)
        .where(LedgerAccount.code == code)
        .options(joinedload(LedgerAccount.fund))
    ).one_or_none()


def account_page(
    account: LedgerAccount, *, older_than: str | None = None, limit: int = 50
) -> AccountPage:
    """A page of the account, in the order of booking; a cursor that is not ours is none."""
    sign = account.kind.sign
    balance = sign * int(
        db.session.scalar(select(debit_balance()).where(LedgerAccount.id == account.id)) or 0
    )
    place, running = _read(account, older_than)
    if running is None:
        running = balance - sign * _moved_since(account, place)
    rows = list(db.session.execute(_lines(account, older_than=place, limit=limit + 1)))
    shown = rows[:limit]
    entries = _entries([row.entry_id for row in shown])
    others = _accounts([row.other_id for row in shown])
    lines = []
    for row in shown:
        lines.append(
            AccountLine(
                entries[row.entry_id], row.line, others[row.other_id], row.debit, row.credit,
                running,
            )
        )  # fmt: skip
        running -= sign * (row.debit - row.credit)
    cursor = _cursor(account, lines[-1], running) if len(rows) > limit else None
    return AccountPage(account, balance, lines, cursor)


def _cursor(account: LedgerAccount, last: AccountLine, balance: int) -> str:
    """Where the next page goes on, with the balance that it begins with: nobody adds up the years
    in between. What has not settled may still get a line before it, and is added up again.
    """
    has_settled = last.entry.id <= int(db.session.scalar(select(settled_upto())) or 0)
    said = balance if has_settled else ""
    return tokens.sign(CURSOR, f"{account.id}/{last.entry.id}/{last.line}/{said}")


def _read(account: LedgerAccount, cursor: str | None) -> tuple[tuple[int, int] | None, int | None]:
    """The place that a cursor names and the balance there, if it says so."""
    subject = tokens.read(CURSOR, cursor) if cursor else None
    if subject is None:
        return None, None
    account_id, entry_id, line, balance = subject.split("/")
    if int(account_id) != account.id:
        return None, None
    return (int(entry_id), int(line)), int(balance) if balance else None


def _side(account: LedgerAccount, side: str) -> Select[*tuple[Any, ...]]:
    nothing = literal(0, BigInteger)
    if side == "debit":
        here, other = Transfer.debit_account_id, Transfer.credit_account_id
        sums = (Transfer.amount_minor.label("debit"), nothing.label("credit"))
    else:
        here, other = Transfer.credit_account_id, Transfer.debit_account_id
        sums = (nothing.label("debit"), Transfer.amount_minor.label("credit"))
    columns = (Transfer.entry_id, Transfer.line, other.label("other_id"), *sums)
    return select(*columns).where(here == account.id)


def _lines(
    account: LedgerAccount, *, older_than: tuple[int, int] | None, limit: int
) -> Select[*tuple[Any, ...]]:
    parts = []
    for side in ("debit", "credit"):
        part = _side(account, side)
        if older_than is not None:
            # The first condition is implied by the second; the index knows how to use it.
            part = part.where(
                Transfer.entry_id <= older_than[0],
                tuple_(Transfer.entry_id, Transfer.line) < older_than,
            )
        part = part.order_by(Transfer.entry_id.desc(), Transfer.line.desc()).limit(limit)
        parts.append(select(part.subquery()))
    both = parts[0].union_all(parts[1]).subquery()
    return select(both).order_by(both.c.entry_id.desc(), both.c.line.desc()).limit(limit)


def _moved_since(account: LedgerAccount, place: tuple[int, int] | None) -> int:
    """Debits less credits of the lines from `place` on."""
    if place is None:
        return 0
    moved = 0
    for side in ("debit", "credit"):
        part = (
            _side(account, side)
            .where(Transfer.entry_id >= place[0], tuple_(Transfer.entry_id, Transfer.line) >= place)
            .subquery()
        )
        total = cast(func.coalesce(func.sum(part.c.debit - part.c.credit), 0), BigInteger)
        moved += int(db.session.scalar(select(total)) or 0)
    return moved


def _entries(ids: list[int]) -> dict[int, JournalEntry]:
    rows = db.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.id.in_(ids))
        .order_by(JournalEntry.id)
        .options(joinedload(JournalEntry.party))
    )
    return {entry.id: entry for entry in rows}


def _accounts(ids: list[int]) -> dict[int, LedgerAccount]:
    rows = db.session.scalars(
        select(LedgerAccount)
        .where(LedgerAccount.id.in_(ids))
        .order_by(LedgerAccount.id)
        .options(joinedload(LedgerAccount.fund))
    )
    return {account.id: account for account in rows}
