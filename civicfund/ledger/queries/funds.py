"""Funds."""

from collections.abc import Iterable

from sqlalchemy import select

from civicfund.core.db import db
from civicfund.ledger.models import Fund

GENERAL = "GENERAL"


def fund_by_code(code: str) -> Fund | None:
    """The fund with this code."""
    return db.session.scalars(select(Fund).where(Fund.code == code)).one_or_none()


def fund_by_id(fund_id: int) -> Fund | None:
    """The fund with this number."""
    return db.session.get(Fund, fund_id)


def general_fund() -> Fund:
    """The fund's own money, without a donor's restriction; it exists from the first migration."""
    return db.session.scalars(select(Fund).where(Fund.code == GENERAL)).one()


def funds_by_id(fund_ids: Iterable[int]) -> dict[int, Fund]:
    """These funds by their numbers."""
    rows = db.session.scalars(select(Fund).where(Fund.id.in_(list(fund_ids))).order_by(Fund.id))
    return {fund.id: fund for fund in rows}


def funds() -> list[Fund]:
    """Every fund: the general one first, then by the day it was opened."""
    order = (Fund.code != GENERAL, Fund.opened_on, Fund.id)
    return list(db.session.scalars(select(Fund).order_by(*order)))
