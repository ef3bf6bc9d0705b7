"""Finding old money and what is planned for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from civicfund.books.queries import fiscal_years
from civicfund.books.statements.ages import UNKNOWN, lots_of
from civicfund.books.statements.gift_queries import gift_years
from civicfund.books.statements.spending_plans import SpendingPlan
from civicfund.core.db import db
from civicfund.ledger.models import Fund

# Older than this, the note asks for the planned year, amount and use.
PLANNED_AFTER_YEARS = 5
# By fund and year of receipt.
Plans = Mapping[tuple[int, int], SpendingPlan]


@dataclass(frozen=True, slots=True)
class OldLot:
    """What is left of a fund's receipts of a year, more than five years old as `year` ends."""

    fund: Fund
    received_year: int
    year: int
    left: int


def wants_plan(received_year: int, *, year: int) -> bool:
    """Is money of a year of receipt so old as a fiscal year ends, or of a year not known?"""
    return received_year == UNKNOWN or year - received_year >= PLANNED_AFTER_YEARS


def old_lots(year: int) -> list[OldLot]:
    """Every one, fund by fund, the oldest first."""
    read = gift_years(year)
    return [
        OldLot(read.funds[fund_id], received, year, lots.left[received])
        for fund_id, lots in sorted(lots_of(read.years, read.moves).items())
        for received in sorted(lots.left)
        if lots.left[received] > 0 and wants_plan(received, year=year)
    ]


def old_lot(year: int, code: str, received: int) -> OldLot | None:
    """The one that an address names."""
    if year not in fiscal_years():
        return None
    found = (
        lot for lot in old_lots(year) if (lot.fund.code, lot.received_year) == (code, received)
    )
    return next(found, None)


def plans_for(year: int) -> Plans:
    """The newest plan for each lot that was written for the statements of this year or before."""
    rows = db.session.scalars(
        select(SpendingPlan)
        .ext(distinct_on(SpendingPlan.fund_id, SpendingPlan.received_year))
        .where(SpendingPlan.year <= year)
        .order_by(
            SpendingPlan.fund_id,
            SpendingPlan.received_year,
            SpendingPlan.year.desc(),
            SpendingPlan.id.desc(),
        )
    )
    return {(plan.fund_id, plan.received_year): plan for plan in rows}


def plan_of(
    plans: Plans, fund_id: int, received: int, *, year: int, left: int
) -> SpendingPlan | None:
    """The plan that still holds: its year is to come, and what it spends is there."""
    plan = plans.get((fund_id, received))
    holds = plan is not None and plan.planned_year > year and plan.amount_yen <= left
    return plan if holds else None


def versions_of(lot: OldLot) -> list[SpendingPlan]:
    """All that was ever planned for it, the newest first."""
    return list(
        db.session.scalars(
            select(SpendingPlan)
            .where(
                SpendingPlan.fund_id == lot.fund.id,
                SpendingPlan.received_year == lot.received_year,
            )
            .options(joinedload(SpendingPlan.written_by))
            .order_by(SpendingPlan.id.desc())
        )
    )
