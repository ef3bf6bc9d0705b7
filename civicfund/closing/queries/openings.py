"""Imports of opening balances."""

from datetime import date

from sqlalchemy import func, select

from civicfund.closing.models import OpeningImport, OpeningLot, OpeningState
from civicfund.closing.opening_file import KnownFund
from civicfund.core.db import db
from civicfund.ledger import queries as book
from civicfund.ledger.models import JournalEntry


def known_funds() -> dict[str, KnownFund]:
    """The funds of the book by their codes."""
    return {
        fund.code: KnownFund(fund.kind, fund.designation, fund.name_ja) for fund in book.funds()
    }


def openings() -> list[OpeningImport]:
    """Every import, newest first."""
    return list(db.session.scalars(select(OpeningImport).order_by(OpeningImport.id.desc())))


def opening_by_id(opening_id: int) -> OpeningImport | None:
    """One import."""
    return db.session.get(OpeningImport, opening_id)


def booked_with(digest: str) -> OpeningImport | None:
    """The import that booked just these balances."""
    return db.session.scalar(
        select(OpeningImport).where(
            OpeningImport.digest == digest, OpeningImport.state == OpeningState.BOOKED
        )
    )


def waiting() -> OpeningImport | None:
    """The import that waits for its second signature."""
    return db.session.scalar(
        select(OpeningImport).where(OpeningImport.state == OpeningState.PREPARED)
    )


def first_entry_on() -> date | None:
    """The earliest day of the book."""
    return db.session.scalar(select(func.min(JournalEntry.effective_on)))


def lots_of(opening_id: int) -> list[OpeningLot]:
    """Designated money that came along, by fund and year of receipt."""
    return list(
        db.session.scalars(
            select(OpeningLot)
            .where(OpeningLot.import_id == opening_id)
            .order_by(OpeningLot.fund_id, OpeningLot.received_year)
        )
    )
