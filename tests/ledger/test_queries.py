"""Looking things up in the book."""

from datetime import date

import pytest
from flask import Flask

from civicfund.core.db import db
from civicfund.core.money import yen
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from civicfund.ledger.models import Fund
from civicfund.ledger.queries import EntryFilter
from tests.factories.ledger import make_bank_balance, make_fund


@pytest.fixture
def fund(house: Flask) -> Fund:
    return make_fund(code="C-1")


@pytest.fixture
def book(fund: Fund) -> dict[str, int]:
    """Key -> entry id of six entries over three months."""
    general = queries.general_fund()
    hanako = services.party(kind="donation", ref="1", public_name=None, full_name="山田 はなこ")
    taro = services.party(kind="donation", ref="2", public_name="タロウ", full_name="鈴木 太郎")
    for key, amount, party, on in (
        ("hidden", 10_000, hanako, date(2026, 4, 1)),
        ("named", 3_000, taro, date(2026, 4, 30)),
        ("nobody", 500, None, date(2026, 5, 1)),
    ):
        draft = rules.donation_received(
            yen(amount), operating_share=yen(amount * 15 // 100), fee=yen(18), fund=fund,
            general=general,
        )  # fmt: skip
        services.post_entry(draft, key=key, party=party, effective_on=on)
    make_bank_balance(100_000, on=date(2026, 5, 2))
    services.post_entry(
        rules.grant_awarded(yen(9_000), fund=fund), key="award", effective_on=date(2026, 6, 1)
    )
    services.post_entry(
        rules.grant_instalment_paid(yen(8_000), fund=fund, general=general),
        key="paid",
        effective_on=date(2026, 6, 2),
    )
    return {entry.key: entry.id for entry in queries.entries_after(EntryFilter()).items}


def keys(wanted: EntryFilter) -> list[str]:
    items = queries.entries_after(wanted).items
    assert queries.entry_count(wanted) == len(items)
    return [entry.key for entry in items if not entry.key.startswith("opening")]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (EntryFilter(date_from=date(2026, 5, 1)), ["nobody", "award", "paid"]),
        (EntryFilter(date_to=date(2026, 4, 30)), ["hidden", "named"]),
        (EntryFilter(date_from=date(2026, 4, 30), date_to=date(2026, 5, 1)), ["named", "nobody"]),
        (EntryFilter(at_least=3_000, at_most=9_000), ["named", "award", "paid"]),
        (EntryFilter(at_least=10_000, at_most=10_000), ["hidden"]),
        # The operating share is a line of its own; a whole entry is larger.
        (EntryFilter(at_least=1_500, at_most=1_500), []),
        (EntryFilter(at_least=1_500, at_most=1_500, in_lines=True), ["hidden"]),
        (EntryFilter(at_most=20, in_lines=True), ["hidden", "named", "nobody"]),
        (EntryFilter(at_least=9_500, in_lines=True), ["hidden"]),
        (EntryFilter(party="たろう"), ["named"]),
        (EntryFilter(party="鈴木"), []),
        (EntryFilter(party="ハナコ"), []),
        (EntryFilter(party="ハナコ", sees_names=True), ["hidden"]),
        (EntryFilter(party="%", sees_names=True), []),
        (EntryFilter(fund="C-1", date_from=date(2026, 6, 1)), ["award", "paid"]),
        (EntryFilter(fund="C-2"), []),
        (EntryFilter(account="2121"), ["award", "paid"]),
        (EntryFilter(account="1112/GENERAL"), ["paid"]),
        (EntryFilter(kind="grant_awarded"), ["award"]),
        (EntryFilter(is_late=True, date_from=date(2099, 1, 1)), []),
        (EntryFilter(date_from=date(2026, 4, 1), at_least=1_000, party="たろう"), ["named"]),
    ],
    ids=str,
)
def test_entries_are_found_by_day_amount_party_fund_and_account(
    wanted: EntryFilter, expected: list[str]
) -> None:
    assert keys(wanted) == expected


def test_a_machine_follows_the_book_by_cursor(book: dict[str, int]) -> None:
    read: list[int] = []
    after = 0
    while True:
        page = queries.entries_after(EntryFilter(), after=after, limit=2)
        read += [entry.id for entry in page.items]
        if page.newer_than is None:
            break
        after = page.newer_than
    assert read == sorted(book.values())


def test_pages_go_back_and_forth(book: dict[str, int]) -> None:
    ids = sorted(book.values(), reverse=True)
    first = queries.newest_entries(EntryFilter(), limit=2)
    assert ([e.id for e in first.items], first.newer_than) == (ids[:2], None)
    second = queries.newest_entries(EntryFilter(), older_than=first.older_than, limit=2)
    assert [e.id for e in second.items] == ids[2:4]
    third = queries.newest_entries(EntryFilter(), older_than=second.older_than, limit=2)
    assert ([e.id for e in third.items], third.older_than) == (ids[4:], None)
    back = queries.newest_entries(EntryFilter(), newer_than=third.newer_than, limit=2)
    assert [e.id for e in back.items] == ids[2:4]
    top = queries.newest_entries(EntryFilter(), newer_than=back.newer_than, limit=2)
    assert ([e.id for e in top.items], top.newer_than) == (ids[:2], None)


def test_an_entry_is_loaded_whole(book: dict[str, int]) -> None:
    db.session.expire_all()
    entry = queries.entry_by_id(book["named"])
    assert entry is not None
    assert entry.party is not None
    assert entry.party.public_name == "タロウ"
    assert {t.debit_account.fund.code for t in entry.transfers} == {"GENERAL", "C-1"}
    assert queries.entry_by_key("named") is entry
    assert queries.entry_by_id(10**9) is None


def test_an_account_shows_its_lines_with_the_balance_after_each(book: dict[str, int]) -> None:
    account = queries.account_by_code("4111/C-1")
    assert account is not None
    first = queries.account_page(account, limit=2)
    assert first.balance == 8_500 + 2_550 + 425
    assert [(line.entry.key, line.credit, line.balance) for line in first.lines] == [
        ("nobody", 425, 11_475),
        ("named", 2_550, 11_050),
    ]
    second = queries.account_page(account, older_than=first.older_than, limit=2)
    assert [(line.entry.key, line.balance) for line in second.lines] == [("hidden", 8_500)]
    assert second.older_than is None
    assert first.lines[0].other.code == "1131/GENERAL"


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("when", ["never", "before", "between"])
def test_every_line_of_an_account_shows_its_balance_on_whatever_page(when: str) -> None:
    """Also when some of it was folded, before the first page or between two."""
    account = queries.account_by_code("1131/GENERAL")
    assert account is not None
    whole = [
        (line.entry.id, line.line, line.balance) for line in queries.account_page(account).lines
    ]
    if when == "before":
        services.fold_balances()
    read: list[tuple[int, int, int]] = []
    cursor: str | None = None
    while not read or cursor:
        page = queries.account_page(account, older_than=cursor, limit=2)
        read += [(line.entry.id, line.line, line.balance) for line in page.lines]
        cursor = page.older_than
        if when == "between":
            services.fold_balances()
    assert read == whole
    assert len(whole) == 9


@pytest.mark.usefixtures("book")
def test_a_cursor_of_another_account_is_none() -> None:
    one, other = map(queries.account_by_code, ("1131/GENERAL", "4111/C-1"))
    assert one is not None
    assert other is not None
    page = queries.account_page(one, limit=2)
    assert queries.account_page(other, older_than=page.older_than) == queries.account_page(other)
    mangled = (page.older_than or "").replace("/", "x", 1) + "x"
    assert queries.account_page(one, older_than=mangled, limit=2) == page


@pytest.mark.usefixtures("book")
def test_balances_on_a_day(fund: Fund) -> None:
    assert queries.balance_of("4111", fund.id, on=date(2026, 3, 31)) == yen(0)
    assert queries.balance_of("4111", fund.id, on=date(2026, 4, 1)) == yen(8_500)
    assert queries.balance_of("4111", on=date(2026, 4, 30)) == yen(11_050)
    trial = queries.trial_balance(on=date(2026, 4, 30))
    assert [(line.code, line.balance) for line in trial.lines] == [
        ("1131", 13_000 - 36),
        ("4111", 11_050),
        ("4191", 1_950),
        ("5231", 36),
    ]
    assert trial.total("debits") == trial.total("credits")
    services.fold_balances()
    assert queries.trial_balance(on=date(2026, 4, 30)) == trial


@pytest.mark.usefixtures("book")
def test_funds_side_by_side(fund: Fund) -> None:
    [general, campaign] = queries.balances_by_fund()
    assert general.fund.code == "GENERAL"
    assert general.general == 100_000
    assert campaign.fund is fund
    assert (campaign.received, campaign.granted, campaign.spent) == (13_500, 9_000, 54)
    assert (campaign.designated, campaign.general) == (11_475 - 54 - 9_000, 2_025)
    assert (campaign.held, campaign.payable) == (0, 1_000)
    [account] = queries.balances_by_account(chart_code="2121")
    assert (account.account.code, account.balance) == ("2121/C-1", 1_000)
    assert len(queries.balances_by_account(fund="C-1")) == 5
