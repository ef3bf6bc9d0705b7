"""What the fund holds now, from the book, for the home page."""

from dataclasses import dataclass

from civicfund.core.money import Money, yen
from civicfund.ledger import queries as book

IN_THE_BANK = ("1101", "1112", "1115", "1116")
ON_ITS_WAY = ("1131", "1132")


@dataclass(frozen=True, slots=True)
class Holdings:
    """Money that is there, and for whom part of it is kept."""

    in_the_bank: Money
    on_its_way: Money
    held_for_donors: Money
    promised_to_groups: Money


def holdings_now() -> Holdings:
    """Balances of this moment."""
    return Holdings(
        in_the_bank=_sum(IN_THE_BANK),
        on_its_way=_sum(ON_ITS_WAY),
        held_for_donors=book.balance_of("2133") + book.balance_of("2134"),
        promised_to_groups=book.balance_of("2121"),
    )


def _sum(codes: tuple[str, ...]) -> Money:
    return sum((book.balance_of(code) for code in codes), yen(0))
