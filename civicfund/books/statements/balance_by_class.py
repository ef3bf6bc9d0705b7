"""注記4(1) 会計区分別内訳: the balance sheet, class by class.

Which class holds an account is the declared table of `classes`. Money of a class that lies in the
accounts of another stands as 会計区分間貸借: it is not booked, it follows from the same lines, and
over all classes it is nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Column, Document, Row, RowKind, Section
from civicfund.books.statements import classes, lines, titles
from civicfund.books.statements.balance_sheets import (
    ASSETS_2024,
    CURRENT,
    LIABILITIES,
    BalanceSheet,
    names_2024,
)
from civicfund.books.statements.classes import AccountingClass
from civicfund.books.statements.figures import Figure, Figures, Measure
from civicfund.books.statements.lines import Codes
from civicfund.books.statements.queries import figures_of
from civicfund.books.statements.sheets import (
    TOTAL,
    Sheet,
    heading,
    item_column,
    moment_of,
    statement,
)
from civicfund.web.filters import label, local_name

ELIMINATED = "eliminated"
CLASSES = tuple(kind.value for kind in AccountingClass)
# Every asset but 会計区分間貸借 (1181).
ASSETS: Codes = ("110", "111", "112", "113", "114", "115", "116", "117", "12")
CURRENT_ASSETS = tuple(item for item in lines.CURRENT_ASSETS if item.codes != lines.BETWEEN_CLASSES)
FIXED: Codes = ("12",)
OWNED: Codes = ("2", "3", "4", "5")


def balance_by_class(asked: Asked) -> Document:
    """会計区分別内訳: assets, debts and net assets of each class; the sum is the balance sheet."""
    made = SheetOfClasses.of(asked, figures_of(asked.year))
    columns = [
        item_column(),
        *(Column(name=kind.value, label=label(kind), kind="yen") for kind in AccountingClass),
        Column(name=ELIMINATED, label=_("Internal dealings, eliminated"), kind="yen"),
        Column(name=TOTAL, label=_("Total"), kind="yen"),
    ]
    return statement(
        titles.BALANCE_BY_CLASS,
        span=moment_of(asked.year),
        sections=[Section(columns=columns, rows=[*made.asset_rows(), *made.other_rows()])],
        notes=[
            _(
                "Assets and debts of a fund stand in the class of its programme. Of the general "
                "fund's, the designated deposit, gifts under way and grants owed belong to "
                "public-interest work; everything else to the body."
            ),
            _("Between classes: money of one class that lies in the accounts of another."),
            *made.whole.notes(TOTAL),
        ],
        is_landscape=True,
    )


@dataclass(frozen=True, slots=True)
class SheetOfClasses:
    """The balance sheet with a column for each class, and what the classes owe each other.

    `claims`: what the others owe a class, and in the column of the sum what was booked between
    classes and not cleared; `duties`: what a class owes the others.
    """

    whole: BalanceSheet
    claims: Mapping[str, Figure]
    duties: Mapping[str, Figure]

    @classmethod
    def of(cls, asked: Asked, figures: Figures) -> "SheetOfClasses":
        """The classes of all lines that ever moved."""
        whole = Figure(year=asked.year, codes=(), measure=Measure.STOCK)
        used = classes.in_order(figures.programs(("",)))
        frames = {}
        for kind in AccountingClass:
            programs = tuple(program for program in used if classes.class_of(program) is kind)
            frames[kind.value] = replace(whole, programs=programs or classes.NO_PROGRAM)
        owned = {name: replace(frames[name], codes=(*ASSETS, *OWNED)) for name in CLASSES}
        booked = replace(whole, codes=lines.BETWEEN_CLASSES, is_debit=True)
        return cls(
            BalanceSheet(Sheet(asked, figures, {**frames, TOTAL: whole})),
            {
                **{name: one for name, one in owned.items() if figures.amount(one) > 0},
                **({TOTAL: booked} if figures.amount(booked) else {}),
            },
            {
                name: replace(one, is_debit=True)
                for name, one in owned.items()
                if figures.amount(one) < 0
            },
        )

    def asset_rows(self) -> list[Row]:
        """資産の部."""
        whole, claims = self.whole, self.claims
        return [
            heading(_("Assets (資産の部)")),
            heading(local_name(CURRENT), indent=1),
            *map(_plain, whole.asset_items(CURRENT_ASSETS, indent=2)),
            *self._between(claims),
            self._sum(_("Total current assets"), ("11",), claims, kind="subtotal"),
            heading(_("Fixed assets"), indent=1),
            *map(_plain, whole.fixed_assets(ASSETS_2024)),
            self._sum(_("Total fixed assets"), FIXED, {}, kind="subtotal"),
            self._sum(_("Total assets"), ("1",), claims),
        ]

    def other_rows(self) -> list[Row]:
        """負債の部, 純資産の部."""
        whole, duties = self.whole, self.duties
        rows = [heading(_("Liabilities (負債の部)"))]
        for place, (part, items) in enumerate(LIABILITIES):
            between = {} if place else duties
            rows += [
                heading(local_name(part), indent=1),
                *map(_plain, whole.debt_items(items)),
                *self._between(between),
                self._sum(whole.total_of(part), part.codes, between, kind="subtotal"),
            ]
        names = names_2024()
        return [
            *rows,
            self._sum(_("Total liabilities"), ("2",), duties),
            *map(_plain, whole.net_asset_rows(names)),
            self._sum(names["both"], OWNED, duties),
        ]

    def _between(self, figures: Mapping[str, Figure]) -> list[Row]:
        """会計区分間貸借, where there is any."""
        if not figures:
            return []
        parts = {column: [figure] for column, figure in figures.items()}
        name = local_name(lines.CURRENT_ASSETS[-1])
        return [self._eliminating(figures, self.whole.sheet.sum_row(name, parts, indent=2))]

    def _sum(
        self, name: str, codes: Codes, between: Mapping[str, Figure], *, kind: RowKind = "total"
    ) -> Row:
        """These lines (without what was booked between classes) and what stands between them."""
        is_debit = codes[0].startswith("1")
        chosen = self.whole.assets(codes) if is_debit else self.whole.debts(codes)
        parts = {}
        for column, frame in self.whole.sheet.frames.items():
            kept = tuple(code for code in chosen(column) if code not in lines.BETWEEN_CLASSES)
            figures = (replace(frame, codes=kept, is_debit=is_debit), between.get(column))
            parts[column] = [figure for figure in figures if figure is not None]
        indent = 1 if kind == "subtotal" else 0
        row = self.whole.sheet.sum_row(name, parts, kind=kind, indent=indent)
        return self._eliminating(between, row)

    def _eliminating(self, between: Mapping[str, Figure], row: Row) -> Row:
        """The row, with what the classes owe each other taken off again before the sum."""
        amounts = {
            column: self.whole.sheet.figures.amount(figure) for column, figure in between.items()
        }
        eliminated = amounts.pop(TOTAL, 0) - sum(amounts.values())
        return replace(row, cells={**row.cells, ELIMINATED: eliminated})


def _plain(row: Row) -> Row:
    """A row in which nothing is owed between classes."""
    return row if row.kind == "heading" else replace(row, cells={**row.cells, ELIMINATED: 0})
