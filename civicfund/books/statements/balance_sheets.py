"""貸借対照表, by the standard of 令和6年 and by that of 平成20年: the same balances, two orders."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Self

from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Document, Row, RowKind, Section
from civicfund.books.statements import lines, titles
from civicfund.books.statements.figures import Measure, without
from civicfund.books.statements.lines import Codes, Item, all_codes
from civicfund.books.statements.queries import figures_of
from civicfund.books.statements.sheets import (
    THIS,
    Sheet,
    has_amount,
    heading,
    moment_of,
    statement,
    two_year_columns,
)
from civicfund.ledger.models import FundClass
from civicfund.web.filters import local_name, money

# A part of the assets or liabilities: its name, then what it is made of.
Part = tuple[Item, tuple[Item, ...]]
CURRENT = Item("流動資産", "Current assets", all_codes(lines.CURRENT_ASSETS))
ASSETS_2024: tuple[Part, ...] = (
    (Item("有形固定資産", "Tangible fixed assets", ("121",)), lines.TANGIBLE_ASSETS),
    (Item("無形固定資産", "Intangible fixed assets", ("122",)), lines.INTANGIBLE_ASSETS),
    (
        Item("その他固定資産", "Other fixed assets", all_codes(lines.OTHER_FIXED_ASSETS)),
        lines.OTHER_FIXED_ASSETS,
    ),
)
# 平成20年: 基本財産 and 特定資産 stand apart. The bank account for designated money is 特定資産.
ENDOWMENT = Item("基本財産", "Endowment", ("1241",))
SPECIFIC = Item("特定資産", "Specific assets", ("1115",))
OTHER_2008 = (
    *lines.TANGIBLE_ASSETS,
    *lines.INTANGIBLE_ASSETS,
    *(item for item in lines.OTHER_FIXED_ASSETS if item.codes != ENDOWMENT.codes),
)
ASSETS_2008: tuple[Part, ...] = (
    (ENDOWMENT, (Item("長期性預金", "Long-term deposits", ENDOWMENT.codes),)),
    (SPECIFIC, (Item("普通預金（基金口）", "Bank, designated funds", SPECIFIC.codes),)),
    (Item("その他固定資産", "Other fixed assets", all_codes(OTHER_2008)), OTHER_2008),
)
LIABILITIES: tuple[Part, ...] = (
    (
        Item("流動負債", "Current liabilities", all_codes(lines.CURRENT_LIABILITIES)),
        lines.CURRENT_LIABILITIES,
    ),
    (
        Item("固定負債", "Fixed liabilities", all_codes(lines.FIXED_LIABILITIES)),
        lines.FIXED_LIABILITIES,
    ),
)


class BalanceSheet:
    """The rows of one balance sheet; 1131 in credit stands among the debts, as 2135."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        # Of all classes together, in whatever column: the sheet of classes sums up to this one.
        self.owed = {
            column: max(
                sheet.figures.amount(replace(frame, codes=(lines.PROVIDER,), programs=())), 0
            )
            for column, frame in sheet.frames.items()
        }

    @classmethod
    def of_two_years(cls, asked: Asked) -> Self:
        """当年度, 前年度, 増減."""
        figures = figures_of(asked.year, asked.year - 1)
        return cls(Sheet.of_two_years(asked, figures, Measure.STOCK))

    def assets(self, codes: Codes) -> Callable[[str], Codes]:
        """Lines of assets, without the provider's account where it is a debt."""
        return lambda column: without(codes, *([lines.PROVIDER] if self.owed[column] else []))

    def debts(self, codes: Codes) -> Callable[[str], Codes]:
        """Lines of debts, with the provider's account where it is one."""

        def chosen(column: str) -> Codes:
            has_provider = lines.PROVIDER_DEBT.startswith(codes) and self.owed[column]
            return (*codes, lines.PROVIDER) if has_provider else codes

        return chosen

    def asset_items(self, items: Sequence[Item], *, indent: int) -> list[Row]:
        """Items of assets that have an amount."""
        rows = [
            self.sheet.row(local_name(item), self.assets(item.codes), is_debit=True, indent=indent)
            for item in items
        ]
        return [row for row in rows if has_amount(row)]

    def fixed_assets(self, parts: Sequence[Part]) -> list[Row]:
        """固定資産, part by part."""
        rows = []
        for part, items in parts:
            found = self.asset_items(items, indent=3)
            if found:
                rows += [
                    heading(local_name(part), indent=2),
                    *found,
                    self.sheet.row(
                        self.total_of(part), self.assets(part.codes),
                        is_debit=True, kind="subtotal", indent=2,
                    ),
                ]  # fmt: skip
        return rows

    def asset_rows(self, current: Sequence[Item], fixed: Sequence[Part]) -> list[Row]:
        """資産の部."""
        current_codes = all_codes(tuple(current))
        fixed_codes = tuple(code for part, _items in fixed for code in part.codes)
        return [
            heading(_("Assets (資産の部)")),
            heading(local_name(CURRENT), indent=1),
            *self.asset_items(current, indent=2),
            self._asset_total(_("Total current assets"), current_codes),
            heading(_("Fixed assets"), indent=1),
            *self.fixed_assets(fixed),
            self._asset_total(_("Total fixed assets"), fixed_codes),
            self._asset_total(_("Total assets"), ("1",), indent=0),
        ]

    def _asset_total(self, label: str, codes: Codes, *, indent: int = 1) -> Row:
        kind: RowKind = "subtotal" if indent else "total"
        return self.sheet.row(label, self.assets(codes), is_debit=True, kind=kind, indent=indent)

    def total_of(self, part: Item) -> str:
        """流動負債合計."""
        return str(_("%(part)s, total", part=local_name(part)))

    def debt_items(self, items: Sequence[Item]) -> list[Row]:
        """Items of debts that have an amount."""
        rows = [
            self.sheet.row(local_name(item), self.debts(item.codes), indent=2) for item in items
        ]
        return [row for row in rows if has_amount(row)]

    def debt_rows(self) -> list[Row]:
        """負債の部."""
        rows = [heading(_("Liabilities (負債の部)"))]
        for part, items in LIABILITIES:
            total = self.total_of(part)
            rows += [
                heading(local_name(part), indent=1),
                *self.debt_items(items),
                self.sheet.row(total, self.debts(part.codes), kind="subtotal", indent=1),
            ]
        return [*rows, self.sheet.row(_("Total liabilities"), self.debts(("2",)), kind="total")]

    def net_asset_rows(self, names: dict[str, str]) -> list[Row]:
        """純資産の部 (正味財産の部): designated, general, valuation, and their sum."""
        sheet = self.sheet
        valuation = sheet.row(names["valuation"], lines.VALUATION, indent=1)
        return [
            heading(names["part"]),
            self.class_row(names["designated"], FundClass.DESIGNATED),
            self.class_row(names["general"], FundClass.GENERAL),
            *([valuation] if has_amount(valuation) else []),
            sheet.row(names["total"], ("3", "4", "5"), kind="total"),
        ]

    def both_row(self, label: str) -> Row:
        """負債及び純資産合計, which the assets equal."""
        return self.sheet.row(label, self.debts(("2", "3", "4", "5")), kind="total")

    def class_row(self, label: str, fund_class: FundClass) -> Row:
        """Net assets of one 財源区分."""
        frames = {
            column: replace(frame, fund_class=fund_class)
            for column, frame in self.sheet.frames.items()
        }
        of_class = Sheet(self.sheet.asked, self.sheet.figures, frames)
        return of_class.row(label, lines.NET_ASSETS, indent=1)

    def notes(self, column: str = THIS) -> list[str]:
        """Says so when the provider is owed."""
        if not self.owed[column]:
            return []
        return [
            _(
                "The payment provider's account is %(amount)s in credit and is shown as a debt.",
                amount=money(self.owed[column]),
            )
        ]


def names_2024() -> dict[str, str]:
    """What stands in 純資産の部."""
    return {
        "part": _("Net assets (純資産の部)"),
        "designated": _("Designated net assets"),
        "general": _("General net assets"),
        "valuation": _("Valuation difference on other securities"),
        "total": _("Total net assets"),
        "both": _("Total liabilities and net assets"),
    }


def balance_sheet(asked: Asked) -> Document:
    """貸借対照表 (令和6年基準): this year and last, with 指定純資産 and 一般純資産."""
    made = BalanceSheet.of_two_years(asked)
    names = names_2024()
    rows = [
        *made.asset_rows(lines.CURRENT_ASSETS, ASSETS_2024),
        *made.debt_rows(),
        *made.net_asset_rows(names),
        made.both_row(names["both"]),
    ]
    return statement(
        titles.BALANCE_SHEET,
        span=moment_of(asked.year),
        sections=[Section(columns=two_year_columns(), rows=rows)],
        notes=made.notes(),
    )


def balance_sheet_2008(asked: Asked) -> Document:
    """貸借対照表 (平成20年基準): 基本財産, 特定資産, 指定正味財産, 一般正味財産."""
    made = BalanceSheet.of_two_years(asked)
    names = {
        "part": _("Net assets (正味財産の部)"),
        "designated": _("Designated net assets (2008)"),
        "general": _("General net assets (2008)"),
        "valuation": _("Valuation difference on other securities"),
        "total": _("Total net assets (2008)"),
        "both": _("Total liabilities and net assets (2008)"),
    }
    current = [
        Item(item.name_ja, item.name_en, tuple(c for c in item.codes if c not in SPECIFIC.codes))
        for item in lines.CURRENT_ASSETS
    ]
    rows = [
        *made.asset_rows(current, ASSETS_2008),
        *made.debt_rows(),
        *made.net_asset_rows(names),
        made.both_row(names["both"]),
    ]
    return statement(
        titles.BALANCE_SHEET_2008,
        span=moment_of(asked.year),
        sections=[Section(columns=two_year_columns(), rows=rows)],
        notes=made.notes(),
    )
