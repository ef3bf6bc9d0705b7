"""活動計算書 (令和6年基準): the year of the whole body in one column, beside the year before."""

from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Document, Row, Section
from civicfund.books.statements import classes, lines, titles
from civicfund.books.statements.figures import Measure, without
from civicfund.books.statements.lines import Codes, Item
from civicfund.books.statements.queries import figures_of
from civicfund.books.statements.sheets import (
    THIS,
    Sheet,
    has_amount,
    heading,
    in_japanese,
    span_of,
    statement,
    two_year_columns,
)
from civicfund.ledger.chart import CHART
from civicfund.web.filters import money

ORDINARY_EXPENSE: Codes = without(lines.EXPENSE, *lines.OTHER_EXPENSE, *lines.TAXES)
RESULT: Codes = (*lines.REVENUE, *lines.EXPENSE)


def activities(asked: Asked) -> Document:
    """経常活動区分, その他活動区分, 当期収益費用差額, and what net assets began and ended with."""
    figures = figures_of(asked.year, asked.year - 1)
    sheet = Sheet.of_two_years(asked, figures)
    rows = [
        *ordinary_rows(sheet),
        *other_rows(sheet),
        *end_rows(sheet),
        *net_asset_rows(sheet),
    ]
    return statement(
        titles.ACTIVITIES,
        span=span_of(asked.year),
        sections=[Section(columns=two_year_columns(), rows=rows)],
        notes=taken_over_notes(sheet, THIS),
    )


def ordinary_rows(sheet: Sheet) -> list[Row]:
    """経常活動区分: revenue by item, 事業費 by programme, 管理費."""
    return [
        heading(_("Ordinary activities (経常活動区分)")),
        heading(_("Ordinary revenue"), indent=1),
        *sheet.items(lines.ORDINARY_REVENUE),
        sheet.row(_("Total ordinary revenue"), lines.REVENUE, kind="subtotal", indent=1),
        heading(_("Ordinary expenses"), indent=1),
        *expense_rows(sheet),
        sheet.row(
            _("Total ordinary expenses"), ORDINARY_EXPENSE,
            is_debit=True, kind="subtotal", indent=1,
        ),
        sheet.row(
            _("Ordinary revenue less expenses"), (*lines.REVENUE, *ORDINARY_EXPENSE),
            kind="subtotal",
        ),
    ]  # fmt: skip


def expense_rows(sheet: Sheet) -> list[Row]:
    """事業費 by programme, and 管理費."""
    programs = classes.in_order(sheet.figures.programs(ORDINARY_EXPENSE))
    works = tuple(program for program in programs if program != classes.BODY)
    rows = [
        sheet.row(
            classes.program_name(program, in_japanese=in_japanese()),
            ORDINARY_EXPENSE,
            is_debit=True,
            programs=(program,),
            indent=3,
        )
        for program in works
    ]
    program_total = sheet.row(
        _("Programme expenses"), ORDINARY_EXPENSE, is_debit=True, programs=works or ("-",), indent=2
    )
    administration = sheet.row(
        _("Administration"), ORDINARY_EXPENSE, is_debit=True, programs=(classes.BODY,), indent=2
    )
    return [program_total, *(row for row in rows if has_amount(row)), administration]


def other_rows(sheet: Sheet) -> list[Row]:
    """その他活動区分: losses that are not of the year's own work."""
    losses = sheet.items(items_of(lines.OTHER_EXPENSE), is_debit=True)
    if not losses:
        return []
    return [
        heading(_("Other activities (その他活動区分)")),
        heading(_("Other expenses"), indent=1),
        *losses,
        sheet.row(
            _("Total other expenses"), lines.OTHER_EXPENSE,
            is_debit=True, kind="subtotal", indent=1,
        ),
        sheet.row(_("Other revenue less expenses"), lines.OTHER_EXPENSE, kind="subtotal"),
    ]  # fmt: skip


def end_rows(sheet: Sheet) -> list[Row]:
    """Taxes where there are any, and 当期収益費用差額."""
    result = sheet.row(_("Revenue less expenses of the year"), RESULT, kind="total")
    taxes = sheet.row(_("Corporation and local taxes"), lines.TAXES, is_debit=True)
    if not has_amount(taxes):
        return [result]
    before = without(RESULT, *lines.TAXES)
    return [
        sheet.row(_("Revenue less expenses before taxes"), before, kind="subtotal"),
        taxes,
        result,
    ]


def net_asset_rows(sheet: Sheet) -> list[Row]:
    """期首純資産, 期末純資産."""
    return [
        sheet.row(_("Net assets at the beginning"), lines.NET_ASSETS, measure=Measure.OPENING),
        sheet.row(
            _("Net assets at the end"), lines.NET_ASSETS, measure=Measure.STOCK, kind="total"
        ),
    ]


def taken_over_notes(sheet: Sheet, column: str) -> list[str]:
    """Says so when opening balances of earlier books came in during the year."""
    amount = sheet.amount(column, lines.TAKEN_OVER)
    if not amount:
        return []
    return [
        _(
            "The beginning includes %(amount)s taken over from earlier books during the year.",
            amount=money(amount),
        )
    ]


def items_of(codes: Codes) -> list[Item]:
    """Lines of the chart as items of their own."""
    return [
        Item(line.name_ja, line.name_en, (code,))
        for code, line in CHART.items()
        if code.startswith(codes)
    ]
