"""Where 10,000 yen go: the project, the fund's running, the card company."""

from dataclasses import dataclass

from civicfund.core.money import Money, yen
from civicfund.core.settings import setting

EXAMPLE = yen(10_000)


@dataclass(frozen=True, slots=True)
class Split:
    """Three parts that sum to `gross`; the fee is what is usual, the book takes what it was."""

    gross: Money
    project: Money
    operating: Money
    fee: Money


def split_example(*, operating_share_percent: int, gross: Money = EXAMPLE) -> Split:
    """Each part is cut to the yen, and the remainders go to the project."""
    operating = gross.percent(operating_share_percent)
    fee = Money(gross.minor * int(setting("CARD_FEE_PER_MILLE")) // 1000)
    return Split(gross, gross - operating - fee, operating, fee)
