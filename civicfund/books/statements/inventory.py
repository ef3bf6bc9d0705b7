"""財産目録: every asset and debt of the balance sheet, with where it is and what it is for.

The book knows amounts and purposes. Banks, places and quantities are facts outside of it: they
stand as marked blanks, to be written by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Column, Document, Row, Section
from civicfund.books.statements import classes, lines, titles
from civicfund.books.statements.balance_sheets import (
    ASSETS_2024,
    CURRENT,
    LIABILITIES,
    BalanceSheet,
    names_2024,
)
from civicfund.books.statements.figures import Figure, Measure
from civicfund.books.statements.lines import Item
from civicfund.books.statements.particulars import PARTICULARS, Words
from civicfund.books.statements.queries import figures_of
from civicfund.books.statements.sheets import (
    Sheet,
    has_amount,
    heading,
    in_japanese,
    moment_of,
    statement,
)
from civicfund.ledger.chart import CHART
from civicfund.web.filters import local_name

AMOUNT = "amount"


def inventory(asked: Asked) -> Document:
    """財産目録 (認定法21条): the balance sheet, line by line of the chart."""
    frame = Figure(year=asked.year, codes=(), measure=Measure.STOCK)
    whole = BalanceSheet(Sheet(asked, figures_of(asked.year), {AMOUNT: frame}))
    made = Inventory(whole)
    columns = [
        Column(name="item", label=_("Item of the balance sheet"), is_wide=True),
        Column(name="place", label=_("Place, quantity"), is_wide=True),
        Column(name="purpose", label=_("Purpose of use"), is_wide=True),
        Column(name=AMOUNT, label=_("Amount"), kind="yen"),
    ]
    return statement(
        titles.INVENTORY,
        span=moment_of(asked.year),
        sections=[Section(columns=columns, rows=[*made.asset_rows(), *made.debt_rows()])],
        notes=[
            _("What is marked “to be written” is not in the book: write it by hand."),
            *whole.notes(AMOUNT),
        ],
        is_landscape=True,
    )


@dataclass(frozen=True, slots=True)
class Inventory:
    """The rows: each line of the chart, by the programme that it is for."""

    whole: BalanceSheet

    def asset_rows(self) -> list[Row]:
        """資産の部."""
        sheet, assets = self.whole.sheet, self.whole.assets
        rows = [
            heading(local_name(CURRENT)),
            *self._items(lines.CURRENT_ASSETS, is_debit=True),
            sheet.row(_("Total current assets"), assets(("11",)), is_debit=True, kind="subtotal"),
            heading(_("Fixed assets")),
        ]
        for _part, items in ASSETS_2024:
            rows += self._items(items, is_debit=True)
        return [
            *rows,
            sheet.row(_("Total fixed assets"), ("12",), is_debit=True, kind="subtotal"),
            sheet.row(_("Total assets"), assets(("1",)), is_debit=True, kind="total"),
        ]

    def debt_rows(self) -> list[Row]:
        """負債の部, and what is left."""
        sheet, debts = self.whole.sheet, self.whole.debts
        rows: list[Row] = []
        for part, items in LIABILITIES:
            rows += [
                heading(local_name(part)),
                *self._items(items, is_debit=False),
                sheet.row(self.whole.total_of(part), debts(part.codes), kind="subtotal"),
            ]
        return [
            *rows,
            sheet.row(_("Total liabilities"), debts(("2",)), kind="total"),
            sheet.row(names_2024()["total"], ("3", "4", "5"), kind="total"),
        ]

    def _items(self, items: Sequence[Item], *, is_debit: bool) -> Iterator[Row]:
        chosen = self.whole.assets if is_debit else self.whole.debts
        for item in items:
            for code in chosen(item.codes)(AMOUNT):
                # The provider's account in credit stands under the name of the debt.
                name = code if code.startswith(("1",) if is_debit else ("2",)) else item.codes[0]
                yield from self._line(code, name, is_debit=is_debit)

    def _line(self, code: str, name: str, *, is_debit: bool) -> Iterator[Row]:
        sheet = self.whole.sheet
        for program in classes.in_order(sheet.figures.programs((code,))):
            row = sheet.row(
                local_name(CHART[name]), (code,),
                is_debit=is_debit, programs=(program,), indent=1,
            )  # fmt: skip
            if has_amount(row):
                particular = PARTICULARS[name]
                purpose = particular.purpose or _purpose(program)
                words = {"place": particular.place_words(), "purpose": _said(purpose)}
                yield replace(row, cells={**row.cells, **words})


def _purpose(program: str) -> Words:
    """What an asset is for, or what a debt comes from: the work of its fund."""
    return (
        f"{classes.program_name(program, in_japanese=True)}に係るもの",
        f"For: {classes.program_name(program, in_japanese=False)}",
    )


def _said(words: Words) -> str:
    return words[0] if in_japanese() else words[1]
