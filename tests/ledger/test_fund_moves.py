"""What funds passed on up to a day is what the lines say, folded or not."""

from collections import Counter
from datetime import date

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from civicfund.core.db import db
from civicfund.core.money import yen
from civicfund.ledger import posting_rules, services
from civicfund.ledger.models import LedgerAccount
from civicfund.ledger.queries.fund_moves import fund_moves
from tests.factories.ledger import make_fund, make_gift

DAYS = st.dates(date(2026, 3, 1), date(2026, 5, 31))
# (day, giver, receiver, amount, was it folded?)
FUND = st.integers(0, 2)
MOVES = st.lists(st.tuples(DAYS, FUND, FUND, st.integers(1, 900), st.booleans()), max_size=8)


@given(MOVES, DAYS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_moves_between_funds_are_the_lines_up_to_the_day(
    house: Flask, deeds: list[tuple[date, int, int, int, bool]], until: date
) -> None:
    with db.session.begin_nested() as here:
        funds = [make_fund() for _ in range(3)]
        for fund in funds:
            make_gift(fund, amount=10_000, on=date(2026, 1, 1))
        expected: Counter[tuple[date, int, int]] = Counter()
        for number, (on, giver, receiver, amount, is_folded) in enumerate(deeds):
            if giver != receiver:
                draft = posting_rules.match_from_fund(
                    yen(amount), giver=funds[giver], receiver=funds[receiver]
                )
                services.post_entry(draft, key=f"move/{number}", effective_on=on)
                if on <= until:
                    ids = funds[giver].id, funds[receiver].id
                    expected[on.replace(day=1), *ids] += amount
            if is_folded:
                services.fold_balances()
        assert read(until) == expected
        here.rollback()


def read(until: date) -> Counter[tuple[date, int, int]]:
    """By month, giver and receiver."""
    accounts = select(LedgerAccount.id, LedgerAccount.fund_id)
    fund_of = dict(db.session.execute(accounts).all())
    found: Counter[tuple[date, int, int]] = Counter()
    moves = fund_moves(until=until)
    for month, giver, receiver, amount in db.session.execute(select(moves)):
        found[month, fund_of[giver], fund_of[receiver]] += amount
    return found


def test_a_reversed_move_goes_the_other_way(house: Flask) -> None:
    giver, receiver = make_fund(), make_fund()
    make_gift(giver, amount=500, on=date(2026, 4, 1))
    draft = posting_rules.match_from_fund(yen(300), giver=giver, receiver=receiver)
    posted = services.post_entry(draft, key="move", effective_on=date(2026, 4, 2))
    services.fold_balances()
    services.reverse_entry(posted.id, key="undo", reason="x", effective_on=date(2026, 5, 1))
    services.fold_balances()
    assert read(date(2026, 5, 31)) == {
        (date(2026, 4, 1), giver.id, receiver.id): 300,
        (date(2026, 5, 1), receiver.id, giver.id): 300,
    }
