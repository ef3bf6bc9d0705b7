"""Which accounts stand in which item of the statements: declared, to be read by an accountant."""

from dataclasses import dataclass

# Codes are those of the chart; a shorter one means every line that begins with it.
Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An item (科目) of a statement and the lines of the chart that it is made of."""

    name_ja: str
    name_en: str
    codes: Codes


REVENUE: Codes = ("4",)
EXPENSE: Codes = ("5",)
TAXES: Codes = ("5301",)
# 科目 of その他活動区分 (平成20年基準: 経常外): losses that are not of the year's own work.
OTHER_EXPENSE: Codes = ("5291", "5292", "5293")
TRANSFER: Codes = ("3900",)
BETWEEN_FUNDS: Codes = ("3190",)
# Net assets that were booked as such: opening balances, taken over from earlier books.
TAKEN_OVER: Codes = ("3100", "3101", "3102", "3200")
# What moves designated and general net assets; 3300 stands beside them.
NET_ASSETS: Codes = ("31", "32", "39", "4", "5")
VALUATION: Codes = ("3300",)
GIFTS: Codes = ("4101", "4111", "4112", "4113", "4114", "4115", "4191")
IN_KIND: Codes = ("4116",)
SUBSIDIES: Codes = ("4201", "4202", "4203")
GRANTS: Codes = ("5101",)

BETWEEN_CLASSES: Codes = ("1181",)
PROVIDER = "1131"
PROVIDER_DEBT = "2135"

CURRENT_ASSETS = (
    Item("現金預金", "Cash and deposits", ("1101", "1112", "1115", "1116", "1121")),
    Item("決済代行未収金", "Receivable from payment providers", (PROVIDER, "1132")),
    Item("未収金", "Other receivables", ("1135", "1143")),
    Item("未収補助金等", "Subsidies receivable", ("1141",)),
    Item("未収寄附金", "Gifts receivable", ("1142",)),
    Item("前払金・前払費用", "Prepaid", ("1151",)),
    Item("仮払金", "Suspense payments", ("1161",)),
    Item("貯蔵品", "Supplies", ("1171",)),
    Item("会計区分間貸借", "Between classes", BETWEEN_CLASSES),
)
TANGIBLE_ASSETS = (
    Item("什器備品", "Fixtures", ("1211",)),
    Item("什器備品減価償却累計額", "Fixtures, accumulated depreciation", ("1212",)),
)
INTANGIBLE_ASSETS = (Item("ソフトウェア", "Software", ("1221", "1222")),)
OTHER_FIXED_ASSETS = (
    Item("投資有価証券", "Securities", ("1231",)),
    Item("長期性預金", "Long-term deposits", ("1241",)),
    Item("敷金", "Deposits paid", ("1251",)),
)
CURRENT_LIABILITIES = (
    Item("未払金", "Accounts payable", ("2111",)),
    Item("未払助成金", "Grants payable", ("2121",)),
    Item("仮受金", "Unmatched receipts", ("2131",)),
    Item("前受金", "Advances", ("2132",)),
    Item("預り金", "Money held", ("2133", "2141")),
    Item("返還未払金", "Refunds payable", ("2134", "2136")),
    Item("決済代行未払金", "Owed to payment providers", (PROVIDER_DEBT,)),
    Item("未払消費税等", "Consumption tax payable", ("2142",)),
    Item("未払法人税等", "Corporation tax payable", ("2143",)),
    Item("賞与引当金", "Bonus provision", ("2151",)),
)
FIXED_LIABILITIES = (
    Item("長期未払助成金", "Grants payable after more than a year", ("2122",)),
    Item("長期借入金", "Long-term borrowings", ("2211",)),
    Item("退職給付引当金", "Retirement provision", ("2212",)),
)
ORDINARY_REVENUE = (
    Item("資産運用益", "Investment income", ("4501",)),
    Item("受取会費", "Membership fees", ("4301",)),
    Item("事業収益", "Fees and contracts", ("4401",)),
    Item("受取補助金等", "Subsidies", ("4201", "4202")),
    Item("受取負担金", "Contributions under agreements", ("4203",)),
    Item("受取寄附金", "Gifts", GIFTS),
    Item("受贈益", "Gifts in kind", IN_KIND),
    Item("雑収益", "Miscellaneous income", ("4601", "4691")),
)


def all_codes(*groups: tuple[Item, ...]) -> Codes:
    """Every code of these items."""
    return tuple(code for items in groups for item in items for code in item.codes)
