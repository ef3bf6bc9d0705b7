"""What the notes about designated gifts read: years of receipt, appeals, uses."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    SQLColumnExpression,
    TextClause,
    cast,
    extract,
    func,
    select,
    text,
)
from sqlalchemy.orm import aliased

from civicfund.books.statements import ages, lines
from civicfund.books.statements.ages import Lots, YearOfFund
from civicfund.books.statements.years import FiscalYear
from civicfund.campaigns.models import Campaign
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.donors.models import STANDING, Donation, Method
from civicfund.ledger.models import (
    Fund,
    FundClass,
    LedgerAccount,
)
from civicfund.ledger.queries.fund_moves import fund_moves
from civicfund.ledger.queries.movements import movements


@dataclass(frozen=True, slots=True)
class GiftYears:
    """What the designated money of each fund did, by fiscal year."""

    years: dict[int, dict[int, YearOfFund]]
    moves: dict[int, dict[tuple[int, int], int]]
    funds: dict[int, Fund] = field(default_factory=dict)


def gift_years(year: int) -> GiftYears:
    """Every fiscal year up to this one, as if none had been closed."""
    sums: dict[int, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    until = FiscalYear(year).until
    for of_year, fund_id, code, amount in db.session.execute(_by_year(until)):
        sums[of_year][fund_id][code] = int(amount)
    years = {
        of_year: {fund_id: _did(codes) for fund_id, codes in funds.items()}
        for of_year, funds in sums.items()
    }
    _know_the_years_of_openings(years, until)
    moves: dict[int, dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
    for of_year, giver, receiver, amount in db.session.execute(_between(until)):
        moves[of_year][giver, receiver] += int(amount)
    ids = {fund_id for funds in years.values() for fund_id in funds}
    found = db.session.scalars(select(Fund).where(Fund.id.in_(ids)).order_by(Fund.id))
    return GiftYears(years, moves, {fund.id: fund for fund in found})


# What funds brought along with the year of its receipt, the oldest of each first.
_BROUGHT = text(
    """
    SELECT i.id, l.fund_id, l.received_year, i.opens_on, sum(l.amount_yen)::bigint
    FROM opening_lots l JOIN opening_imports i ON i.id = l.import_id
    WHERE i.state = 'booked' AND i.opens_on <= :until
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
    """
)
# How much of it was undone, by the day of the reversal: a long opening has several entries.
_UNDONE = text(
    """
    SELECT i.id, a.fund_id, r.effective_on, sum(t.amount_minor)::bigint
    FROM opening_imports i
    JOIN journal_entries e ON e.source_kind = 'opening_imports' AND e.source_id = i.id
    JOIN journal_entries r ON r.reverses_id = e.id AND r.effective_on <= :until
    JOIN transfers t ON t.entry_id = r.id
    JOIN ledger_accounts a ON a.id = t.debit_account_id AND a.chart_code = '3100'
    WHERE i.state = 'booked' AND i.opens_on <= :until
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """
)


def _know_the_years_of_openings(years: dict[int, dict[int, YearOfFund]], until: date) -> None:
    """Money taken over with its year is of that year; a reversal takes it back in its own year."""
    lots: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for import_id, fund_id, received, opens_on, amount in _rows(_BROUGHT, until):
        lots[import_id, fund_id][received] = amount
        _bring(years, opens_on, fund_id, {received: amount})
    for import_id, fund_id, undone_on, amount in _rows(_UNDONE, until):
        of_import = Lots(lots[import_id, fund_id])
        taken = of_import.take(min(amount, sum(of_import.left.values())), in_year=ages.UNKNOWN)
        _bring(years, undone_on, fund_id, {received: -part for received, part in taken.items()})


def _rows(statement: TextClause, until: date) -> Iterable[Any]:
    return db.session.execute(statement, {"until": until})


def _bring(
    years: dict[int, dict[int, YearOfFund]], on: date, fund_id: int, lots: dict[int, int]
) -> None:
    """Of what a fund took over on a day, this is of known years."""
    of_year = years.setdefault(clock.fiscal_year(on), {})
    was = of_year.get(fund_id, YearOfFund())
    of_year[fund_id] = replace(
        was,
        taken_over=was.taken_over - sum(lots.values()),
        brought={of: was.brought.get(of, 0) + lots.get(of, 0) for of in {*was.brought, *lots}},
    )


def _did(codes: dict[str, int]) -> YearOfFund:
    """Credits less debits of lines, as what a fund received, spent and took over."""

    def of(prefixes: tuple[str, ...]) -> int:
        return sum(amount for code, amount in codes.items() if code.startswith(prefixes))

    return YearOfFund(
        received=of(lines.REVENUE),
        spent=-of((*lines.EXPENSE, *lines.TRANSFER)),
        taken_over=of(lines.TAKEN_OVER),
    )


def _fiscal_year_of(day: SQLColumnExpression[date]) -> Any:
    return cast(extract("year", day - text("interval '3 months'")), Integer)


def _by_year(until: date) -> Select[*tuple[Any, ...]]:
    """From the sums of months: the ages of a long book cost what those of a short one do."""
    moved = movements(
        date.min,
        until,
        only=LedgerAccount.fund_class == FundClass.DESIGNATED,
        before_closings=True,
    )
    by = (_fiscal_year_of(moved.c.month), LedgerAccount.fund_id, LedgerAccount.chart_code)
    return (
        select(*by, cast(func.sum(moved.c.credits - moved.c.debits), BigInteger))
        .join(LedgerAccount, LedgerAccount.id == moved.c.account_id)
        .group_by(*by)
    )


def _between(until: date) -> Select[*tuple[Any, ...]]:
    giver, receiver = aliased(LedgerAccount), aliased(LedgerAccount)
    moved = fund_moves(until=until)
    by = (_fiscal_year_of(moved.c.month), giver.fund_id, receiver.fund_id)
    return (
        select(*by, cast(func.sum(moved.c.amount), BigInteger))
        .join(giver, giver.id == moved.c.giver_account_id)
        .join(receiver, receiver.id == moved.c.receiver_account_id)
        .group_by(*by)
    )


@dataclass(frozen=True, slots=True)
class Appeal:
    """A campaign that asked everybody, with its fund and the ways in which gifts came."""

    campaign: Campaign
    fund: Fund


def appeals(*, fund_id: int | None = None) -> list[Appeal]:
    """Every appeal that was ever opened, the oldest first; or that of one fund."""
    statement = (
        select(Campaign, Fund)
        .join(Fund, Fund.id == Campaign.fund_id)
        .where(Campaign.launched_at.is_not(None))
        .order_by(Campaign.launched_at, Campaign.id)
    )
    if fund_id is not None:
        statement = statement.where(Fund.id == fund_id)
    return [Appeal(campaign, fund) for campaign, fund in db.session.execute(statement)]


def methods_of(campaign_id: int) -> Sequence[Method]:
    """How the gifts of an appeal were paid."""
    return db.session.scalars(
        select(Donation.method)
        .where(Donation.campaign_id == campaign_id, Donation.state.in_(STANDING))
        .distinct()
        .order_by(Donation.method)
    ).all()


def uses_of_funds() -> dict[int, str]:
    """By fund: what its campaign asked the money for."""
    rows = db.session.execute(
        select(Campaign.fund_id, Campaign.title, Campaign.summary)
        .where(Campaign.fund_id.is_not(None))
        .order_by(Campaign.id)
    )
    return {fund_id: f"{title} – {summary}" for fund_id, title, summary in rows}
