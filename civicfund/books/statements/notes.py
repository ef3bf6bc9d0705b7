"""注記5: the activities by source of funds, by class and programme, and expenses by nature."""

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext as _

from civicfund.books.asking import Asked
from civicfund.books.documents import Column, Document, Section
from civicfund.books.statements import classes, lines, titles
from civicfund.books.statements.activities import (
    ORDINARY_EXPENSE,
    RESULT,
    items_of,
    taken_over_notes,
)
from civicfund.books.statements.classes import AccountingClass
from civicfund.books.statements.figures import Figure, Figures, Measure
from civicfund.books.statements.queries import figures_of
from civicfund.books.statements.sheets import (
    TOTAL,
    Sheet,
    has_amount,
    heading,
    in_japanese,
    item_column,
    span_of,
    statement,
)
from civicfund.core.settings import setting
from civicfund.ledger.models import FundClass
from civicfund.web.filters import label


def by_source(asked: Asked) -> Document:
    """財源区分別内訳: 一般 and 指定 side by side, and the only way from one to the other."""
    whole = Figure(year=asked.year, codes=())
    frames = {
        "general": replace(whole, fund_class=FundClass.GENERAL),
        "designated": replace(whole, fund_class=FundClass.DESIGNATED),
        TOTAL: whole,
    }
    sheet = Sheet(asked, figures_of(asked.year), frames)
    columns = [
        item_column(),
        Column(name="general", label=_("General net assets"), kind="yen"),
        Column(name="designated", label=_("Designated net assets"), kind="yen"),
        Column(name=TOTAL, label=_("Total"), kind="yen"),
    ]
    rows = [
        sheet.row(_("Revenue less expenses of the year"), RESULT),
        sheet.row(_("Transfer from designated to general net assets"), lines.TRANSFER),
        sheet.row(
            _("General or designated net assets at the beginning"),
            lines.NET_ASSETS,
            measure=Measure.OPENING,
        ),
        sheet.row(
            _("General or designated net assets at the end"),
            lines.NET_ASSETS,
            measure=Measure.STOCK,
            kind="total",
        ),
    ]
    return statement(
        titles.BY_SOURCE,
        span=span_of(asked.year),
        sections=[Section(columns=columns, rows=rows)],
        notes=taken_over_notes(sheet, TOTAL),
    )


def by_class(asked: Asked) -> Document:
    """会計区分及び事業区分別内訳: the class of each line by the declared table of `classes`."""
    figures = figures_of(asked.year)
    sheet = Sheet(asked, figures, _class_frames(asked, figures))
    labels = _class_labels(sheet.frames)
    columns = [
        item_column(),
        *(Column(name=name, label=text, kind="yen") for name, text in labels.items()),
    ]
    transfers = sheet.row(
        _("Transfers between programmes"), (*lines.TRANSFER, *lines.BETWEEN_FUNDS)
    )
    rows = [
        heading(_("Ordinary revenue")),
        *sheet.items(lines.ORDINARY_REVENUE, indent=1),
        sheet.row(_("Total ordinary revenue"), lines.REVENUE, kind="subtotal"),
        heading(_("Ordinary expenses")),
        *sheet.items(items_of(ORDINARY_EXPENSE), is_debit=True, indent=1),
        sheet.row(_("Total ordinary expenses"), ORDINARY_EXPENSE, is_debit=True, kind="subtotal"),
        *sheet.items(items_of(lines.OTHER_EXPENSE), is_debit=True, indent=0),
        *sheet.items(items_of(lines.TAXES), is_debit=True, indent=0),
        sheet.row(_("Revenue less expenses of the year"), RESULT, kind="total"),
        *([transfers] if has_amount(transfers) else []),
        sheet.row(_("Net assets at the beginning"), lines.NET_ASSETS, measure=Measure.OPENING),
        sheet.row(
            _("Net assets at the end"), lines.NET_ASSETS, measure=Measure.STOCK, kind="total"
        ),
    ]
    return statement(
        titles.BY_CLASS,
        span=span_of(asked.year),
        sections=[Section(columns=columns, rows=rows)],
        notes=[_share_note(), *taken_over_notes(sheet, TOTAL)],
        is_landscape=True,
    )


def by_nature(asked: Asked) -> Document:
    """事業費・管理費の形態別区分: every line of expense, by programme and administration."""
    figures = figures_of(asked.year)
    whole = Figure(year=asked.year, codes=())
    programs = classes.in_order(figures.programs(lines.EXPENSE))
    works = tuple(program for program in programs if program != classes.BODY)
    frames = {
        **{program: replace(whole, programs=(program,)) for program in works},
        "programs": replace(whole, programs=works or classes.NO_PROGRAM),
        "body": replace(whole, programs=(classes.BODY,)),
        TOTAL: whole,
    }
    names = {
        **{work: classes.program_name(work, in_japanese=in_japanese()) for work in works},
        "programs": _("Programme expenses"),
        "body": _("Administration"),
        TOTAL: _("Total"),
    }
    sheet = Sheet(asked, figures, frames)
    rows = [
        *sheet.items(items_of(lines.EXPENSE), is_debit=True, indent=0),
        sheet.row(_("Total"), lines.EXPENSE, is_debit=True, kind="total"),
    ]
    columns = [
        item_column(),
        *(Column(name=name, label=names[name], kind="yen") for name in frames),
    ]
    return statement(
        titles.BY_NATURE,
        span=span_of(asked.year),
        sections=[Section(columns=columns, rows=rows)],
        is_landscape=True,
    )


def _class_frames(asked: Asked, figures: Figures) -> dict[str, Figure]:
    """A column for each programme in use, one for its class, and one for all."""
    whole = Figure(year=asked.year, codes=())
    used = classes.in_order(figures.programs(lines.NET_ASSETS))
    frames: dict[str, Figure] = {}
    for kind in AccountingClass:
        programs = tuple(program for program in used if classes.class_of(program) is kind)
        if kind is AccountingClass.PUBLIC:
            frames |= {one: replace(whole, programs=(one,)) for one in programs}
        frames[kind.value] = replace(whole, programs=programs or classes.NO_PROGRAM)
    return {**frames, TOTAL: whole}


def _class_labels(frames: Mapping[str, Figure]) -> dict[str, str]:
    labels = {}
    for name in frames:
        kind = AccountingClass.of(name)
        if kind is not None:
            labels[name] = label(kind)
        elif name == TOTAL:
            labels[name] = _("Total")
        else:
            labels[name] = classes.program_name(name, in_japanese=in_japanese())
    return labels


def _share_note() -> str:
    if setting("OPERATING_SHARE_PROGRAM") == classes.BODY:
        return str(_("The operating share of gifts stands in the body accounting."))
    return str(_("The operating share of gifts stands in what is common to all public work."))
