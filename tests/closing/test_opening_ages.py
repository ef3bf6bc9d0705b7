"""Designated money that moved in keeps its years of receipt, until it is undone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.books.statements.age_notes import designated_ages
from civicfund.books.statements.ages import UNKNOWN, lots_of
from civicfund.books.statements.gift_queries import gift_years
from civicfund.closing import services
from civicfund.closing.queries.evidence import old_lots
from civicfund.core import clock
from civicfund.core.db import transaction
from civicfund.ledger import queries as book
from civicfund.ledger import services as ledger
from tests.books.statements.reading import linked, read
from tests.browsing import words
from tests.closing.conftest import Office
from tests.closing.test_opening_file import GOOD
from tests.closing.test_openings import APRIL, prepared
from tests.factories.ledger import make_gift


@pytest.fixture(autouse=True)
def _tenth_of_april() -> Iterator[None]:
    with clock.at(datetime(2026, 4, 10, 3, 0, tzinfo=UTC)):
        yield


def test_designated_money_keeps_the_year_of_its_receipt(office: Office) -> None:
    """Of 450,000 yen 300,000 are of 2023; what is of no year stands apart; a reversal undoes it."""
    text = GOOD.replace("3330000", "3329000").replace(
        "3100,N-YAMADA,,,,150000,2025", "3100,N-YAMADA,,,,150000,2025\n3100,N-YAMADA,,,,1000,"
    )
    opening = prepared(office.staff, text=text)
    with transaction():
        services.sign_opening(opening, by=office.approver)
    fund = book.fund_by_code("N-YAMADA")
    assert fund is not None

    def left() -> dict[int, int]:
        read = gift_years(2026)
        return lots_of(read.years, read.moves)[fund.id].left

    assert left() == {2023: 300_000, 2025: 150_000, UNKNOWN: 1_000}
    assert [(one.code, yen) for one, yen in old_lots(2026)] == [("N-YAMADA", 1_000)]
    assert [(one.code, yen) for one, yen in old_lots(2028)] == [("N-YAMADA", 301_000)]
    with transaction():
        ledger.reverse_entry(opening.entry_id or 0, key="undo", reason="誤り", effective_on=APRIL)
    assert left() == {}


def _ages(house: Flask, year: int) -> list[dict[str, object]]:
    return [dict(row.cells) for row in read(house, designated_ages, year)]


def test_a_later_reversal_leaves_the_years_before_alone(house: Flask, office: Office) -> None:
    """Moved in with 2024 instead of 2023; undone and moved in again in May 2027."""
    opening = prepared(office.staff, text=GOOD.replace("300000,2023", "300000,2024"))
    with transaction():
        services.sign_opening(opening, by=office.approver)
    with clock.at(datetime(2027, 5, 10, 3, tzinfo=UTC)):
        before = _ages(house, 2026)
        with transaction():
            ledger.reverse_entry(opening.entry_id or 0, key="undo", reason="受領年度の誤り")
        assert _ages(house, 2026) == before
        assert [row["5"] for row in before if "5" in row] == [450_000, 450_000]
        assert [row for row in _ages(house, 2027) if "left" in row] == []
        assert [row["total"] for row in _ages(house, 2027) if "total" in row] == [0]
        again = prepared(office.staff)
        with transaction():
            services.sign_opening(again, by=office.approver)
        known = gift_years(2027)
    [left] = [lots.left for lots in lots_of(known.years, known.moves).values()]
    assert left == {2023: 300_000, 2025: 150_000}


def test_what_is_undone_of_a_long_opening_is_only_its_own(office: Office) -> None:
    """Of two entries the second is reversed: its hundred funds give back, the others keep."""
    text = "科目コード,基金コード,基金名,基金の種類,借方,貸方,受領年度\n1112,,,,600000,,\n"
    text += "".join(f"3100,N-{n:03},冠基金{n},冠基金,,1000,2024\n" for n in range(600))
    opening = prepared(office.staff, text=text)
    with transaction():
        services.sign_opening(opening, by=office.approver)
    _, second = book.entries_of_source("opening_imports", opening.id)
    undone = {transfer.credit_account.fund_id for transfer in second.transfers}
    with transaction():
        ledger.reverse_entry(second.id, key="undo", reason="誤り", effective_on=APRIL)
    known = gift_years(2026)
    left = {fund: lots.left for fund, lots in lots_of(known.years, known.moves).items()}
    assert len(undone) == 100
    assert left == {fund: {} if fund in undone else {2024: 1_000} for fund in left}
    assert len(left) == 600


def test_received_is_what_this_book_received(
    house: Flask, client: FlaskClient, office: Office
) -> None:
    """A gift of 5,000 yen beside what moved in: each figure leads to a page that shows it."""
    opening = prepared(office.staff)
    with transaction():
        services.sign_opening(opening, by=office.approver)
        fund = book.fund_by_code("N-YAMADA")
        assert fund is not None
        make_gift(fund, amount=5_000, share=0, fee=0, on=APRIL)
    note = "受入額は記載していません"
    assert note in words(client.get("/books/designated-ages?year=2026&lang=ja"))
    assert note not in words(client.get("/books/designated-ages?year=2025&lang=ja"))
    rows = [row for row in read(house, designated_ages) if "left" in row.cells]
    received = [
        (row.cells["year"], row.cells.get("received"), row.cells["left"]) for row in rows[-3:]
    ]
    assert received == [
        ("2023年度", None, 300_000), ("2025年度", None, 150_000), ("2026年度", 5_000, 5_000),
    ]  # fmt: skip
    found = list(linked(rows))
    assert [(column, cell) for _, column, cell, _ in found] == [("received", 5_000)]
    assert "5,000" in words(client.get(found[0][3]))
