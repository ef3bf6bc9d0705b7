"""会計区分: what the declared table says of a line, and what the setting changes."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from civicfund.books.statements import balance_by_class, lines
from civicfund.books.statements.classes import (
    GENERAL_LINES,
    PROGRAMS,
    AccountingClass,
    class_of,
    in_order,
    program_mark,
    program_of,
)
from civicfund.books.statements.notes import by_class
from civicfund.books.statements.particulars import PARTICULARS
from civicfund.core import clock
from civicfund.core.money import yen
from civicfund.core.settings import use
from civicfund.ledger import queries, services
from civicfund.ledger.chart import CHART
from civicfund.ledger.drafts import AccountKey, moves
from tests.books.statements import test_properties as properties
from tests.books.statements.reading import amounts, read
from tests.factories.worked_year import live_a_year, open_funds


@pytest.mark.parametrize(
    ("code", "fund_program", "is_general", "program"),
    [
        ("4111", "公1", False, "公1"),
        ("4191", "公1", False, "法人"),
        ("5101", "公2", False, "公2"),
        ("5101", "共通", True, "公1"),
        ("4101", "共通", True, "共通"),
        ("5131", "共通", True, "法人"),
        ("5131", "収1", False, "収1"),
        ("3900", "共通", True, "共通"),
        ("3900", "公1", False, "公1"),
    ],
)
def test_the_programme_of_a_line(
    house: Flask, code: str, fund_program: str, is_general: bool, program: str
) -> None:
    assert program_of(code, fund_program=fund_program, is_general=is_general) == program


def test_the_operating_share_may_stand_in_common_public_work(house: Flask) -> None:
    with clock.at(datetime(2027, 5, 1, tzinfo=UTC)):
        live_a_year(open_funds())
        use({**house.config, "OPERATING_SHARE_PROGRAM": "共通"})
        try:
            body = amounts(read(house, by_class), "body")
            common = amounts(read(house, by_class), "共通")
        finally:
            use(house.config)
    assert "受取寄附金" not in body or body["受取寄附金"] == 0
    assert common["受取寄附金"] == 54_800


def test_each_programme_has_one_class_and_each_named_line_exists() -> None:
    assert [class_of(program) for program in PROGRAMS] == [
        *[AccountingClass.PUBLIC] * 4, *[AccountingClass.PROFIT] * 2, AccountingClass.BODY,
    ]  # fmt: skip
    assert set(GENERAL_LINES) <= set(CHART)
    assert set(GENERAL_LINES.values()) <= set(PROGRAMS)


def test_unknown_programmes_stand_before_the_body() -> None:
    assert in_order({"法人", "公9", "公1"}) == ["公1", "公9", "法人"]


@pytest.mark.parametrize(
    ("beginning", "groups"),
    [
        ("1", (lines.CURRENT_ASSETS, lines.TANGIBLE_ASSETS, lines.INTANGIBLE_ASSETS,
               lines.OTHER_FIXED_ASSETS)),
        ("2", (lines.CURRENT_LIABILITIES, lines.FIXED_LIABILITIES)),
        ("4", (lines.ORDINARY_REVENUE,)),
    ],
)  # fmt: skip
def test_each_line_of_the_chart_stands_in_exactly_one_item(
    beginning: str, groups: tuple[tuple[lines.Item, ...], ...]
) -> None:
    said = sorted(lines.all_codes(*groups))
    assert said == sorted(code for code in CHART if code.startswith(beginning))


def test_the_inventory_has_words_for_every_asset_and_debt() -> None:
    assert list(PARTICULARS) == [code for code in CHART if code.startswith(("1", "2"))]


def test_every_asset_but_what_is_booked_between_classes_is_owned_by_one() -> None:
    owned = {code for code in CHART if code.startswith(balance_by_class.ASSETS)}
    assert owned == {code for code in CHART if code.startswith("1")} - set(lines.BETWEEN_CLASSES)


def test_what_is_booked_between_classes_stands_in_the_sum(house: Flask) -> None:
    """A line of 1181 that nobody cleared: the columns still add up to the balance sheet."""
    with clock.at(datetime(2027, 5, 1, tzinfo=UTC)):
        general = queries.general_fund()
        live_a_year(open_funds())
        line = AccountKey("1181", general.id), AccountKey("3200", general.id), yen(7)
        draft = moves("opening_balances", [line])
        services.post_entry(draft, key="between", effective_on=date(2026, 5, 1))
        properties.check_classes(house, 2026)
        rows = read(house, balance_by_class.balance_by_class)
    between = [row.cells["total"] for row in rows if row.cells["item"] == "会計区分間貸借"]
    assert between == [7, 0]


def test_each_line_of_net_assets_is_placed() -> None:
    placed = [
        code for code in CHART
        if code.startswith("3") and code.startswith((*lines.NET_ASSETS, *lines.VALUATION))
    ]  # fmt: skip
    assert placed == [code for code in CHART if code.startswith("3")]


@pytest.mark.parametrize(
    ("program", "japanese", "english"),
    [("公1", "公１", "Public 1"), ("法人", "法人会計（管理費）", "Body"), ("公9", "公9", "公9")],
)
def test_a_programme_has_a_mark_for_narrow_columns(
    program: str, japanese: str, english: str
) -> None:
    assert program_mark(program, in_japanese=True) == japanese
    assert program_mark(program, in_japanese=False) == english
