"""Every yen of the posting rules, and the worked year that they add up to."""

import inspect
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from civicfund.core.money import yen
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from civicfund.ledger.drafts import AccountKey, EntryDraft
from civicfund.ledger.kinds import KINDS
from civicfund.ledger.models import AccountKind, Fund, FundClass, FundKind
from tests.factories.worked_year import Funds, live_a_year, open_funds

GENERAL = Fund(id=1, code="GENERAL", kind=FundKind.GENERAL, designation=FundClass.GENERAL)
C1 = Fund(id=2, code="C1", kind=FundKind.CAMPAIGN, designation=FundClass.DESIGNATED)
NAMED = Fund(id=3, code="N1", kind=FundKind.NAMED, designation=FundClass.DESIGNATED)
CODES = {1: "G", 2: "C1", 3: "N1"}


def table(draft: EntryDraft) -> list[str]:
    """`1131/G 4111/C1 8500`: debit, credit, yen."""
    return [
        f"{line.debit.chart_code}/{CODES[line.debit.fund_id]} "
        f"{line.credit.chart_code}/{CODES[line.credit.fund_id]} {line.amount.minor}"
        for line in draft.lines
    ]


GIFT: dict[str, Any] = {"operating_share": yen(1_500), "fund": C1, "general": GENERAL}
BY_RULE = [
    (
        "E-01a,b JCB",
        rules.donation_received(yen(10_000), fee=yen(396), **GIFT),
        ["1131/G 4111/C1 8500", "1131/G 4191/C1 1500", "5231/C1 1131/G 396"],
    ),
    (
        "E-01b alone",
        rules.processing_fee(yen(396), fund=C1, general=GENERAL),
        ["5231/C1 1131/G 396"],
    ),
    (
        "E-01c Visa",
        rules.donation_received(yen(10_000), fee=yen(360), **GIFT),
        ["1131/G 4111/C1 8500", "1131/G 4191/C1 1500", "5231/C1 1131/G 360"],
    ),
    (
        "E-01 without a purpose",
        rules.general_gift_received(yen(10_000), fee=yen(360), general=GENERAL),
        ["1131/G 4101/G 10000", "5231/G 1131/G 360"],
    ),
    ("E-02", rules.payout_received(yen(19_244), general=GENERAL), ["1112/G 1131/G 19244"]),
    (
        "E-03 konbini",
        rules.donation_received(
            yen(2_000), operating_share=yen(300), fee=yen(132), fund=C1, general=GENERAL
        ),
        ["1131/G 4111/C1 1700", "1131/G 4191/C1 300", "5231/C1 1131/G 132"],
    ),
    ("E-04a", rules.bank_receipt_unmatched(yen(30_000), general=GENERAL), ["1112/G 2131/G 30000"]),
    (
        "E-04b",
        rules.bank_receipt_matched(
            yen(30_000), operating_share=yen(4_500), fund=C1, general=GENERAL
        ),
        ["2131/G 4111/C1 25500", "2131/G 4191/C1 4500"],
    ),
    ("E-04 back", rules.bank_receipt_returned(yen(9), general=GENERAL), ["2131/G 1112/G 9"]),
    (
        "E-05a,b",
        rules.donation_refunded(yen(10_000), fee=yen(360), **GIFT),
        ["4111/C1 1131/G 8500", "4191/C1 1131/G 1500", "5231/G 5231/C1 360"],
    ),
    (
        "E-05a from the bank",
        rules.donation_refunded(yen(10_000), fee=yen(0), through="1112", **GIFT),
        ["4111/C1 1112/G 8500", "4191/C1 1112/G 1500"],
    ),
    ("E-05c", rules.earlier_gift_refunded(yen(700), general=GENERAL), ["5291/G 1131/G 700"]),
    (
        "E-06a",
        rules.dispute_opened(yen(10_000), dispute_fee=yen(1_500), general=GENERAL),
        ["1135/G 1131/G 10000", "5232/G 1131/G 1500"],
    ),
    ("E-06b", rules.dispute_won(yen(10_000), general=GENERAL), ["1131/G 1135/G 10000"]),
    (
        "E-06c",
        rules.dispute_lost(yen(10_000), fee=yen(396), **GIFT),
        ["4111/C1 1135/G 8500", "4191/C1 1135/G 1500", "5231/G 5231/C1 396"],
    ),
    (
        "E-06d",
        rules.dispute_lost_after_grant(yen(10_000), **GIFT),
        ["5292/G 1135/G 8500", "4191/C1 1135/G 1500"],
    ),
    (
        "E-07",
        rules.company_match_received(yen(20_000), fund=C1, general=GENERAL),
        ["1112/G 4114/C1 20000"],
    ),
    (
        "E-08a",
        rules.municipal_match_decided(yen(10_000), fund=C1, general=GENERAL),
        ["1141/G 4201/C1 10000"],
    ),
    ("E-08b", rules.municipal_match_paid(yen(10_000), general=GENERAL), ["1112/G 1141/G 10000"]),
    ("E-09", rules.match_from_fund(yen(5), giver=NAMED, receiver=C1), ["3190/N1 3190/C1 5"]),
    (
        "E-10a",
        rules.named_fund_received(
            yen(500_000), operating_share=yen(50_000), fund=NAMED, general=GENERAL
        ),
        ["1112/G 4113/N1 450000", "1112/G 4191/N1 50000"],
    ),
    (
        "E-10b",
        rules.moved_to_designated_bank(yen(450_000), general=GENERAL),
        ["1115/G 1112/G 450000"],
    ),
    ("E-11a", rules.grant_awarded(yen(57_068), fund=C1), ["5101/C1 2121/C1 57068"]),
    (
        "E-11b",
        rules.grant_instalment_paid(yen(45_654), fund=C1, general=GENERAL),
        ["2121/C1 1112/G 45654"],
    ),
    ("E-11c", rules.bank_transfer_fee(yen(330), general=GENERAL), ["5233/G 1112/G 330"]),
    (
        "E-11d",
        rules.grant_instalment_paid(yen(11_414), fund=C1, general=GENERAL),
        ["2121/C1 1112/G 11414"],
    ),
    ("E-12a", rules.grant_returned(yen(7), fund=C1, general=GENERAL), ["1112/G 5101/C1 7"]),
    (
        "E-12b claimed",
        rules.earlier_grant_reclaimed(yen(7), fund=C1, general=GENERAL),
        ["1143/G 4601/C1 7"],
    ),
    (
        "E-12b paid",
        rules.earlier_grant_returned(yen(7), general=GENERAL),
        ["1112/G 1143/G 7"],
    ),
    ("E-12c", rules.award_reduced(yen(7), fund=C1), ["2121/C1 5101/C1 7"]),
    ("E-13", rules.purpose_lost(yen(7), fund=C1, general=GENERAL), ["3900/C1 3900/G 7"]),
    (
        "E-14a",
        rules.conditional_gift_held(yen(3_000), fee=yen(132), fund=C1, general=GENERAL),
        ["1131/G 2133/C1 3000", "5231/G 1131/G 132"],
    ),
    (
        "E-14b",
        rules.held_gift_designated(yen(3_000), operating_share=yen(450), fund=C1),
        ["2133/C1 4111/C1 2550", "2133/C1 4191/C1 450"],
    ),
    (
        "E-14c",
        rules.held_gift_to_be_returned(yen(3_000), fund=C1, general=GENERAL),
        ["2133/C1 2134/G 3000"],
    ),
    ("E-14c paid", rules.held_gift_returned(yen(3_000), general=GENERAL), ["2134/G 1112/G 3000"]),
    (
        "E-14c left to the fund",
        rules.held_gift_left_to_fund(yen(3_000), fund=C1, general=GENERAL),
        ["2133/C1 4101/G 3000"],
    ),
    ("E-15", rules.gift_in_kind(yen(8_000), becomes="5143", fund=C1), ["5143/C1 4116/C1 8000"]),
    (
        "E-16",
        rules.honorarium_paid(yen(10_000), withheld=yen(1_021), general=GENERAL),
        ["5111/G 1112/G 8979", "5111/G 2141/G 1021"],
    ),
    ("opening", rules.opening_balance(yen(5), general=GENERAL), ["1112/G 3200/G 5"]),
    (
        "negative provider balance",
        rules.provider_balance_reclassified(yen(16_764), general=GENERAL),
        ["1131/G 2135/G 16764"],
    ),
    (
        "negative provider balance, the next day",
        rules.provider_balance_restored(yen(16_764), general=GENERAL),
        ["2135/G 1131/G 16764"],
    ),
    (
        "what a fund brings along",
        rules.opening_balances(
            [(AccountKey("1112", GENERAL.id), yen(70)), (AccountKey("1151", GENERAL.id), yen(30))],
            [(AccountKey("3100", C1.id), yen(40)), (AccountKey("3200", GENERAL.id), yen(60))],
        )[0],
        ["1112/G 3100/C1 40", "1112/G 3200/G 30", "1151/G 3200/G 30"],
    ),
]


@pytest.mark.parametrize(
    ("draft", "expected"), [row[1:] for row in BY_RULE], ids=[row[0] for row in BY_RULE]
)
def test_each_rule_moves_these_yen(draft: EntryDraft, expected: list[str]) -> None:
    assert table(draft) == expected


@pytest.fixture
def funds(house: Flask) -> Funds:
    return open_funds()


def test_the_award_is_all_that_the_campaign_holds(funds: Funds) -> None:
    live_a_year(funds)

    assert queries.available_in(funds.c1.id) == yen(0)
    assert queries.available_in(funds.named.id) == yen(450_000)
    assert queries.balance_of("5101", funds.c1.id) == yen(57_068)


def test_the_worked_year_adds_up(funds: Funds) -> None:
    """Opening 3,000,000; general +52,082; designated +450,000, all of it in the named fund."""
    live_a_year(funds)
    trial = queries.trial_balance(on=date(2026, 12, 31))

    assert trial.total("debits") == trial.total("credits")
    assert trial.total("debit_balance") == trial.total("credit_balance")
    assert trial.of_kind(AccountKind.ASSET) == 3_516_496
    assert trial.of_codes(["1131"]) == -16_764
    assert trial.of_kind(AccountKind.LIABILITY) == 11_414 + 3_000
    result = trial.of_kind(AccountKind.REVENUE) - trial.of_kind(AccountKind.EXPENSE)
    assert trial.of_kind(AccountKind.NET_ASSETS) + result == 3_502_082

    by_fund = {balance.fund.code: balance for balance in queries.balances_by_fund()}
    assert sum(fund.general for fund in by_fund.values()) == 3_000_000 + 52_082
    assert {code: fund.designated for code, fund in by_fund.items()} == {
        "GENERAL": 0, "C-1": 0, "C-2": 0, "N-1": 450_000,
    }  # fmt: skip
    assert (by_fund["C-1"].granted, by_fund["C-1"].payable) == (57_068, 11_414)


def test_the_report_of_the_old_standard_comes_from_the_same_lines(funds: Funds) -> None:
    """平成20年: what was spent of designated money is released to general; same sums."""
    live_a_year(funds)
    accounts = queries.balances_by_account()

    def total(kind: AccountKind, fund_class: FundClass) -> int:
        return sum(
            one.balance
            for one in accounts
            if one.account.kind is kind and one.account.fund_class is fund_class
        )

    designated_receipts = total(AccountKind.REVENUE, FundClass.DESIGNATED)
    release = total(AccountKind.EXPENSE, FundClass.DESIGNATED)
    general_receipts = total(AccountKind.REVENUE, FundClass.GENERAL)
    general_expense = total(AccountKind.EXPENSE, FundClass.GENERAL) + release

    assert (designated_receipts, release) == (507_200, 57_200)
    assert (general_receipts, general_expense) == (54_800, 59_918)
    assert general_receipts + release - general_expense == 52_082
    assert designated_receipts - release == 450_000


def test_the_close_empties_the_year_and_forgets_nothing(funds: Funds) -> None:
    """E-17: revenue and expense at nothing, net assets as before, gifts still known as given."""
    live_a_year(funds)
    last_day = date(2026, 12, 31)
    before = {b.fund.code: b for b in queries.balances_by_fund()}
    posted = services.close_year(last_day)
    assert [entry.kind for entry in posted] == ["year_closed"] * 3

    trial = queries.trial_balance()
    assert trial.of_kind(AccountKind.REVENUE) == trial.of_kind(AccountKind.EXPENSE) == 0
    assert trial.of_kind(AccountKind.NET_ASSETS) == 3_502_082
    assert trial.of_codes(["3100"]) == 450_000
    assert queries.balance_of("3200") == yen(3_052_082)
    assert {b.fund.code: b for b in queries.balances_by_fund()} == before
    assert queries.gross_gifts_of([funds.c1.id]) == {funds.c1.id: 2_000 + 30_000}
    services.reverse_entry(posted[0].id, key="undo", reason="誤り")
    assert {b.fund.code: b for b in queries.balances_by_fund()} == before
    assert services.close_year(last_day)[0].kind == "year_closed"
    assert services.close_year(last_day) == []
    assert queries.balance_of("3200") == yen(3_052_082)


RULES = sorted(
    name
    for name, rule in vars(rules).items()
    if inspect.isfunction(rule) and rule.__module__ == rules.__name__ and name[0] != "_"
)


@pytest.mark.parametrize("name", RULES)
def test_each_rule_can_be_signed(name: str) -> None:
    """It says its debit and credit, has a name for people, and stands in the accountant's page."""
    said = inspect.getdoc(getattr(rules, name)) or ""
    assert "Dr" in said or name == "year_closed"
    assert "Cr" in said or name == "year_closed"
    assert name in KINDS
    page = Path(__file__).parents[2] / "docs" / "bookkeeping.md"
    assert f"`{name}`" in page.read_text(encoding="utf-8")
