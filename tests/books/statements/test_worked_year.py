"""The worked year of docs/bookkeeping.md comes out to the yen in every statement."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from civicfund.books.statements.activities import activities
from civicfund.books.statements.balance_by_class import balance_by_class
from civicfund.books.statements.balance_sheets import balance_sheet, balance_sheet_2008
from civicfund.books.statements.inventory import inventory
from civicfund.books.statements.notes import by_class, by_nature, by_source
from civicfund.books.statements.old_standard import net_assets_2008
from civicfund.core.money import yen
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import services
from tests.books.statements.reading import LAST_DAY, Build, amounts, read
from tests.factories.worked_year import Funds

pytestmark = pytest.mark.usefixtures("after_the_year")


# Statement, column, and what stands in it.
EXPECTED: list[tuple[Build, str, dict[str, int]]] = [
    (
        balance_sheet,
        "this",
        {
            "現金預金": 3_083_260 + 450_000,
            "流動資産合計": 3_533_260,
            "資産合計": 3_516_496 + 16_764,
            "未払助成金": 11_414,
            "返還未払金": 3_000,
            "決済代行未払金": 16_764,
            "負債合計": 31_178,
            "指定純資産": 450_000,
            "一般純資産": 3_052_082,
            "純資産合計": 3_502_082,
            "負債及び純資産合計": 3_533_260,
        },
    ),
    (
        inventory,
        "amount",
        {
            "普通預金（運営口）": 3_083_260,
            "普通預金（基金口）": 450_000,
            "資産合計": 3_533_260,
            "未払助成金": 11_414,
            "返還未払金（寄附者）": 3_000,
            "決済代行未払金": 16_764,
            "負債合計": 31_178,
            "純資産合計": 3_502_082,
        },
    ),
    (
        balance_by_class,
        "public",
        {
            "現金預金": 450_000,
            "流動資産合計": 478_460,
            "資産合計": 478_460,
            "未払助成金": 11_414,
            "返還未払金": 3_000,
            "決済代行未払金": 16_764,
            "負債合計": 31_178,
            "指定純資産": 450_000,
            "一般純資産": -2_718,
            "純資産合計": 447_282,
            "負債及び純資産合計": 478_460,
        },
    ),
    (balance_by_class, "profit", {"資産合計": 0, "純資産合計": 0}),
    (
        balance_by_class,
        "body",
        {
            "現金預金": 3_083_260,
            "会計区分間貸借": 28_460,
            "資産合計": 3_083_260,
            "負債合計": 28_460,
            "一般純資産": 3_054_800,
            "負債及び純資産合計": 3_083_260,
        },
    ),
    (
        balance_by_class,
        "eliminated",
        {"資産合計": -28_460, "負債合計": -28_460, "純資産合計": 0, "負債及び純資産合計": -28_460},
    ),
    (
        balance_by_class,
        "total",
        {
            "資産合計": 3_533_260,
            "負債合計": 31_178,
            "純資産合計": 3_502_082,
            "負債及び純資産合計": 3_533_260,
        },
    ),
    (
        activities,
        "this",
        {
            "受取補助金等": 10_000,
            "受取寄附金": 27_200 + 20_000 + 450_000 + 54_800,
            "経常収益計": 562_000,
            "事業費": 59_918,
            "公１ 助成事業": 57_200 + 330,
            "公益目的事業共通": 360 + 396 + 132 + 1_500,
            "管理費": 0,
            "経常費用計": 59_918,
            "当期経常収益費用差額": 502_082,
            "当期収益費用差額": 502_082,
            "期首純資産": 3_000_000,
            "期末純資産": 3_502_082,
        },
    ),
    (
        by_source,
        "designated",
        {
            "当期収益費用差額": 450_000,
            "指定純資産から一般純資産への振替額": 0,
            "期首一般純資産又は期首指定純資産": 0,
            "期末一般純資産又は期末指定純資産": 450_000,
        },
    ),
    (
        by_source,
        "general",
        {
            "当期収益費用差額": 52_082,
            "期首一般純資産又は期首指定純資産": 3_000_000,
            "期末一般純資産又は期末指定純資産": 3_052_082,
        },
    ),
    (by_class, "公1", {"受取寄附金": 497_200, "支払助成金": 57_068, "当期収益費用差額": 449_670}),
    (by_class, "public", {"経常費用計": 59_918, "当期収益費用差額": 447_282}),
    (by_class, "profit", {"当期収益費用差額": 0, "期末純資産": 0}),
    (by_class, "body", {"受取寄附金": 54_800, "当期収益費用差額": 54_800, "期末純資産": 3_054_800}),
    (by_class, "total", {"当期収益費用差額": 502_082, "期末純資産": 3_502_082}),
    (
        by_nature,
        "total",
        {
            "支払助成金": 57_068,
            "支払手数料（決済）": 132 + 888,
            "支払手数料（係争）": 1_500,
            "支払手数料（振込）": 330,
            "合計": 59_918,
        },
    ),
    (
        net_assets_2008,
        "this",
        {
            "指定正味財産からの振替額": 57_200,
            "経常収益計": 54_800 + 57_200,
            "経常費用計": 59_918,
            "当期経常増減額": 52_082,
            "当期一般正味財産増減額": 52_082,
            "一般正味財産期首残高": 3_000_000,
            "一般正味財産期末残高": 3_052_082,
            "一般正味財産への振替額": -57_200,
            "当期指定正味財産増減額": 450_000,
            "指定正味財産期末残高": 450_000,
            "正味財産期末残高": 3_502_082,
        },
    ),
    (
        balance_sheet_2008,
        "this",
        {
            "特定資産合計": 450_000,
            "資産合計": 3_533_260,
            "指定正味財産": 450_000,
            "一般正味財産": 3_052_082,
            "正味財産合計": 3_502_082,
            "負債及び正味財産合計": 3_533_260,
        },
    ),
]
IDS = [f"{build.__name__}-{column}" for build, column, _ in EXPECTED]


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize(("build", "column", "expected"), EXPECTED, ids=IDS)
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_the_worked_year_to_the_yen(
    house: Flask, build: Build, column: str, expected: dict[str, int], closed: bool
) -> None:
    """Before the closing entries (E-17) and after them, the same."""
    if closed:
        assert services.close_year(LAST_DAY)
    found = amounts(read(house, build), column)
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.usefixtures("year")
def test_receipts_of_designated_money_as_in_2008(house: Flask) -> None:
    rows = read(house, net_assets_2008)
    start = next(
        i for i, row in enumerate(rows) if "指定正味財産増減の部" in str(row.cells["item"])
    )
    designated = amounts(rows[start:])
    assert designated["受取寄附金"] + designated["受取補助金等"] == 507_200


def test_a_negative_provider_balance_shows_the_same_booked_or_not(
    house: Flask, year: Funds
) -> None:
    before = amounts(read(house, balance_sheet))
    draft = rules.provider_balance_reclassified(yen(16_764), general=year.general)
    services.post_entry(draft, key="reclass", effective_on=LAST_DAY)
    assert amounts(read(house, balance_sheet)) == before


@pytest.mark.usefixtures("year")
def test_the_next_year_begins_where_this_one_ended(house: Flask) -> None:
    services.close_year(LAST_DAY)
    rows: dict[str, Any] = amounts(read(house, activities, 2027))
    assert rows["当期収益費用差額"] == 0
    assert rows["期首純資産"] == rows["期末純資産"] == 3_502_082
    previous = amounts(read(house, balance_sheet, 2027), "previous")
    assert previous["純資産合計"] == 3_502_082
    assert amounts(read(house, activities, 2025))["期末純資産"] == 0


def test_what_was_booked_after_the_year_is_not_in_it(house: Flask, year: Funds) -> None:
    draft = rules.company_match_received(yen(7), fund=year.c1, general=year.general)
    services.post_entry(draft, key="later", effective_on=date(2027, 4, 1))
    assert amounts(read(house, activities))["期末純資産"] == 3_502_082
    assert amounts(read(house, activities, 2027))["受取寄附金"] == 7
