"""What funds own and campaigns hold: before some days, and what came and went in them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from civicfund.books.queries.scopes import OWN
from civicfund.ledger.models import Fund, FundKind, LedgerAccount
from civicfund.ledger.queries import balances_before, funds_by_id, movements_by_month


@dataclass(slots=True)
class FundMovement:
    """A fund: what it had before these days (credits less debits), what went and what came."""

    fund: Fund
    opening: int = 0
    debits: int = 0
    credits: int = 0

    @property
    def closing(self) -> int:
        """What it has as the days ended."""
        return self.opening - self.debits + self.credits


def fund_movements(first: date, last: date) -> list[FundMovement]:
    """What each fund owns: its net assets, revenue and expense; those at rest are left out."""
    return _movements(first, last, LedgerAccount.kind.in_(OWN))


def campaign_movements(first: date, last: date) -> list[FundMovement]:
    """What is here for each campaign, whether it is given already, held, or promised on."""
    campaigns = select(Fund.id).where(Fund.kind == FundKind.CAMPAIGN)
    return _movements(first, last, LedgerAccount.fund_id.in_(campaigns))


def _movements(first: date, last: date, only: ColumnElement[bool]) -> list[FundMovement]:
    opening = balances_before(LedgerAccount.fund_id, first, only=only)
    moved = movements_by_month(LedgerAccount.fund_id, first, last, only=only)
    funds = funds_by_id({*opening, *(month.key for month in moved)})
    found = {fund_id: FundMovement(fund) for fund_id, fund in funds.items()}
    for fund_id, balance in opening.items():
        found[fund_id].opening = -balance
    for month in moved:
        found[month.key].debits += month.debits
        found[month.key].credits += month.credits
    return [found[fund_id] for fund_id in sorted(found)]
