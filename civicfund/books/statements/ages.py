"""指定寄附資金 by year of receipt: in each fund the oldest money is spent first.

Lots are kept by fiscal year, as the note asks. Money that another fund passes on keeps the year in
which it was received there. What earlier books handed over has no year and is spent before all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

# The year of lots whose receipt this book does not know.
UNKNOWN = 0
# The oldest year of each age, counted back from the year of the statement.
WITHIN_ONE, WITHIN_FIVE, WITHIN_TEN, OVER_TEN = "1", "5", "10", "over"
AGES = (WITHIN_ONE, WITHIN_FIVE, WITHIN_TEN, OVER_TEN, "unknown")


@dataclass(frozen=True, slots=True)
class YearOfFund:
    """What a fund's designated money did in a fiscal year, in yen.

    `taken_over` has no year of receipt; `brought` was taken over too, by the year of its receipt.
    """

    received: int = 0
    spent: int = 0
    taken_over: int = 0
    brought: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Lots:
    """What is left of each year's receipts; the sum is what the fund holds."""

    left: dict[int, int] = field(default_factory=dict)

    def add(self, year: int, amount: int) -> None:
        """Money of a year comes in."""
        self.left[year] = self.left.get(year, 0) + amount

    def take(self, amount: int, *, in_year: int) -> dict[int, int]:
        """The oldest `amount`, by year. What is not there yet is owed by the present year."""
        taken: dict[int, int] = {}
        for year in sorted(self.left):
            part = min(max(self.left[year], 0), amount)
            if part:
                taken[year] = part
                self.left[year] -= part
                amount -= part
        if amount:
            taken[in_year] = taken.get(in_year, 0) + amount
            self.add(in_year, -amount)
        return taken

    def settle(self) -> None:
        """Let older money pay what a year still owes."""
        for year in [year for year, left in self.left.items() if left < 0]:
            owed, self.left[year] = -self.left[year], 0
            self.take(owed, in_year=year)
        self.left = {year: left for year, left in self.left.items() if left}


# By fiscal year: what funds did, and (giver, receiver) -> amount.
Years = Mapping[int, Mapping[int, YearOfFund]]
Moves = Mapping[int, Mapping[tuple[int, int], int]]


def lots_of(years: Years, moves: Moves) -> dict[int, Lots]:
    """What is left in each fund of each year's receipts, when all of these years are over."""
    lots: dict[int, Lots] = {}
    for year in sorted({*years, *moves}):
        for fund, did in sorted(years.get(year, {}).items()):
            of_fund = lots.setdefault(fund, Lots())
            for of_year, part in {UNKNOWN: did.taken_over, **did.brought}.items():
                of_fund.add(of_year, part)
            _change(of_fund, year, did.received)
        for (giver, receiver), amount in _in_order(moves.get(year, {})):
            passed = lots.setdefault(giver, Lots()).take(amount, in_year=year)
            for of_year, part in passed.items():
                lots.setdefault(receiver, Lots()).add(of_year, part)
        for fund, did in sorted(years.get(year, {}).items()):
            _change(lots[fund], year, -did.spent)
        for of_fund in lots.values():
            of_fund.settle()
    return lots


def _in_order(moves: Mapping[tuple[int, int], int]) -> Iterator[tuple[tuple[int, int], int]]:
    """What passes through several funds in a year comes in before it goes on."""
    waiting = dict(moves)
    while waiting:
        receivers = {receiver for _giver, receiver in waiting}
        ready = [move for move in waiting if move[0] not in receivers] or [min(waiting)]
        for move in sorted(ready):
            yield move, waiting.pop(move)


def _change(lots: Lots, year: int, amount: int) -> None:
    if amount >= 0:
        lots.add(year, amount)
    else:
        lots.take(-amount, in_year=year)


def age_of(lot: int, *, at_end_of: int) -> str:
    """How old a year's receipts are when a fiscal year ends."""
    if lot == UNKNOWN:
        return AGES[-1]
    years = at_end_of - lot
    for age, limit in ((WITHIN_ONE, 1), (WITHIN_FIVE, 5), (WITHIN_TEN, 10)):
        if years < limit:
            return age
    return OVER_TEN


def by_age(lots: Iterable[Lots], *, at_end_of: int) -> dict[str, int]:
    """What is left, by age."""
    sums = dict.fromkeys(AGES, 0)
    for of_fund in lots:
        for year, left in of_fund.left.items():
            sums[age_of(year, at_end_of=at_end_of)] += left
    return sums
