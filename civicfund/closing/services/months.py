"""A month is prepared by one person and closed by another, against the same checklist."""

from collections.abc import Iterable
from datetime import date
from typing import IO

from civicfund.closing import policy
from civicfund.closing.checklist import Checklist, checklist_held
from civicfund.closing.errors import (
    AnotherPersonSigns,
    ChecklistChanged,
    ChecklistOpen,
    HoldsAlready,
    MustBePutRight,
    NotYetOver,
    ReasonNeeded,
    StatementOnAnotherDay,
)
from civicfund.closing.found import Item, Remedy
from civicfund.closing.models import BankStatement, ClosingNote, SeenChecklist
from civicfund.closing.queries import months as queries
from civicfund.core import audit_log, clock
from civicfund.core.db import db
from civicfund.core.errors import Forbidden, Invalid
from civicfund.core.money import Money
from civicfund.core.storage import keep_evidence
from civicfund.identity.models import User
from civicfund.ledger import periods
from civicfund.ledger.chart import BANKS
from civicfund.ledger.errors import NoClosePrepared, PeriodStaysClosed
from civicfund.ledger.models import FiscalPeriod


def enter_statement(
    period: FiscalPeriod,
    *,
    by: User,
    account_code: str,
    balance: Money,
    stated_on: date,
    upload: IO[bytes],
    name: str,
) -> BankStatement:
    """What a bank certifies for the last day. Entered again, the newest counts; all are kept."""
    _must_be_open(period)
    if not policy.can_prepare(by):
        raise Forbidden
    if account_code not in BANKS:
        raise Invalid
    if stated_on != period.ends_on:
        raise StatementOnAnotherDay(day=period.ends_on)
    statement = BankStatement(
        period_id=period.id,
        account_code=account_code,
        balance_yen=balance.minor,
        stated_on=stated_on,
        stored_file_id=keep_evidence(upload, name=name).id,
        recorded_by_id=by.id,
        recorded_at=clock.now(),
    )
    db.session.add(statement)
    audit_log.record(
        by, "enter_bank_statement", statement,
        after={"account": account_code, "balance_yen": balance.minor, "on": stated_on.isoformat()},
    )  # fmt: skip
    return statement


def note_item(period: FiscalPeriod, *, item: Item, note: str, by: User) -> ClosingNote:
    """Explain why an item may stand as it is, or confirm it; it speaks of what is shown now."""
    _must_be_open(period)
    if not policy.can_withdraw(by):
        raise Forbidden
    words = " ".join(note.split())
    if not words:
        raise ReasonNeeded
    if item.found.holds or item.found.follows:
        raise HoldsAlready
    if item.found.remedy not in {Remedy.EXPLAIN, Remedy.CONFIRM}:
        raise MustBePutRight
    written = ClosingNote(
        period_id=period.id,
        item=item.found.name,
        digest=item.found.digest(),
        note=words,
        written_by_id=by.id,
        written_at=clock.now(),
    )
    db.session.add(written)
    audit_log.record(
        by, "note_closing_item", written, after={"period": period.id, "item": item.found.name},
        reason=words,
    )  # fmt: skip
    return written


def prepare_month(period: FiscalPeriod, *, by: User) -> Checklist:
    """The first signature. Raises `NotYetOver`, `ChecklistOpen`, `ClosePreparedAlready`."""
    if not policy.can_prepare(by):
        raise Forbidden
    if period.ends_on >= clock.today():
        raise NotYetOver
    checklist = checklist_held(period)
    _must_stand(checklist.open_items(with_year=False))
    periods.prepare_close(period, by_id=by.id)
    _keep(checklist, "prepared", by)
    audit_log.record(by, "prepare_close", period, after=_days(period))
    return checklist


def withdraw_month(period: FiscalPeriod, *, by: User, reason: str = "") -> FiscalPeriod:
    """Take the first signature back, to look again."""
    if not policy.can_withdraw(by):
        raise Forbidden
    periods.withdraw_close(period)
    audit_log.record(
        by, "withdraw_close", period, before=_days(period), reason=" ".join(reason.split()) or None
    )
    return period


def close_month(period: FiscalPeriod, *, by: User) -> Checklist:
    """The second signature: looks again while nothing can be booked, then locks the month.

    Raises `AnotherPersonSigns`, `ChecklistOpen`, `ChecklistChanged`, and what the book refuses:
    `EarlierPeriodOpen`, `PeriodStaysClosed`, `NoClosePrepared`.
    """
    if not policy.can_sign(by):
        raise Forbidden
    _must_be_for_another(period, by)
    checklist = checklist_held(period)
    _must_be_for_another(period, by)
    _must_stand(checklist.open_items(with_year=True))
    seen = queries.last_seen(period.id, "prepared")
    changed = checklist.changed_since(seen.items if seen is not None else [])
    if changed:
        raise ChecklistChanged(items=_numbers(changed))
    periods.close_period(period, by_id=by.id)
    _keep(checklist, "closed", by)
    audit_log.record(by, "close_period", period, after=_days(period))
    return checklist


def _must_be_open(period: FiscalPeriod) -> None:
    if period.closed_at is not None:
        raise PeriodStaysClosed


def _must_be_for_another(period: FiscalPeriod, by: User) -> None:
    """Prepared, and by somebody else: said before the long look, and again after it."""
    _must_be_open(period)
    if period.closing_prepared_by_id is None:
        raise NoClosePrepared
    if period.closing_prepared_by_id == by.id:
        raise AnotherPersonSigns


def _must_stand(waiting: list[Item]) -> None:
    if waiting:
        raise ChecklistOpen(items=_numbers(waiting))


def _numbers(waiting: Iterable[Item]) -> str:
    return ", ".join(str(item.found.number) for item in waiting)


def _keep(checklist: Checklist, deed: str, by: User) -> None:
    db.session.add(
        SeenChecklist(
            period_id=checklist.period.id,
            deed=deed,
            seen_by_id=by.id,
            seen_at=clock.now(),
            items=checklist.kept(),
        )
    )
    db.session.flush()


def _days(period: FiscalPeriod) -> dict[str, str]:
    return {"starts_on": period.starts_on.isoformat(), "ends_on": period.ends_on.isoformat()}
