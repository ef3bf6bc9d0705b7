"""Where the yen of a gift go: the parts that are fixed, and the fee that can only be estimated."""

from dataclasses import dataclass

from civicfund.core.money import Money
from civicfund.core.settings import setting
from civicfund.donors.models import Donation, Method

# At a store payment services take at least this, and consumption tax on top.
LEAST_KONBINI_FEE = 120
TAX_PERCENT = 10


@dataclass(frozen=True, slots=True)
class Split:
    """`amount` = `project` + `operating` + `fee`; the fee is an estimate until it was taken."""

    amount: Money
    project: Money
    operating: Money
    fee: Money


def split_of(amount: Money, *, share_percent: int, method: Method) -> Split:
    """What a gift would become, as it is shown before it is made (R9)."""
    operating = amount.percent(share_percent)
    fee = min(_fee_estimate(amount, method), amount - operating, key=lambda part: part.minor)
    return Split(amount, amount - operating - fee, operating, fee)


def returned_parts(donation: Donation, *, before: Money, amount: Money, fee: Money) -> Split:
    """The parts of a refund of `amount` after `before` was returned already.

    Each part is cut on the running sum, so that the parts of all refunds add up to the gift's own.
    """
    whole, after = donation.amount_yen, before.minor + amount.minor

    def share(part: int) -> Money:
        return Money(part * after // whole - part * before.minor // whole)

    operating = share(donation.operating_yen)
    return Split(amount, amount - operating, operating, share(fee.minor))


def _fee_estimate(amount: Money, method: Method) -> Money:
    fee = amount.minor * int(setting("CARD_FEE_PER_MILLE")) // 1000
    if method is Method.KONBINI:
        fee = max(fee, LEAST_KONBINI_FEE)
        fee += fee * TAX_PERCENT // 100
    return Money(fee)
