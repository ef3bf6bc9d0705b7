"""What the sandbox keeps of a charge: the rates that a Japanese provider really takes."""

from dataclasses import dataclass

RATE_PER_MILLE = 36
LEAST_KONBINI_FEE = 120
TAX_PERCENT = 10
# Consumption tax is added to the fee of every brand but these two.
UNTAXED_BRANDS = frozenset({"visa", "mastercard"})


@dataclass(frozen=True)
class Fee:
    """The fee and its consumption tax, in yen."""

    before_tax: int
    tax: int

    @property
    def total(self) -> int:
        """What is kept."""
        return self.before_tax + self.tax


def fee_of(amount_yen: int, *, brand: str | None) -> Fee:
    """3.6 % of `amount_yen`; without a brand it was paid at a shop: at least 120 yen."""
    fee = amount_yen * RATE_PER_MILLE // 1000
    if brand is None:
        fee = max(fee, LEAST_KONBINI_FEE)
    taxed = brand not in UNTAXED_BRANDS
    return Fee(fee, fee * TAX_PERCENT // 100 if taxed else 0)
