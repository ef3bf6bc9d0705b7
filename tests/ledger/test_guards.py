"""Guards: no account, fund or bank gives what it does not hold; nobody changes the book."""

from collections.abc import Callable
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.ledger import checks, queries, services
from civicfund.ledger import posting_rules as rules
from civicfund.ledger.errors import BankOverdrawn, FundOverdrawn, Overdrawn, WrongIsolation
from civicfund.ledger.models import Fund
from tests.factories.ledger import make_bank_balance, make_fund, make_gift

_numbers = count(1)


@pytest.fixture
def general(house: Flask) -> Fund:
    return queries.general_fund()


@pytest.fixture
def fund(general: Fund) -> Fund:
    return make_fund(code="C-1")


class TestGuards:
    def test_an_award_may_take_all_that_the_fund_holds(self, fund: Fund) -> None:
        make_gift(fund, amount=10_000, share=1_500)
        services.post_entry(rules.grant_awarded(yen(8_500), fund=fund), key="award/1")
        assert queries.available_in(fund.id) == yen(0)

    def test_an_award_may_not_take_a_yen_more(self, fund: Fund) -> None:
        make_gift(fund, amount=10_000, share=1_500)
        with pytest.raises(FundOverdrawn) as refusal:
            services.post_entry(rules.grant_awarded(yen(8_501), fund=fund), key="award/1")
        assert refusal.value.places == {"available": "8,500", "asked": "8,501"}
        assert "8,500 yen" in str(refusal.value)
        db.session.rollback()

    def test_no_instalment_beyond_the_award(self, fund: Fund, general: Fund) -> None:
        make_gift(fund)
        make_bank_balance(50_000)
        services.post_entry(rules.grant_awarded(yen(10_000), fund=fund), key="award")
        services.post_entry(
            rules.grant_instalment_paid(yen(8_000), fund=fund, general=general), key="pay/1"
        )
        with pytest.raises(Overdrawn) as refusal:
            services.post_entry(
                rules.grant_instalment_paid(yen(2_001), fund=fund, general=general), key="pay/2"
            )
        assert refusal.value.places == {"available": "2,000", "asked": "2,001"}

    def test_the_bank_is_never_overdrawn(self, general: Fund) -> None:
        make_bank_balance(100)
        with pytest.raises(BankOverdrawn) as refusal:
            services.post_entry(rules.bank_transfer_fee(yen(330), general=general), key="fee")
        assert refusal.value.places == {"available": "100", "asked": "330"}

    def test_a_refund_after_the_grant_is_refused(self, fund: Fund, general: Fund) -> None:
        make_gift(fund)
        services.post_entry(rules.grant_awarded(yen(9_000), fund=fund), key="award")
        with pytest.raises(FundOverdrawn):
            services.post_entry(
                rules.donation_refunded(
                    yen(10_000), operating_share=yen(0), fee=yen(0), fund=fund, general=general
                ),
                key="refund",
            )

    def test_the_lines_of_an_entry_are_judged_together(self, fund: Fund, general: Fund) -> None:
        make_gift(fund, amount=10_000, share=0, fee=360)
        assert queries.available_in(fund.id) == yen(9_640)
        # Line by line this would dip to -360 before the fund takes over the fee.
        services.post_entry(
            rules.donation_refunded(
                yen(10_000), operating_share=yen(0), fee=yen(360), fund=fund, general=general
            ),
            key="refund",
        )
        assert queries.available_in(fund.id) == yen(0)

    def test_held_money_is_returned_once(self, fund: Fund, general: Fund) -> None:
        services.post_entry(
            rules.conditional_gift_held(yen(3_000), fee=yen(0), fund=fund, general=general),
            key="held",
        )
        assert queries.held_gifts_of([fund.id]) == {fund.id: 3_000}
        services.post_entry(
            rules.held_gift_to_be_returned(yen(3_000), fund=fund, general=general), key="back"
        )
        with pytest.raises(Overdrawn):
            services.post_entry(
                rules.held_gift_left_to_fund(yen(3_000), fund=fund, general=general), key="left"
            )

    def test_the_refusal_tells_the_whole_amount_of_the_entry(
        self, fund: Fund, general: Fund
    ) -> None:
        held = rules.conditional_gift_held(yen(900), fee=yen(0), fund=fund, general=general)
        services.post_entry(held, key="held")
        designated = rules.held_gift_designated(yen(1_000), operating_share=yen(150), fund=fund)
        with pytest.raises(Overdrawn) as refusal:
            services.post_entry(designated, key="designated")
        assert refusal.value.places == {"available": "900", "asked": "1,000"}

    @pytest.mark.usefixtures("open_house")
    def test_are_not_asked_under_a_frozen_view(self) -> None:
        with transaction():
            make_gift(make_fund(code="C-1"))
        with transaction() as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            fund = queries.fund_by_code("C-1")
            assert fund is not None
            with pytest.raises(WrongIsolation):
                services.post_entry(rules.grant_awarded(yen(1), fund=fund), key="award")
            session.rollback()

    def test_a_batch_is_judged_as_a_whole(self, fund: Fund, general: Fund) -> None:
        """A thousand held gifts are designated at once; one yen more than is held is refused."""
        held = [
            services.Posting(
                draft=rules.conditional_gift_held(yen(10), fee=yen(0), fund=fund, general=general),
                key=f"held/{number}",
            )
            for number in range(1_000)
        ]
        services.post_entries(held)

        def designate(count: int, amount: int) -> list[services.Posting]:
            draft = rules.held_gift_designated(yen(amount), operating_share=yen(1), fund=fund)
            return [
                services.Posting(draft=draft, key=f"designated/{amount}/{number}")
                for number in range(count)
            ]

        with pytest.raises(Overdrawn), db.session.begin_nested():
            services.post_entries([*designate(999, 10), *designate(1, 11)])
        services.post_entries(designate(1_000, 10))
        assert queries.held_gifts_of([fund.id]) == {fund.id: 0}
        assert queries.gross_gifts_of([fund.id]) == {fund.id: 10_000}

    def test_see_every_line_that_was_posted_before_in_the_same_deed(self, fund: Fund) -> None:
        """The awards look at the gift before them, though nothing has been committed."""
        services.post_entries([gift(fund, 100), award(fund, 60), award(fund, 40)])
        with pytest.raises(FundOverdrawn):
            services.post_entries([award(fund, 1)])

    def test_do_not_count_what_comes_in_later_in_the_same_deed(self, fund: Fund) -> None:
        with pytest.raises(FundOverdrawn) as refusal, db.session.begin_nested():
            services.post_entries([gift(fund, 60), award(fund, 100), gift(fund, 40)])
        assert refusal.value.places == {"available": "60", "asked": "100"}
        services.post_entries([gift(fund, 60), gift(fund, 40), award(fund, 100)])

    def test_count_a_spend_once_that_was_folded_meanwhile(self, fund: Fund, general: Fund) -> None:
        make_bank_balance(100)
        fees = [
            services.Posting(draft=rules.bank_transfer_fee(yen(n), general=general), key=f"fee/{n}")
            for n in (30, 60, 11)
        ]
        services.post_entries([gift(fund, 100), award(fund, 30), fees[0]])
        services.fold_balances()
        services.post_entries([award(fund, 60), fees[1]])
        services.post_entries([award(fund, 10)])
        with pytest.raises(BankOverdrawn) as refusal:
            services.post_entries([fees[2]])
        assert refusal.value.places == {"available": "10", "asked": "11"}

    def test_count_a_gift_once_that_was_folded_meanwhile(self, fund: Fund) -> None:
        services.post_entries([gift(fund, 10), award(fund, 10), gift(fund, 100)])
        services.fold_balances()
        with pytest.raises(FundOverdrawn) as refusal:
            services.post_entries([award(fund, 101)])
        assert refusal.value.places == {"available": "100", "asked": "101"}

    def test_the_bank_pays_out_in_the_order_of_entries(self, general: Fund) -> None:
        fee = services.Posting(draft=rules.bank_transfer_fee(yen(330), general=general), key="f")
        payout = services.Posting(
            draft=rules.payout_received(yen(330), general=general), key="payout"
        )
        with pytest.raises(BankOverdrawn), db.session.begin_nested():
            services.post_entries([fee, payout])
        services.post_entries([payout, fee])


def gift(fund: Fund, amount: int) -> services.Posting:
    draft = rules.donation_received(
        yen(amount), operating_share=yen(0), fee=yen(0), fund=fund, general=queries.general_fund()
    )
    return services.Posting(draft=draft, key=f"gift/{next(_numbers)}")


def award(fund: Fund, amount: int) -> services.Posting:
    return services.Posting(
        draft=rules.grant_awarded(yen(amount), fund=fund), key=f"award/{next(_numbers)}"
    )


def held(fund: Fund, amount: int) -> services.Posting:
    draft = rules.conditional_gift_held(
        yen(amount), fee=yen(0), fund=fund, general=queries.general_fund()
    )
    return services.Posting(draft=draft, key=f"held/{next(_numbers)}")


def designated(fund: Fund, amount: int) -> services.Posting:
    draft = rules.held_gift_designated(yen(amount), operating_share=yen(0), fund=fund)
    return services.Posting(draft=draft, key=f"designated/{next(_numbers)}")


def payout(_fund: Fund, amount: int) -> services.Posting:
    draft = rules.payout_received(yen(amount), general=queries.general_fund())
    return services.Posting(draft=draft, key=f"payout/{next(_numbers)}")


def instalment(fund: Fund, amount: int) -> services.Posting:
    draft = rules.grant_instalment_paid(yen(amount), fund=fund, general=queries.general_fund())
    return services.Posting(draft=draft, key=f"instalment/{next(_numbers)}")


# What a deed adds: for the purpose of the fund, on condition, to be paid, in the bank.
EFFECTS: dict[Callable[[Fund, int], services.Posting], tuple[int, int, int, int]] = {
    gift: (1, 0, 0, 0),
    award: (-1, 0, 1, 0),
    held: (0, 1, 0, 0),
    designated: (1, -1, 0, 0),
    payout: (0, 0, 0, 1),
    instalment: (0, 0, -1, -1),
}
Batches = list[list[tuple[Callable[[Fund, int], services.Posting], int]]]
DEEDS = st.tuples(st.sampled_from(list(EFFECTS)), st.integers(min_value=1, max_value=9))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=st.lists(st.lists(DEEDS, min_size=1, max_size=8), max_size=6))
def test_a_batch_is_booked_if_no_entry_of_it_takes_what_is_not_there_yet(
    house: Flask, batches: Batches
) -> None:
    fund = make_fund()
    in_bank = queries.balance_of("1112").minor
    holding = (0, 0, 0, in_bank)
    for batch in batches:
        after = holding
        sound = True
        for deed, amount in batch:
            after = tuple(
                had + amount * effect for had, effect in zip(after, EFFECTS[deed], strict=True)
            )
            sound = sound and min(after) >= 0
        try:
            with db.session.begin_nested():
                services.post_entries([deed(fund, amount) for deed, amount in batch])
        except Overdrawn:
            assert not sound
        else:
            assert sound
            holding = after
        services.fold_balances()
    assert {finding.name for finding in checks.run() if not finding.holds} == set()
    assert queries.available_in(fund.id).minor == holding[0]


APP_ROLE_MAY_NOT = [
    "UPDATE journal_entries SET memo = 'x'",
    "DELETE FROM journal_entries",
    "TRUNCATE journal_entries CASCADE",
    "UPDATE transfers SET amount_minor = 1",
    "DELETE FROM transfers",
    "TRUNCATE transfers",
    "INSERT INTO journal_entries (key, kind, effective_on, recorded_at, memo, amount_minor, "
    "is_late, content_hash) VALUES ('k', 'x', now(), now(), '', 1, false, sha256('x'))",
    "INSERT INTO transfers SELECT 1, 9, 1, 'none', 2, 'none', 1",
    "UPDATE balance_snapshots SET debits = 0",
    "INSERT INTO balance_snapshots VALUES (1, 1, 1, 1)",
    "UPDATE month_sums SET debits = 0",
    "INSERT INTO month_sums VALUES (1, '2026-05-01', 1, 1, 1)",
    "UPDATE fund_move_sums SET amount_minor = 0",
    "INSERT INTO fund_move_sums VALUES ('2026-05-01', 1, 2, 1)",
    "UPDATE ledger_accounts SET guard = 'none'",
    "DELETE FROM ledger_accounts",
    "UPDATE funds SET designation = 'general'",
    "DELETE FROM funds",
    "DELETE FROM ledger_parties",
    "ALTER TABLE transfers DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
]


@pytest.mark.parametrize("statement", APP_ROLE_MAY_NOT)
def test_the_application_may_not(fund: Fund, statement: str) -> None:
    make_gift(fund)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        db.session.execute(text(statement))


@pytest.mark.parametrize("statement", APP_ROLE_MAY_NOT[:6], ids=lambda line: line[:24])
def test_not_even_the_owner_changes_the_book(
    open_house: Flask, owner: Engine, statement: str
) -> None:
    with transaction():
        make_gift(make_fund())
    with pytest.raises(DBAPIError, match="append-only"), owner.begin() as connection:
        connection.execute(text(statement))
