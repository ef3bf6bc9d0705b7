"""Months with their certificates, notes and checklists as they were seen."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from civicfund.closing.models import BankStatement, ClosingNote, SeenChecklist
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.identity.models import User
from civicfund.ledger.models import FiscalPeriod


def period_by_id(period_id: int) -> FiscalPeriod | None:
    """One period."""
    return db.session.get(FiscalPeriod, period_id)


def month_named(month: str) -> FiscalPeriod | None:
    """The period that begins with this month, `2026-10`."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    return db.session.scalar(select(FiscalPeriod).where(FiscalPeriod.starts_on == first))


def months_of_year(year: int) -> list[FiscalPeriod]:
    """The periods of a fiscal year, in order."""
    first, last = clock.fiscal_days(year)
    return list(
        db.session.scalars(
            select(FiscalPeriod)
            .where(FiscalPeriod.starts_on >= first, FiscalPeriod.ends_on <= last)
            .order_by(FiscalPeriod.starts_on)
        )
    )


def statements_of(period_id: int) -> dict[str, BankStatement]:
    """The newest certificate of each account for a period."""
    rows = db.session.scalars(
        select(BankStatement)
        .where(BankStatement.period_id == period_id)
        .order_by(BankStatement.id)
        .options(joinedload(BankStatement.stored_file))
    )
    return {row.account_code: row for row in rows}


def statement_by_id(statement_id: int) -> BankStatement | None:
    """One certificate with its file."""
    return db.session.scalar(
        select(BankStatement)
        .where(BankStatement.id == statement_id)
        .options(joinedload(BankStatement.stored_file))
    )


def notes_of(period_id: int) -> dict[str, ClosingNote]:
    """The newest note of each item of a period."""
    rows = db.session.scalars(
        select(ClosingNote).where(ClosingNote.period_id == period_id).order_by(ClosingNote.id)
    )
    return {row.item: row for row in rows}


def last_seen(period_id: int, deed: str) -> SeenChecklist | None:
    """The checklist as it was seen at the latest `deed` on a period."""
    return db.session.scalar(
        select(SeenChecklist)
        .where(SeenChecklist.period_id == period_id, SeenChecklist.deed == deed)
        .order_by(SeenChecklist.id.desc())
        .limit(1)
    )


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these people."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    people = db.session.scalars(select(User).where(User.id.in_(wanted)).order_by(User.id))
    return {person.id: person.display_name for person in people}
