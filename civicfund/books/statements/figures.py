"""A figure of a statement: which lines of which days it is the sum of, and its way back to them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from civicfund.books.statements.lines import TAKEN_OVER, Codes
from civicfund.books.statements.years import FiscalYear
from civicfund.core.enums import Labelled
from civicfund.core.errors import N_
from civicfund.ledger.chart import CHART
from civicfund.ledger.models import FundClass

FUND = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
ACCOUNT = re.compile(r"[0-9]{4}/[A-Z0-9][A-Z0-9-]{0,39}")
# An address is not longer than this; nobody needs to read one that is.
LONGEST = 600
# Between the names of figures that are summed.
BESIDE = "~"


class Measure(Labelled):
    """What of an account is counted."""

    FLOW = "flow", N_("What moved in the year")
    STOCK = "stock", N_("Balance at the end")
    # What a year began with: the balance before it, and what earlier books handed over in it.
    OPENING = "opening", N_("Balance at the beginning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The sum of the lines that begin with one of `codes`, of a 財源区分, of some programmes.

    `is_debit`: debits add to it. Closing entries of years are left out everywhere.
    """

    year: int
    codes: Codes
    is_debit: bool = False
    measure: Measure = Measure.FLOW
    fund_class: FundClass | None = None
    programs: tuple[str, ...] = ()
    fund: str = ""
    account: str = ""

    @property
    def days(self) -> tuple[date, date]:
        """The last day before the year, and the last day that counts."""
        year = FiscalYear(self.year)
        return year.eve, year.until

    def measured(self, code: str, before: int, after: int) -> int:
        """What an account counts for: from its debits less credits before and after the year."""
        sign = 1 if self.is_debit else -1
        if self.measure is Measure.STOCK:
            return sign * after
        moved = after - before
        if self.measure is Measure.FLOW:
            return sign * moved
        return sign * (before + (moved if code in TAKEN_OVER else 0))

    def takes(self, code: str, fund_class: FundClass | None, program: str) -> bool:
        """Is a line part of it?"""
        return (
            code.startswith(self.codes)
            and (self.fund_class is None or fund_class is self.fund_class)
            and (not self.programs or program in self.programs)
        )

    def __str__(self) -> str:
        """How an address names it; `of` reads it again."""
        parts = (
            ",".join(self.codes),
            "debit" if self.is_debit else "credit",
            self.measure.value,
            self.fund_class.value if self.fund_class else "",
            ",".join(self.programs),
            self.fund,
            self.account,
        )
        return ".".join(parts).rstrip(".")

    @classmethod
    def of(cls, text: str, *, year: int) -> Self | None:
        """The figure that an address names; None for anything else."""
        parts = [*text.split("."), *[""] * 7]
        codes, side, measure, fund_class, programs, fund, account = parts[:7]
        asked = tuple(dict.fromkeys(code for code in codes.split(",") if code))
        wanted, kind = Measure.of(measure), FundClass.of(fund_class)
        is_known = (
            bool(asked)
            and all(any(code.startswith(one) for code in CHART) for one in asked)
            and side in {"debit", "credit"}
            and (kind is not None or not fund_class)
            and (not fund or FUND.fullmatch(fund))
            and (not account or ACCOUNT.fullmatch(account))
            and not any(parts[7:])
        )
        if wanted is None or not is_known:
            return None
        return cls(
            year=year,
            codes=asked,
            is_debit=side == "debit",
            measure=wanted,
            fund_class=kind,
            programs=tuple(one for one in programs.split(",") if one),
            fund=fund,
            account=account,
        )


def name_of(figures: Iterable[Figure]) -> str:
    """How an address names the sum of several figures of one year; `named` reads it again."""
    return BESIDE.join(map(str, figures))


def named(text: str, *, year: int) -> list[Figure]:
    """The figures that an address names, to be summed; none if one of them is nonsense."""
    found = [Figure.of(part, year=year) for part in text[:LONGEST].split(BESIDE)]
    figures = [figure for figure in found if figure is not None]
    return figures if len(figures) == len(found) else []


@dataclass(frozen=True, slots=True)
class LineKey:
    """What a statement can tell apart: line of the chart, 財源区分, 事業区分."""

    code: str
    fund_class: FundClass | None
    program: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Debits less credits of every line at the end of some days: what statements are made of."""

    days: Sequence[date]
    sums: Mapping[LineKey, Sequence[int]]

    def amount(self, figure: Figure) -> int:
        """The sum that a figure stands for."""
        before, after = (self.days.index(day) for day in figure.days)
        return sum(
            figure.measured(key.code, sums[before], sums[after])
            for key, sums in self.sums.items()
            if figure.takes(key.code, key.fund_class, key.program)
        )

    def codes(self, prefixes: Codes) -> list[str]:
        """The lines that ever moved, of those that begin so."""
        return sorted({key.code for key in self.sums if key.code.startswith(prefixes)})

    def programs(self, prefixes: Codes) -> set[str]:
        """The programmes in which such lines ever moved."""
        return {key.program for key in self.sums if key.code.startswith(prefixes)}


def days_of(years: Iterable[int]) -> list[date]:
    """The days at whose end balances are wanted for statements of these years."""
    found: set[date] = set()
    for number in years:
        year = FiscalYear(number)
        found |= {year.eve, year.until}
    return sorted(found)


def without(codes: Codes, *left_out: str) -> Codes:
    """Every line of the chart that begins with one of `codes`, but these."""
    return tuple(code for code in CHART if code.startswith(codes) and code not in left_out)
