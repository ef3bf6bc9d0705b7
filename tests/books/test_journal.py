"""仕訳帳: every line once, in the order of the days, in pages that stay put."""

import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from civicfund.books import queries
from civicfund.books.places import Place
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.ledger import exports, services
from civicfund.ledger import posting_rules as rules
from civicfund.ledger.models import HAPPENED, JournalEntry
from civicfund.ledger.queries import general_fund, trial_balance
from tests.books.test_views import rows_of
from tests.browsing import markup
from tests.factories.ledger import make_bank_balance, make_fund, make_gift


@pytest.mark.usefixtures("book")
def test_the_sums_of_the_journal_are_those_of_the_trial_balance(client: FlaskClient) -> None:
    lines = rows_of(client.get("/books/journal?lang=en&from=2026-01-01&format=csv"))
    *lines, total = lines
    debits = sum(int(line["Debit amount"]) for line in lines)
    assert total["Debit amount"] == total["Credit amount"] == str(debits)
    assert trial_balance().total("debits") == debits


@pytest.mark.usefixtures("book")
def test_the_journal_stands_in_the_order_of_the_days(client: FlaskClient) -> None:
    lines = rows_of(client.get("/books/journal?lang=en&from=2026-05-01&to=2026-07-04&format=csv"))
    days = [line["Day"] for line in lines[:-1]]
    assert days == sorted(days)
    assert (days[0], days[-1]) == ("2026-05-01", "2026-07-04")
    assert lines[0]["Debit account"] == "1131/GENERAL Receivable from payment provider"
    assert lines[0]["Description"] == "Gift received"
    assert lines[0]["Party"] == "Not shown"


days = st.dates(date(2026, 4, 1), date(2026, 6, 30))


@given(st.lists(days, max_size=12), st.integers(1, 5), days, days)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pages_hold_every_line_once_there_and_back(
    house: Flask, booked: list[date], size: int, first: date, last: date
) -> None:
    with db.session.begin_nested() as here:
        fund = make_fund()
        for on in booked:
            make_gift(fund, amount=1_000, share=150, fee=36, on=on)
        whole = [line.place for line in queries.every_line(first, last)]
        assert whole == sorted(whole)
        assert len(whole) == 3 * sum(first <= on <= last for on in booked)
        there: list[Place] = []
        page = queries.line_page(first, last, limit=size)
        there += [line.place for line in page.lines]
        while page.later is not None:
            page = queries.line_page(first, last, after=page.later, limit=size)
            there += [line.place for line in page.lines]
        assert there == whole
        back = [line.place for line in page.lines]
        while page.earlier is not None:
            page = queries.line_page(first, last, before=page.earlier, limit=size)
            back = [line.place for line in page.lines] + back
        assert back == whole
        here.rollback()


def test_a_page_leads_to_the_next_and_back(house: Flask, client: FlaskClient) -> None:
    fund = make_fund()
    for _ in range(130):
        make_gift(fund, on=date(2026, 5, 1))
    first = client.get("/books/journal?lang=en&from=2026-04-01")
    later = re.search(r'rel="next" href="([^"]+)"', markup(first))
    assert later is not None
    assert "from=2026-04-01" in later.group(1)
    second = client.get(later.group(1))
    assert 'rel="next"' not in markup(second)
    earlier = re.search(r'rel="prev" href="([^"]+)"', markup(second))
    assert earlier is not None
    numbers = re.compile(r"/ledger/entries/(?:id/)?(\d+)")
    assert numbers.findall(markup(client.get(earlier.group(1)))) == numbers.findall(markup(first))
    assert len(set(numbers.findall(markup(first))) | set(numbers.findall(markup(second)))) == 130


def test_late_news_of_a_closed_month_are_late_wherever_they_are_read(
    house: Flask, client: FlaskClient
) -> None:
    with transaction():
        general = general_fund()
        make_bank_balance(50_000, on=date(2026, 5, 1))
        fee = rules.bank_transfer_fee(yen(330), general=general)
        posted = services.post_entry(
            replace(fee, memo=f"{HAPPENED} 2026-04-30"), key="moved", effective_on=clock.today()
        )
        services.seal_entries()
    moved = db.session.get_one(JournalEntry, posted.id)
    assert (moved.is_late, moved.shows_late) == (False, True), "recorded on its own day"
    listed = client.get("/api/v1/ledger/entries").get_json()["items"]
    assert [one["is_late"] for one in listed if one["id"] == moved.id] == [True]
    assert "Late entry" in client.get("/books/journal?lang=en").get_data(as_text=True)
    found = db.session.scalars(select(JournalEntry.id).where(JournalEntry.shows_late)).all()
    assert moved.id in found
    for name, said in {"csv": ",late,", "beancount": "#late", "hledger": "; late:"}.items():
        written = "".join(
            piece.decode() if isinstance(piece, bytes) else piece
            for piece in exports.stream(name, date_from=moved.effective_on, date_to=None)
        )
        assert said in written, name
