"""正味財産増減計算書 (平成20年基準), derived: what was spent of designated money is released."""

from dataclasses import replace

from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Document, Row, Section
from civicfund.books.statements import classes, lines, titles
from civicfund.books.statements.activities import ORDINARY_EXPENSE, items_of, taken_over_notes
from civicfund.books.statements.figures import Figures, Measure
from civicfund.books.statements.lines import Codes
from civicfund.books.statements.queries import figures_of
from civicfund.books.statements.sheets import (
    DIFFERENCE,
    PREVIOUS,
    THIS,
    Sheet,
    has_amount,
    heading,
    span_of,
    statement,
    two_year_columns,
)
from civicfund.ledger.models import FundClass
from civicfund.web.filters import local_name


class NetAssets2008:
    """The rows of the statement: general, designated, and every line of expense."""

    def __init__(self, asked: Asked, figures: Figures) -> None:
        self.whole = Sheet.of_two_years(asked, figures)
        self.general = self._of(FundClass.GENERAL)
        self.designated = self._of(FundClass.DESIGNATED)

    def _of(self, fund_class: FundClass) -> Sheet:
        frames = {
            name: replace(frame, fund_class=fund_class) for name, frame in self.whole.frames.items()
        }
        return Sheet(self.whole.asked, self.whole.figures, frames)

    def release(self, codes: Codes, label: str) -> Row:
        """振替額: designated money that was spent on these lines (注15)."""
        return self.designated.row(label, codes, is_debit=True, indent=2)

    def general_rows(self) -> list[Row]:
        """Ⅰ 一般正味財産増減の部."""
        return [
            heading(_("Changes in general net assets (一般正味財産増減の部)")),
            heading(_("Ordinary changes"), indent=1),
            heading(_("Ordinary revenue"), indent=1),
            *self.general.items(lines.ORDINARY_REVENUE),
            self.release(ORDINARY_EXPENSE, _("Released from designated net assets")),
            self.ordinary_revenue(_("Total ordinary revenue")),
            heading(_("Ordinary expenses"), indent=1),
            *self.expense_rows(),
            self.whole.row(
                _("Total ordinary expenses"), ORDINARY_EXPENSE,
                is_debit=True, kind="subtotal", indent=1,
            ),
            self.general.row(
                _("Ordinary change of the year"), (*lines.REVENUE, *ORDINARY_EXPENSE),
                kind="subtotal", indent=1,
            ),
            *self.extraordinary_rows(),
            self.general.row(
                _("Change in general net assets"), ("4", "5", "39"), kind="subtotal"
            ),
            *self.balances(
                self.general,
                _("General net assets at the beginning (2008)"),
                _("General net assets at the end (2008)"),
            ),
        ]  # fmt: skip

    def expense_rows(self) -> list[Row]:
        """事業費 and 管理費, each by kind of expense."""
        programs = self.whole.figures.programs(ORDINARY_EXPENSE)
        works = tuple(classes.in_order(programs - {classes.BODY})) or ("-",)
        rows = []
        for name, chosen in (
            (_("Programme expenses"), works),
            (_("Administration"), (classes.BODY,)),
        ):
            found = [
                self.whole.row(
                    local_name(item), item.codes, is_debit=True, programs=chosen, indent=3
                )
                for item in items_of(ORDINARY_EXPENSE)
            ]
            rows += [
                self.whole.row(name, ORDINARY_EXPENSE, is_debit=True, programs=chosen, indent=2),
                *(row for row in found if has_amount(row)),
            ]
        return rows

    def extraordinary_rows(self) -> list[Row]:
        """経常外増減の部, where anything happened: lost purposes, losses, taxes."""
        lost = self.general.row(
            _("Released because the purpose was lost"), lines.TRANSFER, indent=2
        )
        release = self.release(
            (*lines.OTHER_EXPENSE, *lines.TAXES), _("Released for other expenses")
        )
        losses = self.whole.items(items_of(lines.OTHER_EXPENSE), is_debit=True)
        taxes = self.whole.items(items_of(lines.TAXES), is_debit=True)
        rows = [row for row in (lost, release, *losses, *taxes) if has_amount(row)]
        if not rows:
            return []
        return [
            heading(_("Extraordinary changes"), indent=1),
            *rows,
            self.general.row(
                _("Extraordinary change of the year"),
                (*lines.OTHER_EXPENSE, *lines.TAXES, *lines.TRANSFER),
                kind="subtotal",
                indent=1,
            ),
        ]

    def designated_rows(self) -> list[Row]:
        """Ⅱ 指定正味財産増減の部."""
        lost = self.designated.row(
            _("To general net assets, purpose lost"), lines.TRANSFER, indent=1
        )
        return [
            heading(_("Changes in designated net assets (指定正味財産増減の部)")),
            *self.designated.items(lines.ORDINARY_REVENUE, indent=1),
            self.designated.row(_("To general net assets"), lines.EXPENSE, indent=1),
            *([lost] if has_amount(lost) else []),
            self.designated.row(
                _("Change in designated net assets"), ("4", "5", "39"), kind="subtotal"
            ),
            *self.balances(
                self.designated,
                _("Designated net assets at the beginning (2008)"),
                _("Designated net assets at the end (2008)"),
            ),
        ]

    def balances(self, sheet: Sheet, beginning: str, end: str) -> list[Row]:
        """期首残高, 期末残高."""
        return [
            sheet.row(beginning, lines.NET_ASSETS, measure=Measure.OPENING),
            sheet.row(end, lines.NET_ASSETS, measure=Measure.STOCK, kind="subtotal"),
        ]

    def ordinary_revenue(self, label: str) -> Row:
        """経常収益計: general revenue and what was released."""
        parts = {
            column: (
                replace(self.general.frames[column], codes=lines.REVENUE),
                replace(self.designated.frames[column], codes=ORDINARY_EXPENSE, is_debit=True),
            )
            for column in (THIS, PREVIOUS)
        }
        row = self.whole.sum_row(label, parts, kind="subtotal", indent=1)
        risen = int(str(row.cells[THIS])) - int(str(row.cells[PREVIOUS]))
        return replace(row, cells={**row.cells, DIFFERENCE: risen})


def net_assets_2008(asked: Asked) -> Document:
    """正味財産増減計算書: 振替額 is the sum of designated expense; totals equal 令和6年."""
    made = NetAssets2008(asked, figures_of(asked.year, asked.year - 1))
    rows = [
        *made.general_rows(),
        *made.designated_rows(),
        made.whole.row(
            _("Net assets at the end (2008)"),
            lines.NET_ASSETS,
            measure=Measure.STOCK,
            kind="total",
        ),
    ]
    return statement(
        titles.NET_ASSETS_2008,
        span=span_of(asked.year),
        sections=[Section(columns=two_year_columns(), rows=rows)],
        notes=taken_over_notes(made.whole, THIS),
    )
