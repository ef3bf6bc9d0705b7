"""What holds for every book: balance, reconciliation, both standards alike, figures that add up."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings

from civicfund.books.documents import Row
from civicfund.books.statements import age_notes, breakdowns, funds, uses
from civicfund.books.statements.activities import activities
from civicfund.books.statements.balance_by_class import CLASSES, ELIMINATED, balance_by_class
from civicfund.books.statements.balance_sheets import balance_sheet, balance_sheet_2008
from civicfund.books.statements.inventory import inventory
from civicfund.books.statements.notes import by_class, by_nature, by_source
from civicfund.books.statements.old_standard import net_assets_2008
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.ledger import queries, services
from civicfund.ledger.models import AccountKind
from tests.books.statements.random_books import LAST, YEARS, Step, book, books
from tests.books.statements.reading import Build, amounts, linked, read

few = settings(
    max_examples=7, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
EVERY: list[Build] = [
    balance_sheet, inventory, balance_by_class, activities, by_source, by_class, by_nature,
    net_assets_2008, balance_sheet_2008,
    funds.restricted_assets, funds.fund_movements, age_notes.designated_ages, uses.uses_of_gifts,
]  # fmt: skip


@pytest.fixture(autouse=True)
def _after_the_years() -> Iterator[None]:
    with clock.at(datetime(2027, 5, 1, tzinfo=UTC)):
        yield


def _last(rows: list[Row], column: str) -> int:
    return int(str(rows[-1].cells[column]))


def check_balance(house: Flask, year: int) -> None:
    """資産 = 負債 + 純資産, as the trial balance says; both standards; both years."""
    sheet = read(house, balance_sheet, year)
    old = read(house, balance_sheet_2008, year)
    trial = queries.trial_balance(on=date(year + 1, 3, 31))
    for column in ("this", "previous"):
        now, then = amounts(sheet, column), amounts(old, column)
        assert now["資産合計"] == now["負債及び純資産合計"]
        assert now["資産合計"] == now["負債合計"] + now["純資産合計"]
        assert now["指定純資産"] + now["一般純資産"] == now["純資産合計"]
        for name, name_2008 in (
            ("資産合計", "資産合計"), ("負債合計", "負債合計"), ("純資産合計", "正味財産合計"),
            ("指定純資産", "指定正味財産"), ("一般純資産", "一般正味財産"),
        ):  # fmt: skip
            assert now[name] == then[name_2008]
    owed = max(-trial.of_codes(["1131"]), 0)
    assert amounts(sheet)["資産合計"] == trial.of_kind(AccountKind.ASSET) + owed


def check_inventory(house: Flask, year: int) -> None:
    """Its lines add up to its sums, and its sums are those of the balance sheet."""
    sums = {"流動資産合計": 0, "固定資産合計": 0, "流動負債合計": 0, "固定負債合計": 0}
    sheet = amounts(read(house, balance_sheet, year))
    so_far = 0
    for row in read(house, inventory, year):
        if row.kind == "line":
            assert row.cells["place"], row.cells
            assert row.cells["purpose"], row.cells
            so_far += int(str(row.cells["amount"]))
        elif row.kind in {"subtotal", "total"}:
            name = str(row.cells["item"])
            assert row.cells["amount"] == sheet[name], name
            if row.kind == "subtotal":
                assert so_far == sheet[name], name
                sums.pop(name)
                so_far = 0
    assert not sums, "a part is missing"


def check_classes(house: Flask, year: int) -> None:
    """The classes add up to the balance sheet, each balances, and each owns what 注記5(2) says."""
    rows = read(house, balance_by_class, year)
    for row in rows:
        if row.kind != "heading":
            classes = sum(int(str(row.cells[column])) for column in CLASSES)
            assert classes + int(str(row.cells[ELIMINATED])) == row.cells["total"], row.cells
    sheet = amounts(read(house, balance_sheet, year))
    total = amounts(rows, "total")
    # What stands between classes has a row among the assets and one among the debts.
    shared = total.keys() & sheet.keys() - {"会計区分間貸借"}
    assert {"資産合計", "負債合計", "純資産合計"} <= shared
    assert {name: total[name] for name in shared} == {name: sheet[name] for name in shared}
    activity = read(house, by_class, year)
    for column in (*CLASSES, ELIMINATED, "total"):
        found = amounts(rows, column)
        assert found["資産合計"] == found["負債合計"] + found["純資産合計"]
        assert found["資産合計"] == found["負債及び純資産合計"]
        if column != ELIMINATED:
            assert found["純資産合計"] == amounts(activity, column)["期末純資産"]


def check_activities(house: Flask, year: int) -> None:
    """期首 + 当期 = 期末; the notes say the same as the statements they explain."""
    rows = read(house, activities, year)
    this = amounts(rows)
    assert this["期首純資産"] + this["当期収益費用差額"] == this["期末純資産"]
    sheet = amounts(read(house, balance_sheet, year))
    assert this["期末純資産"] == sheet["純資産合計"]
    sources = {
        column: amounts(read(house, by_source, year), column)
        for column in ("general", "designated", "total")
    }
    for found in sources.values():
        result, transfer, opening, closing = found.values()
        assert result + transfer + opening == closing
    assert list(sources["total"].values()) == [
        one + other
        for one, other in zip(
            sources["general"].values(), sources["designated"].values(), strict=True
        )
    ]
    assert sources["designated"]["期末一般純資産又は期末指定純資産"] == sheet["指定純資産"]
    assert sources["total"]["当期収益費用差額"] == this["当期収益費用差額"]
    for row in read(house, by_class, year):
        if row.kind != "heading":
            by_kind = sum(int(str(row.cells[kind])) for kind in ("public", "profit", "body"))
            assert by_kind == row.cells["total"]
    classes = amounts(read(house, by_class, year), "total")
    for name in ("経常収益計", "経常費用計", "当期収益費用差額", "期首純資産", "期末純資産"):
        assert classes[name] == this[name]
    nature = read(house, by_nature, year)
    assert _last(nature, "total") == this["経常費用計"] + this.get("その他費用計", 0)
    assert _last(nature, "programs") + _last(nature, "body") == _last(nature, "total")


def check_2008(house: Flask, year: int) -> None:
    """domain: release = Σ designated expense; totals equal those of 令和6年."""
    old = amounts(read(house, net_assets_2008, year))
    general = amounts(read(house, by_source, year), "general")
    designated = amounts(read(house, by_source, year), "designated")
    moved = general["指定純資産から一般純資産への振替額"]
    assert old["当期一般正味財産増減額"] == general["当期収益費用差額"] + moved
    assert old["当期指定正味財産増減額"] == designated["当期収益費用差額"] - moved
    assert old["経常収益計"] - old["経常費用計"] == old["当期経常増減額"]
    extraordinary = old.get("当期経常外増減額", 0)
    assert old["当期経常増減額"] + extraordinary == old["当期一般正味財産増減額"]
    end = "期末一般純資産又は期末指定純資産"
    assert old["一般正味財産期末残高"] == general[end]
    assert old["指定正味財産期末残高"] == designated[end]
    assert old["正味財産期末残高"] == general[end] + designated[end]


def check_funds(house: Flask, year: int) -> None:
    """Fund by fund and lot by lot, the designated money of the balance sheet."""
    sheet = amounts(read(house, balance_sheet, year))
    restricted = read(house, funds.restricted_assets, year)
    for row in restricted:
        opening, less, more, closing = (
            int(str(row.cells[name])) for name in ("opening", "decrease", "increase", "closing")
        )
        assert opening - less + more == closing
    assert _last(restricted, "closing") == sheet["指定純資産"]
    rows = read(house, funds.fund_movements, year)
    totals = [row.cells for row in rows if row.kind == "total"]
    assert [cells["closing"] for cells in totals] == [sheet["指定純資産"], sheet["一般純資産"]]
    for row in rows:
        cells = {name: int(str(cell)) for name, cell in row.cells.items() if name != "fund"}
        spent = cells["grants"] + cells["costs"]
        came = sum(cells[name] for name in ("gifts", "subsidies", "other_revenue"))
        moved = cells["between"] + cells["transfer"]
        assert cells["opening"] + came - spent + moved == cells["closing"]
    ages = read(house, age_notes.designated_ages, year)
    [total] = [row.cells for row in ages if row.kind == "total"]
    assert total["total"] == sheet["指定純資産"]
    held: dict[object, int] = defaultdict(int)
    lots = [row.cells for row in ages if "planned_use" not in row.cells and "left" in row.cells]
    for cells in lots:
        held[cells["fund"]] += int(str(cells["left"]))
    # What a fund spent before it came in (an entry of an earlier day) is owed by that year's lot.
    assert all(cells["left"] != 0 for cells in lots)
    assert all(held[cells["fund"]] < 0 for cells in lots if int(str(cells["left"])) < 0)


@pytest.mark.slow
@given(books)
@few
def test_every_book_balances_and_reconciles(house: Flask, deeds: list[Step]) -> None:
    with db.session.begin_nested() as here:
        book(deeds)
        for year in YEARS:
            check_balance(house, year)
            check_classes(house, year)
            check_inventory(house, year)
            check_activities(house, year)
            check_2008(house, year)
            check_funds(house, year)
        here.rollback()


@pytest.mark.slow
@given(books)
@few
def test_closing_a_year_changes_no_statement(house: Flask, deeds: list[Step]) -> None:
    with db.session.begin_nested() as here:
        book(deeds)
        before = [[row.cells for row in read(house, build, LAST.year - 1)] for build in EVERY]
        services.close_year(date(2026, 3, 31))
        services.close_year(LAST)
        after = [[row.cells for row in read(house, build, LAST.year - 1)] for build in EVERY]
        assert after == before
        here.rollback()


def follow(house: Flask, url: str) -> list[Row]:
    """The rows behind a figure."""
    query = parse_qs(urlsplit(url).query)
    figure, year = query["of"][0], int(query["year"][0])
    return read(house, breakdowns.breakdown, year, figure=figure)


def sum_of_lines(rows: list[Row]) -> int:
    """What the rows add up to, their own total left out."""
    return sum(int(str(row.cells["amount"])) for row in rows if row.kind != "total")


@pytest.mark.slow
@given(books)
@settings(few, max_examples=3)
def test_every_figure_is_the_sum_of_the_rows_it_leads_to(house: Flask, deeds: list[Step]) -> None:
    """From the statement to its accounts, and from each account to its lines."""
    with db.session.begin_nested() as here:
        book(deeds)
        seen: set[str] = set()
        for build in EVERY:
            for row, column, amount, url in linked(read(house, build, 2026)):
                if url in seen:
                    continue
                seen.add(url)
                accounts = follow(house, url)
                assert sum_of_lines(accounts) == amount, (build.__name__, row.cells, column)
                assert accounts[-1].cells["amount"] == amount
                for _row, _column, part, deeper in linked(accounts):
                    if deeper not in seen:
                        seen.add(deeper)
                        assert sum_of_lines(follow(house, deeper)) == part
        here.rollback()
