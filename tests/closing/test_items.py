"""Each item of the checklist finds the fault that it is there for, and says where."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, text

from civicfund.campaigns.models import FundingModel
from civicfund.closing.checklist import Checklist, checklist_of
from civicfund.closing.found import ItemState
from civicfund.closing.items import look, month_of
from civicfund.closing.queries import months as queries
from civicfund.closing.views.ground import said
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.embedded import EmbeddedServer
from civicfund.core.money import yen
from civicfund.donors.models import Donation, Method
from civicfund.ledger import dating, periods, posting_rules
from civicfund.ledger import queries as book
from civicfund.ledger import services as ledger
from civicfund.ledger.models import FiscalPeriod, JournalEntry
from civicfund.payments.gateways.sandbox import payouts
from civicfund.payments.models import EventState, GatewayEvent
from tests.browsing import markup, words
from tests.closing.conftest import NOVEMBER_5, OCTOBER_20, Office
from tests.factories.campaigns import make_campaign
from tests.factories.closing import close, enter_balance, enter_what_the_book_says
from tests.factories.donors import ACCOUNT, make_donation
from tests.factories.identity import make_user, sign_in
from tests.factories.ledger import make_bank_balance, make_fund, seal_all
from tests.factories.payments import Thing, make_bank_line
from tests.jobs import run_jobs
from tests.planting import unguarded
from tests.statements import counted

S = ItemState
MONTHLY = ["bank", "provider", "open_items", "gifts", "grants", "funds", "share", "lock", "late"]


def states(period: FiscalPeriod) -> dict[str, ItemState]:
    return {item.found.name: item.state for item in checklist_of(period).items}


def amiss(period: FiscalPeriod) -> set[str]:
    """What stands in the way, the certificates apart."""
    return {item.found.name for item in checklist_of(period).items if not item.stands} - {"bank"}


def fact(checklist: Checklist, name: str, place: int) -> tuple[int | None, int | None]:
    item = checklist.item(name)
    assert item is not None
    return item.found.facts[place].booked, item.found.facts[place].other


def gifts_of_october() -> None:
    with clock.at(OCTOBER_20):
        keep_all = make_campaign(
            funding_model=FundingModel.KEEP_ALL, deadline_on=date(2026, 12, 20)
        )
        conditional = make_campaign(deadline_on=date(2026, 12, 10))
        make_donation(keep_all, amount=10_000)
        make_donation(conditional, amount=2_000, method=Method.KONBINI, refund_account=ACCOUNT)


def test_which_items_a_month_and_a_year_s_end_have(october: FiscalPeriod) -> None:
    assert list(states(october)) == MONTHLY
    with transaction():
        march = periods.open_period(starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 31))
    with clock.at(datetime(2027, 4, 5, tzinfo=UTC)):
        assert set(states(march)) == {*MONTHLY, "lots", "accruals", "disclosure", "year"}


def test_a_month_with_gifts_stands(october: FiscalPeriod, office: Office) -> None:
    gifts_of_october()
    enter_what_the_book_says(october, office.staff)
    assert amiss(october) == set()
    checklist = checklist_of(october)
    assert fact(checklist, "gifts", 0) == (1, 1)
    assert fact(checklist, "gifts", 1) == (10_000, 10_000)
    assert fact(checklist, "bank", 0) == (1_000_000, 1_000_000)
    kept_safe = checklist.item("open_items")
    assert kept_safe is not None
    assert [(one.yen, one.places["account"]) for one in kept_safe.found.listed] == [(2_000, "2133")]
    donation = db.session.query(Donation).filter_by(amount_yen=2_000).one()
    assert donation.reference in kept_safe.found.listed[0].places["who"]


def held(count: int, *, of_gifts: bool, first: int = 0) -> None:
    """Gifts that wait for a condition, of one yen more each."""
    general = book.general_fund()
    fund = book.fund_by_code("C-1") or make_fund(code="C-1")
    with transaction():
        for number in range(first, first + count):
            ledger.post_entry(
                posting_rules.conditional_gift_held(
                    yen(1_000 + number), fee=yen(0), fund=fund, general=general
                ),
                key=f"held/{number}",
                effective_on=date(2026, 10, 5),
                source=Thing(number) if of_gifts else None,
            )


def test_gifts_that_are_held_are_summed(
    october: FiscalPeriod, office: Office, client: FlaskClient
) -> None:
    """Page and record stay short; a single one that comes changes the digest."""
    held(30, of_gifts=True)
    item = checklist_of(october).item("open_items")
    assert item is not None
    assert item.state is S.HOLDS
    [listing] = item.found.listings
    assert (listing.whole.yen, listing.whole.places["count"]) == (30_435, 30)
    assert (len(listing.oldest), listing.is_cut, len(item.found.listed)) == (20, True, 30)
    newest = db.session.query(func.max(JournalEntry.id)).scalar()
    [kept] = item.kept()["listed"]
    assert (kept[1]["count"], kept[1]["upto"], kept[2]) == ("30", str(newest), 30_435)
    sign_in(client, office.staff)
    client.set_cookie("lang", "en")
    page = client.get("/desk/closing/months/2026-10")
    assert "Shown are the 20 oldest" in words(page)
    link = re.search(r'href="(/desk/books/general-ledger[^"]+)"', markup(page))
    assert link is not None
    ledger_page = client.get(html.unescape(link[1]))
    assert "30,435" in words(ledger_page)
    held(1, of_gifts=True, first=30)
    later = checklist_of(october).item("open_items")
    assert later is not None
    assert later.found.digest() != item.found.digest()


def test_of_many_faults_the_first_are_shown(
    october: FiscalPeriod, office: Office, client: FlaskClient
) -> None:
    """Held for nothing that is known: each is a fault."""
    held(103, of_gifts=False)
    item = checklist_of(october).item("open_items")
    assert item is not None
    assert (len(item.found.faults), item.state) == (103, S.OPEN)
    kept = item.kept()
    assert (len(kept["faults"]), kept["more_faults"]) == (100, 3)
    sign_in(client, office.staff)
    client.set_cookie("lang", "en")
    assert "And 3 more" in words(client.get("/desk/closing/months/2026-10"))


def test_the_number_of_statements_does_not_grow(october: FiscalPeriod) -> None:
    def cost() -> int:
        db.session.expire_all()
        with counted() as seen:
            look(month_of(october, queries.statements_of(october.id)))
        return seen.count

    gifts_of_october()
    before = cost()
    for _ in range(3):
        gifts_of_october()
        make_bank_line(amount=-330, on=date(2026, 10, 21))
    assert cost() <= before + 2


class TestBank:
    def test_lines_that_answer_for_nothing_are_open(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        enter_balance(october, office.staff, balance=1_000_000)
        with transaction():
            make_bank_line(amount=3_000, on=date(2026, 10, 30))
            make_bank_line(amount=5_000, on=date(2026, 11, 2))
        item = checklist_of(october).item("bank")
        assert item is not None
        assert item.state is S.OPEN
        assert [fault.yen for fault in item.found.faults] == [3_000]

    def test_the_line_of_a_payout_is_known(self, october: FiscalPeriod, office: Office) -> None:
        gifts_of_october()
        with clock.at(OCTOBER_20), transaction():
            sent = payouts.pay_out()
            assert sent is not None
            amount = sent.amount_yen
        with clock.at(OCTOBER_20):
            run_jobs()
            with transaction():
                make_bank_line(amount=amount, on=date(2026, 10, 20))
        enter_what_the_book_says(october, office.staff)
        assert states(october)["bank"] is S.HOLDS


class TestProvider:
    def test_the_month_ends_at_midnight_in_japan(self, october: FiscalPeriod) -> None:
        """23:30 on 31 October counts; 00:30 on 1 November does not, though UTC says October."""
        with clock.at(OCTOBER_20):
            campaign = make_campaign(
                funding_model=FundingModel.KEEP_ALL, deadline_on=date(2026, 12, 20)
            )
        with clock.at(datetime(2026, 10, 31, 14, 30, tzinfo=UTC)):
            make_donation(campaign, amount=10_000)
        with clock.at(datetime(2026, 10, 31, 15, 30, tzinfo=UTC)):
            make_donation(campaign, amount=1_000)
        checklist = checklist_of(october)
        assert fact(checklist, "provider", 0) == (9_640, 9_640)
        assert fact(checklist, "provider", 1) == (None, 9_640 + 964)
        assert states(october)["provider"] is S.HOLDS

    def test_a_report_that_says_something_else_is_open(self, october: FiscalPeriod) -> None:
        gifts_of_october()
        db.session.execute(
            text("UPDATE sandbox_balance_lines SET gross_yen = gross_yen * 100 WHERE kind='charge'")
        )
        assert "provider" in amiss(october)

    def test_a_debt_to_the_provider_counts_against_it(self, october: FiscalPeriod) -> None:
        gifts_of_october()
        with transaction():
            ledger.post_entry(
                posting_rules.provider_balance_reclassified(yen(700), general=book.general_fund()),
                key="reclass", effective_on=date(2026, 10, 31),
            )  # fmt: skip
        assert states(october)["provider"] is S.HOLDS

    def test_news_that_need_a_person_are_open(self, october: FiscalPeriod) -> None:
        event = GatewayEvent(gateway="sandbox", event_id="e", kind="checkout.paid", payload={})
        event.received_at, event.state = clock.now(), EventState.FAILED
        db.session.add(event)
        db.session.flush()
        assert amiss(october) == {"provider"}


def test_money_that_nobody_knows_is_open_until_it_is_matched(october: FiscalPeriod) -> None:
    general = book.general_fund()
    with transaction():
        ledger.post_entry(
            posting_rules.bank_receipt_unmatched(yen(30_000), general=general), key="in",
            effective_on=date(2026, 10, 7),
        )  # fmt: skip
    item = checklist_of(october).item("open_items")
    assert item is not None
    assert item.state is S.OPEN
    assert [(fault.yen, fault.places["account"]) for fault in item.found.faults] == [
        (30_000, "2131")
    ]
    with transaction():
        ledger.post_entry(
            posting_rules.bank_receipt_returned(yen(30_000), general=general), key="out",
            effective_on=date(2026, 11, 2),
        )  # fmt: skip
    # Cleared in November: on 31 October it was open.
    assert "open_items" in amiss(october)


def test_late_entries_need_a_word_and_moved_ones_have_theirs(
    october: FiscalPeriod, office: Office
) -> None:
    close(october, office.staff, office.approver)
    fund = make_fund(code="C-1")
    draft = posting_rules.municipal_match_decided(
        yen(5_000), fund=fund, general=book.general_fund()
    )
    with transaction():
        november = periods.open_period(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30))
        dating.post_as_of(draft, happened_on=date(2026, 10, 31), key="moved")
    late = checklist_of(november).item("late")
    assert late is not None
    assert (late.state, late.found.facts[0].booked, len(late.found.listed)) == (S.HOLDS, 1, 1)
    seal_all()
    db.session.expire_all()
    sealed = checklist_of(november).item("late")
    assert sealed is not None
    moved = book.entry_by_key("moved")
    assert moved is not None
    # By the number that the books know it by; and the seal changes nothing that was signed.
    assert f"仕訳 {moved.number}：" in said(sealed.found.listed[0])
    assert sealed.found.digest() == late.found.digest()
    with clock.at(datetime(2027, 1, 5, tzinfo=UTC)), transaction():
        ledger.post_entry(draft, key="late", effective_on=date(2026, 11, 9))
    assert "late" in amiss(november)


# What is planted behind the triggers' back, and the items that must tell.
FAULTS = {
    "a gift without its entry": (
        "UPDATE donations SET gift_entry_id = (SELECT min(id) FROM journal_entries) "
        "WHERE amount_yen = 10000",
        {"gifts"},
    ),
    "an entry without its gift": (
        "UPDATE journal_entries SET source_id = 999999 WHERE kind = 'donation_received'",
        {"gifts"},
    ),
    "kept money of no gift": (
        "UPDATE journal_entries SET source_kind = NULL, source_id = NULL "
        "WHERE kind = 'conditional_gift_held'",
        {"gifts", "open_items"},
    ),
    "an operating share that nobody agreed to": (
        "UPDATE donations SET operating_yen = operating_yen + 1, project_yen = project_yen - 1 "
        "WHERE amount_yen = 10000",
        {"share"},
    ),
    "a fund below zero": (
        "INSERT INTO ledger_accounts (chart_code, fund_id, code, name_ja, name_en, kind, "
        "fund_class, guard, currency, opened_on) SELECT '5101', fund_id, '5101/X', '', '', "
        "'expense', 'designated', 'fund', 'JPY', now() FROM ledger_accounts "
        "WHERE chart_code = '4111' LIMIT 1; "
        "INSERT INTO transfers SELECT e.id, 9, d.id, d.guard, c.id, c.guard, 900000 "
        "FROM journal_entries e, ledger_accounts d, ledger_accounts c "
        "WHERE e.kind = 'donation_received' AND d.code = '5101/X' AND c.code = '1112/GENERAL'",
        {"funds"},
    ),
    "a payable without an award": (
        "UPDATE ledger_accounts SET chart_code = '2121' WHERE chart_code = '2133'",
        {"grants"},
    ),
}


@pytest.fixture
def planted_house(app: Flask, server: EmbeddedServer) -> Iterator[Connection]:
    with unguarded(app, server) as connection, clock.at(NOVEMBER_5):
        yield connection


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found(planted_house: Connection, fault: str) -> None:
    with clock.at(OCTOBER_20), transaction():
        make_bank_balance(1_000_000, on=date(2026, 10, 1))
    gifts_of_october()
    with transaction():
        period = periods.open_period(starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))
    enter_what_the_book_says(period, make_user(roles=("staff",)))
    assert amiss(period) == set()
    db.session.flush()
    statement, expected = FAULTS[fault]
    planted_house.execute(text("SET LOCAL session_replication_role = replica"))
    for part in statement.split("; "):
        planted_house.execute(text(part))
    db.session.expire_all()
    assert expected <= amiss(period)
