"""Money: whole numbers of a currency's smallest unit, never floats."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from civicfund.core.errors import N_, Invalid

# ISO 4217 minor units; yen has none, so 5,000 yen is 5000.
EXPONENTS = {"JPY": 0, "USD": 2, "EUR": 2}
# Above this an amount is a slip of the finger: ten thousand million yen.
LARGEST_YEN = 10_000_000_000


class NotAnAmount(Invalid):
    """What was typed is not a whole number of yen."""

    message = N_("Enter the amount as a whole number of yen, for example 3,000.")
    field = "amount"


class CurrenciesDiffer(Invalid):
    """Two currencies met in one sum."""

    message = N_("Amounts of different currencies cannot be added.")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` units of `currency`; `Money(5000)` is five thousand yen."""

    minor: int
    currency: str = "JPY"

    def __post_init__(self) -> None:
        assert type(self.minor) is int, "money is whole"
        assert self.currency in EXPONENTS, self.currency

    def _same(self, other: Self) -> int:
        if self.currency != other.currency:
            raise CurrenciesDiffer
        return other.minor

    def __add__(self, other: Self) -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Self) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Self) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def percent(self, rate: int) -> "Money":
        """`rate` per cent, cut to the whole unit: the remainder stays with the rest."""
        return Money(self.minor * rate // 100, self.currency)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Divide by `weights`; the parts always sum to the whole (largest remainder first)."""
        total = sum(weights)
        assert total > 0, "weights must sum to more than nothing"
        assert all(weight >= 0 for weight in weights), "weights are not negative"
        floors = [self.minor * weight // total for weight in weights]
        rest = self.minor - sum(floors)
        by_remainder = sorted(
            range(len(weights)), key=lambda i: (-(self.minor * weights[i] % total), i)
        )
        for i in by_remainder[:rest]:
            floors[i] += 1
        return [Money(part, self.currency) for part in floors]


def yen(amount: int) -> Money:
    """`amount` whole yen."""
    return Money(amount, "JPY")


_GROUPED = re.compile(r"\d{1,3}(,\d{3})+|\d+")


def parse_yen(text: str) -> int:
    """Whole yen from what a person types: `１，０００円`, `¥1,000`, `1000`.

    Raises `NotAnAmount` for anything that is not a whole number of yen.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("、", ",")
    plain = plain.removeprefix("¥").removeprefix("\\").removesuffix("円").strip()
    sign = plain.startswith("-")
    plain = plain.removeprefix("-").strip()
    if not _GROUPED.fullmatch(plain) or len(plain) > 20 or not plain.isascii():
        raise NotAnAmount
    amount = int(plain.replace(",", ""))
    return -amount if sign else amount
