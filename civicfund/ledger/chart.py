"""The chart of accounts (勘定科目表) and what follows from a line's code alone."""

from dataclasses import dataclass

from civicfund.ledger.errors import UnknownAccount
from civicfund.ledger.models import AccountKind, FundClass, Guard

KINDS = {
    "1": AccountKind.ASSET,
    "2": AccountKind.LIABILITY,
    "3": AccountKind.NET_ASSETS,
    "4": AccountKind.REVENUE,
    "5": AccountKind.EXPENSE,
}
# Cash and banks: credits may not overdraw them, and they stand in the general fund only.
BANKS = frozenset({"1101", "1112", "1115", "1116", "1121"})
# What is owed or held for somebody: debits may not exceed it.
OWED = frozenset({"2121", "2122", "2131", "2133", "2134"})
# 一般 even inside a designated fund: the operating share, and what it becomes at the close.
ALWAYS_GENERAL = frozenset({"3200", "4101", "4191"})
# 指定 by nature: these have no place in a general fund.
ALWAYS_DESIGNATED = frozenset({"3100", "3101", "3102", "3190"})
# The fee is taken from each gift on its way in: a guard there would make gifts queue.
FREE_OF_GUARD = frozenset({"5231"})


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line of the chart: `1131 決済代行未収金(Stripe) Receivable from PSP`."""

    code: str
    name_ja: str
    name_en: str

    @property
    def kind(self) -> AccountKind:
        """Asset, liability, net assets, revenue or expense: the first digit."""
        return KINDS[self.code[0]]

    def fund_class(self, designation: FundClass) -> FundClass | None:
        """財源区分 of this line in a fund of that designation; none for assets and liabilities."""
        if self.kind in {AccountKind.ASSET, AccountKind.LIABILITY}:
            return None
        return FundClass.GENERAL if self.code in ALWAYS_GENERAL else designation

    def guard(self, designation: FundClass) -> Guard:
        """Which balance may not go below zero when money leaves this line."""
        if self.code in BANKS:
            return Guard.BANK
        if self.code in OWED:
            return Guard.ACCOUNT
        if self.fund_class(designation) is FundClass.DESIGNATED and self.code not in FREE_OF_GUARD:
            return Guard.FUND
        return Guard.NONE

    def may_stand_in(self, designation: FundClass, *, is_general_fund: bool) -> bool:
        """May a fund of that designation carry this line?"""
        if self.code in BANKS:
            return is_general_fund
        if self.code in ALWAYS_DESIGNATED:
            return designation is FundClass.DESIGNATED
        if self.code == "4101":
            return designation is FundClass.GENERAL
        return True


CHART: dict[str, ChartLine] = {
    line.code: line
    for line in (
        ChartLine("1101", "現金", "Cash"),
        ChartLine("1112", "普通預金（運営口）", "Bank, operating"),
        ChartLine("1115", "普通預金（基金口）", "Bank, designated funds"),
        ChartLine("1116", "ゆうちょ振替口座", "Postal transfer account"),
        ChartLine("1121", "定期預金", "Time deposit"),
        ChartLine("1131", "決済代行未収金", "Receivable from payment provider"),
        ChartLine("1132", "決済代行未収金（口座振替等）", "Receivable from other providers"),
        ChartLine("1135", "係争未収金（チャージバック）", "Disputed receivable"),
        ChartLine("1141", "未収補助金等", "Subsidy receivable"),
        ChartLine("1142", "未収寄附金", "Gift receivable"),
        ChartLine("1143", "未収返還金（助成金）", "Grant refund receivable"),
        ChartLine("1151", "前払金・前払費用", "Prepaid"),
        ChartLine("1161", "仮払金", "Suspense payment"),
        ChartLine("1171", "貯蔵品", "Supplies"),
        ChartLine("1181", "会計区分間貸借", "Inter-class account"),
        ChartLine("1211", "什器備品", "Fixtures"),
        ChartLine("1212", "什器備品減価償却累計額", "Fixtures, accumulated depreciation"),
        ChartLine("1221", "ソフトウェア", "Software"),
        ChartLine("1222", "ソフトウェア償却累計額", "Software, accumulated amortisation"),
        ChartLine("1231", "投資有価証券", "Securities"),
        ChartLine("1241", "長期性預金（基本財産）", "Endowment deposit"),
        ChartLine("1251", "敷金", "Deposit"),
        ChartLine("2111", "未払金", "Accounts payable"),
        ChartLine("2121", "未払助成金", "Grants payable"),
        ChartLine("2122", "長期未払助成金", "Grants payable after more than a year"),
        ChartLine("2131", "仮受金（入金照合中）", "Unmatched receipts"),
        ChartLine("2132", "前受金", "Advances"),
        ChartLine("2133", "預り金（条件付寄附）", "Conditional gifts held"),
        ChartLine("2134", "返還未払金（寄附者）", "Refunds payable to donors"),
        ChartLine("2135", "決済代行未払金", "Negative provider balance"),
        ChartLine("2136", "補助金等返還未払金", "Subsidy to be returned"),
        ChartLine("2141", "預り金（源泉税・社会保険）", "Withholdings"),
        ChartLine("2142", "未払消費税等", "Consumption tax payable"),
        ChartLine("2143", "未払法人税等", "Corporation tax payable"),
        ChartLine("2151", "賞与引当金", "Bonus provision"),
        ChartLine("2211", "長期借入金", "Long-term borrowings"),
        ChartLine("2212", "退職給付引当金", "Retirement provision"),
        ChartLine("3100", "指定純資産", "Designated net assets"),
        ChartLine("3101", "指定純資産（寄付金）", "Designated net assets, gifts"),
        ChartLine("3102", "指定純資産（補助金等）", "Designated net assets, subsidies"),
        ChartLine("3190", "指定純資産 基金間振替", "Transfers between designated funds"),
        ChartLine("3200", "一般純資産", "General net assets"),
        ChartLine("3300", "その他有価証券評価差額金", "Valuation difference"),
        ChartLine(
            "3900", "指定純資産から一般純資産への振替額", "Transfer from designated to general"
        ),
        ChartLine("4101", "受取寄附金（一般）", "General gifts"),
        ChartLine("4111", "受取寄附金（事業指定）", "Project-designated gifts"),
        ChartLine("4112", "受取寄附金（テーマ・地域指定）", "Theme and area gifts"),
        ChartLine("4113", "受取寄附金（冠基金）", "Named-fund gifts"),
        ChartLine("4114", "受取寄附金（マッチング・企業）", "Company match"),
        ChartLine("4115", "受取寄附金（遺贈）", "Legacies"),
        ChartLine("4116", "受贈益（物品・有価証券）", "Gifts in kind"),
        ChartLine("4191", "受取寄附金（運営費分）", "Gifts, operating share"),
        ChartLine("4201", "受取地方公共団体補助金", "Municipal subsidy"),
        ChartLine("4202", "受取民間助成金", "Private grants"),
        ChartLine("4203", "受取負担金", "Contributions under agreements"),
        ChartLine("4301", "受取会費（賛助）", "Supporting-member fees"),
        ChartLine("4401", "事業収益（研修・相談・受託）", "Fees and contracts"),
        ChartLine("4501", "受取利息・運用益", "Interest and investment income"),
        ChartLine("4601", "助成金返還収入（過年度）", "Grant money returned, earlier years"),
        ChartLine("4691", "雑収益", "Miscellaneous income"),
        ChartLine("5101", "支払助成金", "Grants"),
        ChartLine("5111", "諸謝金", "Honoraria"),
        ChartLine("5121", "委託費", "Contract work"),
        ChartLine("5122", "旅費交通費", "Travel"),
        ChartLine("5123", "会議費", "Meetings"),
        ChartLine("5131", "給料手当", "Salaries"),
        ChartLine("5132", "法定福利・福利厚生費", "Welfare"),
        ChartLine("5141", "印刷製本費", "Printing"),
        ChartLine("5142", "通信運搬費", "Post and telecommunication"),
        ChartLine("5143", "消耗品費", "Supplies used"),
        ChartLine("5144", "賃借料", "Rent"),
        ChartLine("5231", "支払手数料（決済）", "Payment provider fees"),
        ChartLine("5232", "支払手数料（係争）", "Dispute fees"),
        ChartLine("5233", "支払手数料（振込）", "Bank transfer fees"),
        ChartLine("5241", "租税公課", "Taxes and dues"),
        ChartLine("5242", "減価償却費", "Depreciation"),
        ChartLine("5291", "過年度寄附金返還損", "Gifts refunded, earlier years"),
        ChartLine("5292", "寄附金取消損", "Cancelled gifts not recoverable"),
        ChartLine("5293", "貸倒損失（助成金返還）", "Irrecoverable grant refunds"),
        ChartLine("5301", "法人税、住民税及び事業税", "Corporation and local taxes"),
    )
}


def chart_line(code: str) -> ChartLine:
    """The line with this code. Raises `UnknownAccount`."""
    try:
        return CHART[code]
    except KeyError:
        raise UnknownAccount(account=code) from None
