"""What the statements are called: exactly as the standards name them, with English beside."""

from dataclasses import dataclass

from civicfund.core.errors import N_


@dataclass(frozen=True, slots=True)
class Title:
    """A statement: its slug, its names, and one sentence about it."""

    slug: str
    name_ja: str
    name_en: str
    about: str


BALANCE_SHEET = Title(
    "balance-sheet",
    "貸借対照表",
    "Balance sheet",
    N_("What the fund owned and owed at the end of the year, and what was left for whom."),
)
ACTIVITIES = Title(
    "activities",
    "活動計算書",
    "Statement of activities",
    N_("What came in and what it was spent on in the year, for the whole body."),
)
INVENTORY = Title(
    "inventory",
    "財産目録",
    "Inventory of assets and debts",
    N_("Each asset and debt at the end of the year, with its place and its purpose."),
)
BALANCE_BY_CLASS = Title(
    "balance-sheet-by-class",
    "会計区分別内訳（貸借対照表）",
    "Balance sheet by class",
    N_("What each accounting class owned and owed at the end of the year; the sum is the whole."),
)
BY_SOURCE = Title(
    "by-source",
    "財源区分別内訳",
    "Activities by source of funds",
    N_("The year's result in general and in designated net assets."),
)
BY_CLASS = Title(
    "by-class",
    "会計区分及び事業区分別内訳",
    "Activities by class and programme",
    N_("Every item of the year by accounting class and by programme."),
)
BY_NATURE = Title(
    "by-nature",
    "事業費・管理費の形態別区分",
    "Expenses by nature",
    N_("What programmes and administration spent, by kind of expense."),
)
RESTRICTED = Title(
    "restricted-assets",
    "使途拘束資産（控除対象財産）の内訳と増減額及び残高",
    "Assets bound to a use",
    N_("Fund by fund: what was held for its purpose, what came and went."),
)
MOVEMENTS = Title(
    "fund-movements",
    "基金別増減表",
    "Movements by fund",
    N_("Fund by fund: gifts, subsidies, grants, costs and transfers of the year."),
)
AGES = Title(
    "designated-ages",
    "指定寄附資金の受入年度別残高",
    "Designated gifts by year of receipt",
    N_("How long designated money has been held; what is older than five years wants a plan."),
)
USES = Title(
    "uses-of-gifts",
    "寄附等の使途記載書類",
    "Uses of gifts",
    N_("What gifts were asked for: every appeal and every designated gift, or those of one fund."),
)
NET_ASSETS_2008 = Title(
    "net-assets-2008",
    "正味財産増減計算書（平成20年基準）",
    "Statement of changes in net assets (standard of 2008)",
    N_("The same year as the standard of 2008 shows it: spending releases designated money."),
)
BALANCE_SHEET_2008 = Title(
    "balance-sheet-2008",
    "貸借対照表（平成20年基準）",
    "Balance sheet (standard of 2008)",
    N_("The same balances as the standard of 2008 orders them."),
)
FIGURE = Title(
    "figure",
    "金額の内訳",
    "What a figure is made of",
    N_("The accounts, and then the lines, that a figure of a statement is the sum of."),
)
