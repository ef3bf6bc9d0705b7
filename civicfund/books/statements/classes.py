"""会計区分 and 事業区分 of a line: what a fund's programme and a line of the chart decide.

A policy to disclose (CHECK in docs/statements.md): the book's lines carry no class of their own.
"""

from collections.abc import Iterable

from civicfund.core.enums import Labelled
from civicfund.core.errors import N_
from civicfund.core.settings import setting

PUBLIC_COMMON = "共通"
BODY = "法人"
OPERATING_SHARE = "4191"
# No programme at all: its figures are nothing.
NO_PROGRAM = ("-",)

# 事業区分: (Japanese, English), in the order of the statements.
PROGRAMS = {
    "公1": ("公１ 助成事業", "Public 1: grants"),
    "公2": ("公２ 基金事業", "Public 2: named funds"),
    "公3": ("公３ 中間支援・研修事業", "Public 3: support, training"),
    PUBLIC_COMMON: ("公益目的事業共通", "Public, common"),
    "収1": ("収１ 収益事業", "Profit 1"),
    "他1": ("他１ その他の事業", "Other 1"),
    BODY: ("法人会計（管理費）", "Body"),
}

# Lines of the general fund; what is not named here is 法人会計 (管理費).
GENERAL_LINES = {
    # A gift without a purpose is for public work (認定法18条); so is what lost its purpose.
    "4101": PUBLIC_COMMON,
    "4115": PUBLIC_COMMON,
    "4116": PUBLIC_COMMON,
    "4301": PUBLIC_COMMON,
    "3900": PUBLIC_COMMON,
    "4401": "公3",
    # Grants and what choosing and paying them costs.
    "4601": "公1",
    "5101": "公1",
    "5111": "公1",
    "5233": "公1",
    "5293": "公1",
    # What taking gifts costs, and gifts that had to be given back.
    "5231": PUBLIC_COMMON,
    "5232": PUBLIC_COMMON,
    "5291": PUBLIC_COMMON,
    "5292": PUBLIC_COMMON,
    # Designated money in its bank account, gifts under way to us or back, and what grants are owed.
    "1115": PUBLIC_COMMON,
    "1131": PUBLIC_COMMON,
    "1132": PUBLIC_COMMON,
    "1135": PUBLIC_COMMON,
    "1141": PUBLIC_COMMON,
    "1142": PUBLIC_COMMON,
    "1143": "公1",
    "2121": "公1",
    "2122": "公1",
    "2131": PUBLIC_COMMON,
    "2133": PUBLIC_COMMON,
    "2134": PUBLIC_COMMON,
    "2135": PUBLIC_COMMON,
    "2136": PUBLIC_COMMON,
}


class AccountingClass(Labelled):
    """会計区分."""

    PUBLIC = "public", N_("Public-interest purpose")
    PROFIT = "profit", N_("Profit-making and other")
    BODY = "body", N_("Body")

    @property
    def programs(self) -> tuple[str, ...]:
        """Its 事業区分."""
        return tuple(code for code in PROGRAMS if class_of(code) is self)


def class_of(program: str) -> AccountingClass:
    """会計区分 of a programme."""
    if program == BODY:
        return AccountingClass.BODY
    is_public = program == PUBLIC_COMMON or program.startswith("公")
    return AccountingClass.PUBLIC if is_public else AccountingClass.PROFIT


def program_of(code: str, *, fund_program: str, is_general: bool) -> str:
    """事業区分 of a line of the chart in a fund; `is_general`: in the general fund.

    The operating share stands in the campaign's fund but is the body's, unless the setting
    OPERATING_SHARE_PROGRAM says 共通.
    """
    if code == OPERATING_SHARE:
        return str(setting("OPERATING_SHARE_PROGRAM"))
    if is_general:
        return GENERAL_LINES.get(code, BODY)
    return fund_program


def in_order(programs: Iterable[str]) -> list[str]:
    """Programmes in the order of the statements; unknown ones stand before the body's."""
    known = [code for code in PROGRAMS if code != BODY]
    found = set(programs)
    others = sorted(found - set(PROGRAMS))
    return [code for code in [*known, *others, BODY] if code in found]


def program_name(program: str, *, in_japanese: bool) -> str:
    """How a statement calls a programme."""
    name_ja, name_en = PROGRAMS.get(program, (program, program))
    return name_ja if in_japanese else name_en


def program_mark(program: str, *, in_japanese: bool) -> str:
    """公１, Public 1: what a narrow column has room for."""
    name = program_name(program, in_japanese=in_japanese)
    return name.partition(" ")[0] if in_japanese else name.partition(":")[0]
