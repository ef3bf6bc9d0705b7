"""CSV that a spreadsheet opens: UTF-8 with a mark, headings in both languages."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from civicfund.ledger import queries
from civicfund.ledger.exports.scope import BATCH, Scope, in_batches

# Without it, spreadsheets take UTF-8 for something else and garble every Japanese name.
MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of journal.csv: its headings, where it comes from, what it means."""

    name: str
    ja: str
    sql: str
    meaning_ja: str
    meaning_en: str

    @property
    def heading(self) -> str:
        """`仕訳番号 (entry)`."""
        return f"{self.ja} ({self.name})"


def _as_text(sql: str) -> str:
    # A cell that begins like a formula is marked as text, or a spreadsheet would run it.
    return f"CASE WHEN {sql} ~ '^[=+@\\-\\t\\r]' THEN '''' || {sql} ELSE {sql} END"


JOURNAL = (
    Column("entry", "仕訳番号", "e.id", "仕訳の番号", "Number of the entry"),
    Column("line", "行", "t.line", "仕訳の中の行番号", "Line within the entry"),
    Column(
        "date", "取引日", "to_char(e.effective_on, 'YYYY-MM-DD')",
        "取引の日", "Day of the event",
    ),
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
    Column("amount", "金額", "t.amount_minor", "金額（円）", "Amount in whole yen"),
    Column("currency", "通貨", "d.currency", "通貨", "Currency"),
    Column("debit_class", "借方財源区分", "d.fund_class", "指定 designated / 一般 general",
           "Designated or general; empty for assets and liabilities"),
    Column("credit_class", "貸方財源区分", "c.fund_class", "指定 designated / 一般 general",
           "Designated or general; empty for assets and liabilities"),
    Column("party", "取引先", _as_text("p.full_name"), "取引先の名前", "With whom"),
    Column("memo", "摘要", _as_text("e.memo"), "摘要", "Memo"),
    Column("source", "取引の元", "e.source_kind || '/' || e.source_id",
           "もとになった記録", "The record that it comes from"),
    Column("key", "冪等キー", "e.key", "同じ取引を二度記帳しないための鍵",
           "The key that keeps a deed from being booked twice"),
    Column("reverses", "取消した仕訳", "e.reverses_id", "取り消す仕訳の番号",
           "Number of the entry that this one reverses"),
    Column("late", "遅延入力", "CASE WHEN e.is_late THEN 'late' END",
           "翌月末より後に記帳した仕訳は late", "`late` if recorded after the following month"),
    Column("recorded_by", "記帳者", "e.recorded_by_id", "記帳した人の番号", "Who recorded it"),
    Column("approved_by", "承認者", "e.approved_by_id", "承認した人の番号", "Who approved it"),
)  # fmt: skip

BALANCES = (
    ("勘定 (account)", "code"),
    ("科目名 (name_ja)", "name_ja"),
    ("英語名 (name_en)", "name_en"),
    ("種別 (kind)", "kind"),
    ("財源区分 (fund_class)", "fund_class"),
    ("基金 (fund)", "fund_code"),
    ("基金名 (fund_name)", "fund_name_ja"),
    ("期首残高・借方プラス (opening)", "opening"),
    ("借方合計 (debits)", "debits"),
    ("貸方合計 (credits)", "credits"),
    ("期末残高・借方プラス (closing)", "closing"),
)


def journal_csv(scope: Scope) -> Iterator[bytes]:
    """One row for each line of each entry, by COPY: as fast as the server sends."""
    yield (MARK + _row([column.heading for column in JOURNAL])).encode()
    pieces = queries.copy_lines(
        columns=", ".join(column.sql for column in JOURNAL),
        upto=scope.upto,
        date_from=scope.date_from,
        date_to=scope.date_to,
    )
    waiting = bytearray()
    for done, piece in enumerate(pieces, 1):
        waiting += piece
        if len(waiting) >= BATCH:
            yield bytes(waiting)
            waiting.clear()
            scope.progress(done, scope.total)
    yield bytes(waiting)
    scope.progress(scope.total, scope.total)


def balances_csv(scope: Scope) -> Iterator[bytes]:
    """One row for each account: what stood there before, what moved, what stands there after."""
    return in_batches(_balances(scope))


def _balances(scope: Scope) -> Iterator[str]:
    yield MARK + _row([heading for heading, _ in BALANCES])
    for account in scope.accounts():
        yield _row([_plain(getattr(account, name)) for _, name in BALANCES])


def columns_text(scope: Scope) -> Iterator[bytes]:
    """What each column means, for whoever opens the folder in ten years."""
    yield (
        f"総勘定の書き出し / Export of the book: {scope.span}\n"
        f"作成 / made: {scope.made_at.isoformat(timespec='seconds')}, "
        f"仕訳番号 {scope.upto} まで / up to entry {scope.upto}\n"
        "金額はすべて円です。/ All amounts are whole yen.\n\njournal.csv\n"
    ).encode()
    for column in JOURNAL:
        yield f"  {column.heading}: {column.meaning_ja} / {column.meaning_en}\n".encode()
    yield b"\nbalances.csv\n"
    for heading, _ in BALANCES:
        yield f"  {heading}\n".encode()


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in {"=", "+", "-", "@"} else text


def _row(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
