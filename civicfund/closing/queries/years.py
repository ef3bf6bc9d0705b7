"""A fiscal year before and after its close."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from civicfund.closing.models import YearClosing, YearState
from civicfund.closing.queries import months
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.money import Money
from civicfund.ledger import queries as book
from civicfund.ledger.drafts import AccountKey
from civicfund.ledger.models import FiscalPeriod, Fund, FundClass

LIVE = (YearState.PREPARED, YearState.CLOSED, YearState.UNDO_PREPARED)


@dataclass(frozen=True, slots=True)
class FundResult:
    """What a fund's revenue, expense and transfers brought in a year, by 財源区分."""

    fund: Fund
    designated: int
    general: int
    accounts: int


@dataclass(frozen=True, slots=True)
class YearPreview:
    """What closing a year would book now."""

    year: int
    results: list[FundResult]
    # What refunds made negative at the payment provider: shown as a debt over the year's end.
    provider_debt: int
    digest: str

    @property
    def designated(self) -> int:
        """All of it that goes into 3100."""
        return sum(result.designated for result in self.results)

    @property
    def general(self) -> int:
        """All of it that goes into 3200."""
        return sum(result.general for result in self.results)


def preview_of(year: int) -> YearPreview:
    """The results that are not closed yet at the end of a fiscal year."""
    last = clock.fiscal_days(year)[1]
    found = book.results_by_fund(on=last)
    results = []
    for fund, accounts in found:
        sums = dict.fromkeys(FundClass, 0)
        for _, fund_class, surplus in accounts:
            sums[fund_class] += surplus.minor
        designated, general = sums[FundClass.DESIGNATED], sums[FundClass.GENERAL]
        results.append(FundResult(fund, designated, general, len(accounts)))
    provider_debt = max(0, -book.balance_of("1131", on=last).minor)
    return YearPreview(year, results, provider_debt, _digest(found, provider_debt))


def _digest(found: list[tuple[Fund, list[tuple[AccountKey, FundClass, Money]]]], debt: int) -> str:
    said = [
        [fund.code, sorted(f"{account} {surplus}" for account, _, surplus in accounts)]
        for fund, accounts in found
    ]
    return hashlib.sha256(json.dumps([said, debt]).encode()).hexdigest()


def closings_of(year: int) -> list[YearClosing]:
    """Every close of a year, newest first."""
    return list(
        db.session.scalars(
            select(YearClosing).where(YearClosing.year == year).order_by(YearClosing.id.desc())
        )
    )


def live_closing(year: int) -> YearClosing | None:
    """The close that is prepared, done or about to be undone."""
    return db.session.scalar(
        select(YearClosing).where(YearClosing.year == year, YearClosing.state.in_(LIVE))
    )


def live_closings() -> dict[int, YearClosing]:
    """By year."""
    rows = db.session.scalars(
        select(YearClosing).where(YearClosing.state.in_(LIVE)).order_by(YearClosing.year)
    )
    return {row.year: row for row in rows}


def year_known(year: int) -> int | None:
    """The year, if the book has periods of it."""
    is_known = 1900 < year < 9999 and months.months_of_year(year)
    return year if is_known else None


def last_month(year: int) -> FiscalPeriod | None:
    """The period with which a fiscal year ends."""
    return book.period_on(clock.fiscal_days(year)[1])


def first_day_after(year: int) -> date:
    """The first day of the next year."""
    return clock.fiscal_days(year + 1)[0]
