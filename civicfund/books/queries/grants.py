"""未払助成金 grant by grant: what was decided, what was paid, what is owed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, or_, select
from sqlalchemy.orm import joinedload

from civicfund.books.queries.scopes import Scope
from civicfund.core.db import db
from civicfund.grants.models import Award, Disbursement
from civicfund.ledger.models import JournalEntry, Transfer


@dataclass(frozen=True, slots=True)
class GrantMovement:
    """A grant (None: entries of no grant): what was owed before, what was paid, what decided."""

    grant: Award | None
    opening: int
    debits: int
    credits: int

    @property
    def closing(self) -> int:
        """What is owed as the days ended."""
        return self.opening - self.debits + self.credits


def grant_movements(scope: Scope, first: date, last: date) -> list[GrantMovement]:
    """Every grant that was decided by then, and last what belongs to none."""
    entry = JournalEntry
    award_id = case(
        (entry.source_kind == Award.__tablename__, entry.source_id),
        (entry.source_kind == Disbursement.__tablename__, Disbursement.award_id),
    )
    paid = case((scope.holds(Transfer.debit_account_id), Transfer.amount_minor), else_=0)
    decided = case((scope.holds(Transfer.credit_account_id), Transfer.amount_minor), else_=0)
    within = entry.effective_on >= first
    rows = db.session.execute(
        select(
            award_id.label("of_award"),
            _sum(case((~within, decided - paid))),
            _sum(case((within, paid))),
            _sum(case((within, decided))),
        )
        .select_from(Transfer)
        .join(entry, entry.id == Transfer.entry_id)
        .outerjoin(
            Disbursement,
            (entry.source_kind == Disbursement.__tablename__)
            & (Disbursement.id == entry.source_id),
        )
        .where(scope.touching(), entry.effective_on <= last)
        .group_by("of_award")
        .order_by("of_award")
    ).all()
    grants = _grants([row[0] for row in rows if row[0] is not None])
    return [GrantMovement(grants.get(row[0]), *map(int, row[1:])) for row in rows]


def of_grant(grant: Award) -> ColumnElement[bool]:
    """Entries that a grant or one of its instalments has brought."""
    instalments = select(Disbursement.id).where(Disbursement.award_id == grant.id)
    entry = JournalEntry
    return or_(
        and_(entry.source_kind == Award.__tablename__, entry.source_id == grant.id),
        and_(entry.source_kind == Disbursement.__tablename__, entry.source_id.in_(instalments)),
    )


def _sum(column: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _grants(ids: list[int]) -> dict[int, Award]:
    names = (joinedload(Award.campaign), joinedload(Award.organisation))
    rows = db.session.scalars(
        select(Award).where(Award.id.in_(ids)).order_by(Award.id).options(*names)
    )
    return {grant.id: grant for grant in rows}
