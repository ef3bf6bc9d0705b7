"""Writing a plan down."""

from civicfund.books.plans.errors import MoreThanIsLeft, PlannedTooEarly
from civicfund.books.statements.plan_queries import OldLot
from civicfund.books.statements.spending_plans import SpendingPlan
from civicfund.core import audit_log, clock
from civicfund.core.db import db
from civicfund.identity.models import User


def write_plan(
    lot: OldLot, *, planned_year: int, amount: int, planned_use: str, by: User
) -> SpendingPlan:
    """A new version; the ones before stay. Raises `MoreThanIsLeft` and `PlannedTooEarly`."""
    if planned_year <= lot.year:
        raise PlannedTooEarly(year=str(lot.year))
    if amount > lot.left:
        raise MoreThanIsLeft(left=f"{lot.left:,}")
    plan = SpendingPlan(
        fund_id=lot.fund.id,
        received_year=lot.received_year,
        year=lot.year,
        planned_year=planned_year,
        amount_yen=amount,
        planned_use=planned_use.strip(),
        written_at=clock.now(),
        written_by_id=by.id,
    )
    db.session.add(plan)
    after = {"planned_year": planned_year, "amount_yen": amount, "planned_use": plan.planned_use}
    audit_log.record(by, "write_spending_plan", plan, after=after)
    return plan
