"""The columns of the CSV files: heading, meaning, type, and where each comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from civicfund.core.spreadsheets import safe_cell_sql
from civicfund.ledger.models import SHOWS_LATE, AccountKind, FundClass

CLASSES = tuple(kind.value for kind in FundClass)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for programs and for people, what it means, its type in a Data Package."""

    name: str
    ja: str
    sql: str
    meaning_ja: str
    meaning_en: str
    type: str = "string"
    enum: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """`仕訳番号 (number)`: the name in brackets never changes."""
        return f"{self.ja} ({self.name})"

    @property
    def field(self) -> dict[str, Any]:
        """As a Table Schema describes it."""
        described: dict[str, Any] = {
            "name": self.heading,
            "type": self.type,
            "title": self.ja,
            "description": f"{self.meaning_ja} / {self.meaning_en}",
        }
        if self.enum:
            described["constraints"] = {"enum": list(self.enum)}
        return described


def heading(columns: Sequence[Column], name: str) -> str:
    """The heading of one of these columns."""
    return next(column.heading for column in columns if column.name == name)


JOURNAL = (
    Column("number", "仕訳番号", "s.number", "封緘時の通し番号",
           "Number of the entry, gapless, given when it was sealed", "integer"),
    Column("line", "行", "t.line", "仕訳の中の行番号", "Line within the entry", "integer"),
    Column("date", "取引日", "e.effective_on", "取引の日", "Day of the event", "date"),
    Column(
        "recorded_at", "記帳日時",
        "to_char(e.recorded_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+09:00\"')",
        "記帳した日時（日本時間）", "When it was recorded, in Japan's time",
    ),
    Column("kind", "取引の種類", "e.kind", "仕訳ルールの名前", "Name of the posting rule"),
    Column("debit", "借方勘定", "d.code", "科目コード/基金コード", "Line of the chart / fund"),
    Column("debit_name", "借方科目名", "d.name_ja", "借方の科目名", "Name of the debit account"),
    Column("credit", "貸方勘定", "c.code", "科目コード/基金コード", "Line of the chart / fund"),
    Column("credit_name", "貸方科目名", "c.name_ja", "貸方の科目名", "Name of the credit account"),
    Column("amount", "金額", "t.amount_minor", "金額（円）", "Amount in whole yen", "integer"),
    Column("currency", "通貨", "d.currency", "通貨", "Currency", enum=("JPY",)),
    Column("debit_class", "借方財源区分", "d.fund_class", "指定 designated / 一般 general",
           "Designated or general; empty for assets and liabilities", enum=CLASSES),
    Column("credit_class", "貸方財源区分", "c.fund_class", "指定 designated / 一般 general",
           "Designated or general; empty for assets and liabilities", enum=CLASSES),
    Column("party", "取引先", safe_cell_sql("p.full_name"), "取引先の名前", "With whom"),
    Column("memo", "摘要", safe_cell_sql("e.memo"), "摘要", "Memo"),
    Column("source", "取引の元", "e.source_kind || '/' || e.source_id",
           "もとになった記録", "The record that it comes from"),
    Column("key", "冪等キー", "e.key", "同じ取引を二度記帳しないための鍵",
           "The key that keeps a deed from being booked twice"),
    Column("reverses", "取消した仕訳",
           "CASE WHEN e.reverses_id IS NOT NULL THEN (SELECT o.number FROM seals o "
           "WHERE o.kind = 'entry' AND o.row_id = e.reverses_id) END",
           "取り消す仕訳の番号", "Number of the entry that this one reverses", "integer"),
    Column("late", "遅延入力", f"CASE WHEN {SHOWS_LATE} THEN 'late' END",
           "翌月末より後、またはその日の月を締めた後に記帳した仕訳は late",
           "`late` if recorded after the following month, or after the month of its day was closed",
           enum=("late",)),
    Column("recorded_by", "記帳者", "e.recorded_by_id", "記帳した人の番号", "Who recorded it",
           "integer"),
    Column("approved_by", "承認者", "e.approved_by_id", "承認した人の番号", "Who approved it",
           "integer"),
)  # fmt: skip

LEDGER = (
    Column("account", "勘定", "a.code", "科目コード/基金コード", "Line of the chart / fund"),
    Column("account_name", "科目名", "a.name_ja", "科目名", "Name of the account"),
    Column("date", "取引日", "m.day", "取引の日", "Day of the event", "date"),
    Column("number", "仕訳番号", "m.number", "仕訳番号。期首残高の行は空",
           "Number of the entry; empty in the row of the opening balance", "integer"),
    Column("line", "行", "m.line", "仕訳の中の行番号", "Line within the entry", "integer"),
    Column("kind", "取引の種類", "m.kind", "仕訳ルールの名前。期首残高は opening",
           "Name of the posting rule; `opening` in the row of the opening balance"),
    Column("other", "相手勘定", "o.code", "相手の勘定", "The account on the other side"),
    Column("other_name", "相手科目名", "o.name_ja", "相手の科目名", "Its name"),
    Column("party", "取引先", safe_cell_sql("p.full_name"), "取引先の名前", "With whom"),
    Column("memo", "摘要", safe_cell_sql("m.memo"), "摘要", "Memo"),
    Column("debit", "借方", "m.debit", "借方の金額（円）", "Debited, whole yen", "integer"),
    Column("credit", "貸方", "m.credit", "貸方の金額（円）", "Credited, whole yen", "integer"),
    Column("balance", "差引残高・借方プラス",
           "sum(coalesce(m.debit, 0) - coalesce(m.credit, 0) + m.opening) OVER "
           "(PARTITION BY m.account ORDER BY m.day NULLS FIRST, m.number NULLS FIRST, m.line "
           "ROWS UNBOUNDED PRECEDING)",
           "この行の後の残高。借方がプラス", "The balance after this line; debits positive",
           "integer"),
)  # fmt: skip

BALANCES = (
    Column("account", "勘定", "code", "科目コード/基金コード", "Line of the chart / fund"),
    Column("name_ja", "科目名", "name_ja", "科目名", "Name of the account in Japanese"),
    Column("name_en", "英語名", "name_en", "英語の科目名", "Name of the account in English"),
    Column("kind", "種別", "kind", "資産・負債・正味財産・収益・費用",
           "Asset, liability, net assets, revenue or expense",
           enum=tuple(kind.value for kind in AccountKind)),
    Column("fund_class", "財源区分", "fund_class", "指定 designated / 一般 general",
           "Designated or general; empty for assets and liabilities", enum=CLASSES),
    Column("fund", "基金", "fund_code", "基金コード", "Code of the fund"),
    Column("fund_name", "基金名", "fund_name_ja", "基金の名前", "Name of the fund"),
    Column("opening", "期首残高・借方プラス", "opening", "初日の前の残高。借方がプラス",
           "Balance before the first day; debits positive", "integer"),
    Column("debits", "借方合計", "debits", "期間中の借方合計", "Debited in these days", "integer"),
    Column("credits", "貸方合計", "credits", "期間中の貸方合計", "Credited in these days",
           "integer"),
    Column("closing", "期末残高・借方プラス", "closing", "最終日の後の残高。借方がプラス",
           "Balance after the last day; debits positive", "integer"),
)  # fmt: skip
