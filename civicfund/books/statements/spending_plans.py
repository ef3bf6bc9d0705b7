"""The table of spending plans: written once each, the newest counts, none is lost."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core.db import Numbered
from civicfund.identity.models import User
from civicfund.ledger.models import Fund


class SpendingPlan(Numbered):
    """When, how much and on what a fund means to spend a year's receipts (指定寄附資金の注記).

    `year`: the fiscal year whose statements it is written for; it holds for later ones too, until
    another is written. `received_year` 0: money whose year of receipt is not known.
    """

    __tablename__ = "spending_plans"
    __table_args__ = (
        CheckConstraint("amount_yen > 0", name="amount_yen"),
        CheckConstraint("planned_year > year", name="planned_year"),
        CheckConstraint("btrim(planned_use) <> ''", name="planned_use"),
        Index("ix_spending_plans_fund_id", "fund_id", "received_year", "year", "id"),
    )

    fund_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("funds.id"))
    received_year: Mapped[int] = mapped_column(Integer)
    year: Mapped[int] = mapped_column(Integer)
    planned_year: Mapped[int] = mapped_column(Integer)
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    planned_use: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))

    fund: Mapped[Fund] = relationship(lazy="raise_on_sql", viewonly=True)
    written_by: Mapped[User] = relationship(lazy="raise_on_sql", viewonly=True)
