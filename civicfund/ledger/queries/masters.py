"""Master data as lists: accounts, funds and parties, searched and in order."""

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from civicfund.ledger.models import Fund, LedgerAccount, Party
from civicfund.ledger.names import searchable


def account_list(words: str = "") -> Select[LedgerAccount]:
    """Every account that was opened, by its code."""
    column = LedgerAccount
    statement = select(column).options(joinedload(column.fund)).order_by(column.code, column.id)
    if words.strip():
        statement = statement.where(_found(words, column.code, column.name_ja, column.name_en))
    return statement


def fund_list(words: str = "") -> Select[Fund]:
    """Every fund, by its code."""
    statement = select(Fund).order_by(Fund.code, Fund.id)
    if words.strip():
        statement = statement.where(_found(words, Fund.code, Fund.name_ja, Fund.name_en))
    return statement


def party_list(words: str = "") -> Select[Party]:
    """Everyone with whom something was booked, in the order of their first entry."""
    statement = select(Party).order_by(Party.id)
    if words.strip():
        statement = statement.where(Party.full_search.contains(searchable(words), autoescape=True))
    return statement


def _found(words: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(column.icontains(words.strip(), autoescape=True) for column in columns))
