"""The verbs of the book: once, balanced, dated, reversed, and never changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.errors import NotFound
from civicfund.core.money import yen
from civicfund.ledger import checks, queries, services
from civicfund.ledger import posting_rules as rules
from civicfund.ledger.chart import CHART
from civicfund.ledger.drafts import AccountKey, EntryDraft, Line
from civicfund.ledger.errors import (
    AccountClosed,
    AlreadyReversed,
    EmptyEntry,
    KeyReusedWithOtherContent,
    NotInThisFund,
    NotPositive,
    ReversalOfReversal,
    SameAccountTwice,
    UnknownAccount,
)
from civicfund.ledger.models import Fund, FundClass, FundKind, JournalEntry
from tests.factories.ledger import make_fund, make_gift
from tests.statements import counted


@pytest.fixture
def general(house: Flask) -> Fund:
    return queries.general_fund()


@pytest.fixture
def fund(general: Fund) -> Fund:
    return make_fund(code="C-1")


def entries_in_the_book() -> int:
    return int(db.session.scalar(text("SELECT count(*) FROM journal_entries")))


def gift(fund: Fund, general: Fund, amount: int = 10_000) -> EntryDraft:
    return rules.donation_received(
        yen(amount), operating_share=yen(0), fee=yen(0), fund=fund, general=general
    )


def test_an_entry_is_booked_with_its_lines(fund: Fund, general: Fund) -> None:
    donor = services.party(kind="donation", ref="D-1", public_name=None, full_name="山田 花子")
    posted = services.post_entry(gift(fund, general), key="gift/1", source=fund, party=donor)

    entry = queries.entry_by_id(posted.id)
    assert entry is not None
    assert (entry.kind, entry.key, entry.effective_on) == (
        "donation_received", "gift/1", clock.today(),
    )  # fmt: skip
    assert (entry.source_kind, entry.source_id) == ("funds", fund.id)
    assert entry.party is donor
    assert entry.amount_minor == 10_000
    assert [(t.debit_account.code, t.credit_account.code, t.amount_minor) for t in entry.transfers]\
        == [("1131/GENERAL", "4111/C-1", 10_000)]  # fmt: skip
    assert queries.entries_of_source("funds", fund.id) == [entry]


@pytest.mark.parametrize(
    "memo", ['"', "\\", '\\"', "{a,b}", "NULL", "", " ", "’ 山田\u3000花子 'x'", "%s"]
)
def test_texts_arrive_as_they_were_written(fund: Fund, general: Fund, memo: str) -> None:
    draft = replace(gift(fund, general), memo=memo)
    posted = services.post_entries(
        [
            services.Posting(draft=draft, key=f"gift/{memo}"),
            services.Posting(draft=draft, key="NULL", source=fund),
        ]
    )
    for answer, key, source in zip(posted, (f"gift/{memo}", "NULL"), (None, "funds"), strict=True):
        entry = queries.entry_by_id(answer.id)
        assert entry is not None
        assert (entry.memo, entry.key, entry.source_kind) == (memo, key, source)
    assert [finding.name for finding in checks.run() if not finding.holds] == []


class TestTheSameKey:
    def test_with_the_same_content_answers_the_entry(self, fund: Fund, general: Fund) -> None:
        first = services.post_entry(gift(fund, general), key="gift/1")
        again = services.post_entry(gift(fund, general), key="gift/1")

        assert (first.is_new, again.is_new) == (True, False)
        assert again.id == first.id
        assert entries_in_the_book() == 1

    def test_with_other_content_is_refused(self, fund: Fund, general: Fund) -> None:
        services.post_entry(gift(fund, general), key="gift/1")
        with pytest.raises(KeyReusedWithOtherContent):
            services.post_entry(gift(fund, general, 10_001), key="gift/1")
        assert entries_in_the_book() == 1

    def test_on_another_day_is_the_same_deed(self, fund: Fund, general: Fund) -> None:
        first = services.post_entry(gift(fund, general), key="gift/1")
        with clock.at(clock.now() + timedelta(days=3)):
            again = services.post_entry(gift(fund, general), key="gift/1")
        assert (again.id, again.effective_on) == (first.id, first.effective_on)

    def test_dated_on_another_day_is_refused(self, fund: Fund, general: Fund) -> None:
        services.post_entry(gift(fund, general), key="gift/1", effective_on=date(2026, 5, 1))
        with pytest.raises(KeyReusedWithOtherContent):
            services.post_entry(gift(fund, general), key="gift/1", effective_on=date(2026, 5, 2))

    def test_twice_in_one_batch_is_one_entry(self, fund: Fund, general: Fund) -> None:
        twice = [services.Posting(draft=gift(fund, general), key="gift/1")] * 2
        first, second = services.post_entries(twice)
        assert first.id == second.id
        assert entries_in_the_book() == 1

    def test_twice_in_one_batch_with_other_content_is_refused(
        self, fund: Fund, general: Fund
    ) -> None:
        with pytest.raises(KeyReusedWithOtherContent):
            services.post_entries(
                [
                    services.Posting(draft=gift(fund, general, amount), key="gift/1")
                    for amount in (1, 2)
                ]
            )
        assert entries_in_the_book() == 0


def test_many_entries_are_booked_in_one_statement(fund: Fund, general: Fund) -> None:
    make_gift(fund, key="old")
    postings = [
        services.Posting(draft=gift(fund, general, n), key=f"gift/{n}") for n in range(1, 101)
    ]
    posted = services.post_entries(postings)

    assert [entry.key for entry in posted] == [f"gift/{n}" for n in range(1, 101)]
    assert [entry.id for entry in posted] == sorted(entry.id for entry in posted)
    assert queries.balance_of("4111", fund.id) == yen(10_000 + 5_050)
    assert services.post_entries([]) == []


class TestWhatCannotBeBooked:
    def test_nothing(self) -> None:
        with pytest.raises(EmptyEntry):
            EntryDraft("nothing", ())

    @pytest.mark.parametrize("amount", [0, -1])
    def test_no_amount(self, amount: int) -> None:
        with pytest.raises(NotPositive):
            Line(AccountKey("1112", 1), AccountKey("4111", 1), yen(amount))

    def test_an_account_with_itself(self) -> None:
        with pytest.raises(SameAccountTwice):
            Line(AccountKey("1112", 1), AccountKey("1112", 1), yen(1))

    def test_an_account_outside_the_chart(self, fund: Fund) -> None:
        draft = rules.gift_in_kind(yen(5), becomes="5999", fund=fund)
        with pytest.raises(UnknownAccount):
            services.post_entry(draft, key="1")

    def test_a_bank_account_in_a_campaign(self, fund: Fund) -> None:
        with pytest.raises(NotInThisFund):
            services.post_entry(rules.payout_received(yen(5), general=fund), key="1")

    @pytest.mark.usefixtures("house")
    def test_an_entry_without_lines_that_comes_past_the_rules(self) -> None:
        with pytest.raises(DBAPIError, match="at least one transfer"):
            db.session.execute(
                text(
                    "SELECT * FROM ledger_post('{k}','{x}','{2026-01-01}','{m}','{NULL}','{NULL}',"
                    "'{NULL}','{NULL}','{NULL}','{NULL}','{1}',ARRAY[sha256('x')], now(),"
                    "'{}','{}','{}','{}','{}','{}','{}')"
                )
            )


def test_the_operating_share_is_general_inside_a_designated_fund(fund: Fund, general: Fund) -> None:
    make_gift(fund, amount=10_000, share=1_500, fee=360)

    assert queries.available_in(fund.id) == yen(8_500 - 360)
    assert queries.gross_gifts_of([fund.id, general.id]) == {fund.id: 10_000, general.id: 0}
    assert queries.balance_of("5231", fund.id) == yen(360)
    assert queries.balance_of("1131") == yen(10_000 - 360)


class TestReversal:
    def test_books_the_opposite_and_names_the_original(self, fund: Fund) -> None:
        original = make_gift(fund, amount=10_000, share=1_500, fee=360)
        reversal = services.reverse_entry(original.id, key="undo/1", reason="二重に\n記帳したため")

        entry = queries.entry_by_id(reversal.id)
        assert entry is not None
        assert (entry.kind, entry.reverses_id) == ("reversal", original.id)
        assert entry.memo == "二重に 記帳したため"
        assert queries.available_in(fund.id) == yen(0)
        assert queries.gross_gifts_of([fund.id]) == {fund.id: 0}

    def test_is_the_same_when_asked_again(self, fund: Fund) -> None:
        original = make_gift(fund)
        first = services.reverse_entry(original.id, key="undo/1", reason="誤り")
        again = services.reverse_entry(original.id, key="undo/1", reason="誤り")
        assert (again.id, again.is_new) == (first.id, False)

    def test_happens_once(self, fund: Fund) -> None:
        original = make_gift(fund)
        services.reverse_entry(original.id, key="undo/1", reason="誤り")
        with pytest.raises(AlreadyReversed):
            services.reverse_entry(original.id, key="undo/2", reason="誤り")

    def test_is_not_reversed(self, fund: Fund) -> None:
        original = make_gift(fund)
        reversal = services.reverse_entry(original.id, key="undo/1", reason="誤り")
        with pytest.raises(ReversalOfReversal):
            services.reverse_entry(reversal.id, key="undo/2", reason="誤り")

    def test_of_many_is_all_or_none(self, fund: Fund) -> None:
        gifts = [make_gift(fund, on=date(2026, 4, day)).id for day in (3, 1, 2)]
        undone = services.reverse_entry(gifts[2], key="undo", reason="誤り").id
        for wrong, refusal in (
            (gifts[2], AlreadyReversed), (undone, ReversalOfReversal), (2**40, NotFound),
        ):  # fmt: skip
            with pytest.raises(refusal), db.session.begin_nested():
                services.reverse_entries(undoings([gifts[0], wrong]))
        assert queries.reversal_of(gifts[0]) is None
        posted = services.reverse_entries(undoings(gifts[:2]))
        assert [queries.content_of(one.id).reverses_id for one in posted] == gifts[:2]
        assert queries.available_in(fund.id) == yen(0)

    def test_of_many_costs_no_more_statements(self, fund: Fund) -> None:
        gifts = [make_gift(fund).id for _ in range(6)]

        def cost(entry_ids: list[int]) -> int:
            db.session.expire_all()
            with counted() as statements:
                services.reverse_entries(undoings(entry_ids))
            return statements.count

        assert cost(gifts[:1]) == cost(gifts[1:])


def undoings(entry_ids: list[int]) -> list[services.Reversal]:
    return [
        services.Reversal(entry_id=entry_id, key=f"undo/{entry_id}", reason="誤り")
        for entry_id in entry_ids
    ]


@pytest.mark.parametrize(
    ("recorded", "is_late"),
    [
        (datetime(2026, 5, 31, 14, 59, tzinfo=UTC), False),
        (datetime(2026, 5, 31, 15, 0, tzinfo=UTC), True),
    ],
    ids=["last minute of May in Japan", "first minute of June in Japan"],
)
def test_an_entry_after_the_following_month_is_late(
    fund: Fund, recorded: datetime, is_late: bool
) -> None:
    with clock.at(recorded):
        posted = make_gift(fund, on=date(2026, 4, 2))
    entry = db.session.get(JournalEntry, posted.id)
    assert entry is not None
    assert entry.is_late is is_late


def test_a_closed_account_takes_no_later_entry(fund: Fund, general: Fund) -> None:
    make_gift(fund, on=date(2026, 5, 1))
    db.session.execute(
        text("UPDATE ledger_accounts SET closed_on = '2026-05-31' WHERE code = '4111/C-1'")
    )
    make_gift(fund, on=date(2026, 5, 31))
    with pytest.raises(AccountClosed) as refusal:
        make_gift(fund, on=date(2026, 6, 1))
    assert refusal.value.places == {"account": "4111/C-1", "closed_on": "2026-05-31"}


def test_the_chart_and_the_database_agree_on_every_line(house: Flask) -> None:
    for designation, kind in (
        (FundClass.GENERAL, FundKind.THEME),
        (FundClass.DESIGNATED, FundKind.CAMPAIGN),
    ):
        fund = make_fund(designation=designation, kind=kind)
        for line in CHART.values():
            row = db.session.execute(
                text(
                    "INSERT INTO ledger_accounts (chart_code, fund_id, name_ja, name_en, kind, "
                    "guard, code, currency, opened_on) "
                    "VALUES (:code, :fund, '', '', 'asset', 'none', '', 'JPY', now()) "
                    "RETURNING code, kind, fund_class, guard"
                ),
                {"code": line.code, "fund": fund.id},
            ).one()
            fund_class = line.fund_class(designation)
            assert tuple(row) == (
                f"{line.code}/{fund.code}",
                line.kind.value,
                fund_class and fund_class.value,
                line.guard(designation).value,
            )


def test_a_party_is_known_by_its_reference(house: Flask) -> None:
    first = services.party(kind="donation", ref="D-1", public_name=None, full_name="ﾔﾏﾀﾞ　ハナコ")
    assert (first.public_search, first.full_search) == (None, "やまだ はなこ")
    again = services.party(kind="donation", ref="D-1", public_name="はなこ", full_name="退会した方")
    assert again is first
    assert (again.public_name, again.full_name) == ("はなこ", "退会した方")
    assert (again.public_search, again.full_search) == ("はなこ", "退会した方")


def test_a_fund_opens_once(house: Flask) -> None:
    assert make_fund(code="C-9") is make_fund(code="C-9")
