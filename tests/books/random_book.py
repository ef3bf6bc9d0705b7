"""Books at random, for what holds of every book: gifts, grants, refunds, two years, a close."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from civicfund.core.db import db
from civicfund.core.money import yen
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from civicfund.ledger.models import Fund
from tests.factories.ledger import make_bank_balance, make_fund, make_gift

# Each fund starts with 40,700 yen for its purpose, which eight grants of the greatest cannot
# exhaust.
MOST_DEEDS, GREATEST = 8, 5_000
DAYS = st.dates(date(2026, 2, 1), date(2027, 2, 28))


@dataclass(frozen=True)
class Deed:
    """Something that was booked: a gift, a grant of it, a payment, a transfer, its undoing."""

    kind: str
    on: date
    amount: int
    fund: int
    is_folded: bool


DEEDS = st.lists(
    st.builds(
        Deed,
        kind=st.sampled_from(["gift", "grant", "match", "undone", "bank"]),
        on=DAYS,
        amount=st.integers(1_000, GREATEST),
        fund=st.integers(0, 1),
        is_folded=st.booleans(),
    ),
    max_size=MOST_DEEDS,
)


@contextmanager
def booked(deeds: Sequence[Deed]) -> Iterator[list[Fund]]:
    """A house in which these deeds were done and the first year closed; nothing stays."""
    with db.session.begin_nested() as here:
        funds = [make_fund(), make_fund()]
        for fund in funds:
            make_gift(fund, amount=50_000, share=7_500, fee=1_800, on=date(2026, 2, 1))
        make_bank_balance(100_000, on=date(2026, 2, 1))
        for number, deed in enumerate(deeds):
            _do(deed, funds, key=f"deed/{number}")
            if deed.is_folded:
                services.fold_balances()
        services.close_year(date(2026, 3, 31))
        db.session.flush()
        yield funds
        here.rollback()


def _do(deed: Deed, funds: Sequence[Fund], *, key: str) -> None:
    fund, other = funds[deed.fund], funds[1 - deed.fund]
    amount = yen(deed.amount)
    if deed.kind == "grant":
        draft = rules.grant_awarded(amount, fund=fund)
    elif deed.kind == "match":
        draft = rules.match_from_fund(amount, giver=fund, receiver=other)
    elif deed.kind == "bank":
        draft = rules.moved_to_designated_bank(amount, general=queries.general_fund())
    else:
        entry = make_gift(fund, amount=deed.amount, share=150, fee=36, on=deed.on)
        if deed.kind == "undone":
            services.reverse_entry(entry.id, key=key, reason="誤記", effective_on=deed.on)
        return
    services.post_entry(draft, key=key, effective_on=deed.on)
