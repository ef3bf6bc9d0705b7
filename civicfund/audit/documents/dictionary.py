"""データ項目一覧: what each table and column of the book means, in Japanese and English."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

import civicfund.closing.models  # noqa: F401  # so that its tables are known
from civicfund.core.db import Model
from civicfund.core.storage import StoredFile

Words = tuple[str, str]
# Whose tables are part of the book: its entries, its papers, its closes.
PACKAGES = ("civicfund.ledger.", "civicfund.books.", "civicfund.closing.")
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]

TABLES: dict[str, Words] = {
    "funds": ("基金", "Funds"),
    "ledger_parties": ("取引先", "Parties"),
    "ledger_accounts": ("勘定（科目×基金）", "Accounts: a line of the chart in a fund"),
    "journal_entries": ("仕訳", "Journal entries"),
    "transfers": ("仕訳の行", "Lines of entries"),
    "balance_snapshots": ("残高の途中集計", "Balances added up to an entry"),
    "month_sums": ("月次の途中集計", "Sums of an account by month"),
    "fund_move_sums": ("基金間振替の月次集計", "Sums of what funds passed on, by month"),
    "fiscal_periods": ("会計期間", "Accounting periods"),
    "entry_evidence": ("証憑", "Evidence of entries"),
    "evidence_withdrawals": ("証憑の取下げ", "Withdrawals of evidence"),
    "stored_files": ("保存ファイル", "Stored files"),
    "seals": ("封緘（仕訳番号とログの位置）", "Seals: 仕訳番号 and place in the log"),
    "log_tiles": ("ログの木の断片", "Tiles of the log's tree"),
    "checkpoints": ("署名した検証点", "Signed checkpoints"),
    "signing_keys": ("署名鍵", "Signing keys"),
    "log_secrets": ("塩のもと", "What the salts are made of"),
    "closing_bank_statements": (
        "月末残高の証明（銀行・現金）",
        "Balances at the end of a month, as the bank certifies or the cash was counted",
    ),
    "closing_notes": ("締めの項目の説明・確認", "What people said about an item of a close"),
    "closing_checklists": (
        "締めのチェックリスト（署名した時の内容）",
        "Checklists as they were seen when somebody signed",
    ),
    "year_closings": ("年度の決算（振替）", "Closes of a fiscal year"),
    "opening_imports": ("開始残高の取込み", "Imports of opening balances"),
    "spending_plans": ("指定寄附資金の支出計画", "Plans for designated money held for long"),
    "opening_lots": ("開始残高の受入年度", "Opening balances by year of receipt"),
}

# What a name means in every table, unless a table says otherwise below.
COLUMNS: dict[str, Words] = {
    "id": ("番号（自動採番）", "Number, given by the database"),
    "code": ("コード", "Code"),
    "kind": ("種類", "Kind"),
    "name_ja": ("名称（日本語）", "Name in Japanese"),
    "name_en": ("名称（英語）", "Name in English"),
    "source_kind": ("もとの記録の種類", "Kind of the record that it comes from"),
    "source_id": ("もとの記録の番号", "Number of that record"),
    "opened_on": ("開設日", "Day of opening"),
    "closed_on": ("廃止日", "Day of closing"),
    "fund_id": ("基金の番号", "Number of the fund"),
    "account_id": ("勘定の番号", "Number of the account"),
    "entry_id": ("仕訳の番号", "Number of the entry"),
    "upto_entry_id": ("集計に含む最後の仕訳", "Last entry that is added up"),
    "debits": ("借方合計（円）", "Sum of debits, yen"),
    "credits": ("貸方合計（円）", "Sum of credits, yen"),
    "amount_minor": ("金額（円、正の整数）", "Amount in whole yen, positive"),
    "key": ("鍵（二重記帳を防ぐ）", "Key that keeps a deed from being booked twice"),
    "sha256": ("内容のSHA-256", "SHA-256 of the content"),
    "stored_file_id": ("保存ファイルの番号", "Number of the stored file"),
    "added_by_id": ("添付した人の番号", "Who attached it"),
    "added_at": ("添付した日時", "When it was attached"),
    "starts_on": ("初日", "First day"),
    "ends_on": ("末日", "Last day"),
    "closed_at": ("締めた日時", "When it was closed"),
    "closed_by_id": ("締めた人（二人目）", "Who closed it, the second person"),
    "closing_prepared_at": ("締めを準備した日時", "When the close was prepared"),
    "closing_prepared_by_id": ("締めを準備した人", "Who prepared the close"),
    "created_at": ("作成日時", "When it was made"),
    "reason": ("理由", "Reason"),
    "period_id": ("会計期間の番号", "Number of the accounting period"),
    "state": ("状態", "State"),
    "digest": (
        "内容のSHA-256（変われば署名・説明は無効）",
        "SHA-256 of what was signed or explained",
    ),
    "amount_yen": ("金額（円）", "Amount in whole yen"),
    "year": ("年度（4月の年）", "Fiscal year, by its April"),
    "written_by_id": ("書いた人の番号", "Who wrote it"),
    "written_at": ("書いた日時", "When it was written"),
    "received_year": ("受け入れた年度（4月の年）", "Fiscal year of receipt, by its April"),
    "prepared_by_id": ("起案した人（一人目）", "Who prepared it, the first person"),
    "prepared_at": ("起案した日時", "When it was prepared"),
    "signed_by_id": ("承認した人（二人目）", "Who signed it, the second person"),
    "signed_at": ("承認した日時", "When it was signed"),
}

OWN: dict[tuple[str, str], Words] = {
    ("funds", "designation"): ("財源区分（指定・一般）", "Designated or general"),
    ("funds", "program"): ("事業区分（公1など）", "Programme"),
    ("ledger_parties", "ref"): ("種類の中での参照番号", "Reference within its kind"),
    ("ledger_parties", "public_name"): ("公開してよい名前", "Name that the public may read"),
    ("ledger_parties", "full_name"): ("取引先の名前", "Full name"),
    ("ledger_parties", "public_search"): ("公開名の検索形", "Public name as the search reads it"),
    ("ledger_parties", "full_search"): ("名前の検索形", "Full name as the search reads it"),
    ("ledger_accounts", "chart_code"): ("勘定科目コード", "Line of the chart"),
    ("ledger_accounts", "kind"): ("資産・負債・純資産・収益・費用", "One of the five kinds"),
    ("ledger_accounts", "fund_class"): ("財源区分", "Designated or general; empty: neither"),
    ("ledger_accounts", "guard"): ("残高の下限の種類", "Which balance may not go below zero"),
    ("ledger_accounts", "currency"): ("通貨", "Currency"),
    ("journal_entries", "kind"): ("仕訳ルールの名前", "Name of the posting rule"),
    ("journal_entries", "effective_on"): ("取引年月日", "Day of the transaction"),
    ("journal_entries", "recorded_at"): ("記帳日時（入力日時）", "When it was recorded"),
    ("journal_entries", "memo"): ("摘要", "Memo; of a reversal its reason"),
    ("journal_entries", "party_id"): ("取引先の番号", "Number of the party"),
    ("journal_entries", "recorded_by_id"): ("記帳者（空欄は自動）", "Who recorded; empty: machine"),
    ("journal_entries", "approved_by_id"): ("承認者", "Who approved"),
    ("journal_entries", "reverses_id"): ("取り消す元の仕訳", "The entry that this one reverses"),
    ("journal_entries", "amount_minor"): (
        "取引金額（一つの勘定に出入りした最大の額）",
        "Amount of the transaction: the largest sum into or out of an account",
    ),
    ("journal_entries", "is_late"): ("遅延入力（翌月末より後）", "Recorded after the next month"),
    ("journal_entries", "content_hash"): ("内容のハッシュ", "Hash of what the entry says"),
    ("transfers", "line"): ("行番号", "Number of the line"),
    ("transfers", "debit_account_id"): ("借方の勘定", "Debit account"),
    ("transfers", "debit_guard"): ("借方勘定の下限（写し）", "Copy of the debit account's guard"),
    ("transfers", "credit_account_id"): ("貸方の勘定", "Credit account"),
    ("transfers", "credit_guard"): ("貸方勘定の下限（写し）", "Copy of the credit account's guard"),
    ("month_sums", "month"): ("月（初日）", "Month, its first day"),
    ("fund_move_sums", "month"): ("月（初日）", "Month, its first day"),
    ("fund_move_sums", "giver_account_id"): ("振替元の勘定", "Account of the fund that gave"),
    ("fund_move_sums", "receiver_account_id"): ("振替先の勘定", "Account of the fund that got it"),
    ("entry_evidence", "kind"): ("証憑の種類", "What the paper is"),
    ("evidence_withdrawals", "evidence_id"): ("取り下げた証憑", "The piece that was withdrawn"),
    ("evidence_withdrawals", "note_id"): ("取下げの記録", "The note that says so"),
    ("stored_files", "key"): ("保存場所", "Place in the store"),
    ("stored_files", "media_type"): ("ファイル形式", "Type of file"),
    ("stored_files", "size_bytes"): ("バイト数", "Bytes"),
    ("stored_files", "original_name"): ("受け取ったときのファイル名", "Name when it was received"),
    ("stored_files", "stored_at"): ("保存日時", "When it was stored"),
    ("seals", "leaf_index"): ("ログの位置（0から欠番なし）", "Place in the log, from 0, gapless"),
    ("seals", "kind"): ("葉の種類", "Kind of leaf"),
    ("seals", "row_id"): ("封緘した行の番号", "Number of the sealed row"),
    ("seals", "number"): ("仕訳番号（1から欠番なし）", "仕訳番号, from 1, gapless"),
    ("seals", "leaf_hash"): ("葉のハッシュ", "Hash of the leaf"),
    ("seals", "sealed_at"): ("封緘日時", "When it was sealed"),
    ("log_tiles", "level"): ("段", "Level"),
    ("log_tiles", "tile_index"): ("段の中の位置", "Place within the level"),
    ("log_tiles", "hashes"): ("ハッシュの並び", "Hashes, one after the other"),
    ("checkpoints", "tree_size"): ("葉の数", "Number of leaves"),
    ("checkpoints", "root_hash"): ("根のハッシュ", "Root hash"),
    ("checkpoints", "signed_note"): ("署名つきの文", "The signed note"),
    ("signing_keys", "name"): ("鍵の名前", "Name of the key"),
    ("signing_keys", "public_key"): ("公開鍵", "Public key"),
    ("signing_keys", "private_key_encrypted"): ("暗号化した秘密鍵", "Private key, encrypted"),
    ("signing_keys", "retired_at"): ("使用をやめた日時", "When it was retired"),
    ("log_secrets", "seed"): ("塩のもと（所有者だけが読む）", "Seed; only the owner reads it"),
    ("closing_bank_statements", "account_code"): (
        "口座の科目コード",
        "Line of the chart: the bank",
    ),
    ("closing_bank_statements", "balance_yen"): (
        "証明された残高（円）",
        "Certified balance in yen",
    ),
    ("closing_bank_statements", "stated_on"): ("基準日（月の末日）", "Day of the balance"),
    ("closing_bank_statements", "recorded_by_id"): ("入力した人の番号", "Who entered it"),
    ("closing_bank_statements", "recorded_at"): ("入力した日時", "When it was entered"),
    ("closing_notes", "item"): ("チェックリストの項目", "Item of the checklist"),
    ("closing_notes", "note"): ("説明・確認の文", "What was said"),
    ("closing_checklists", "deed"): ("行為（起案・取下げ・締め）", "What was done on seeing it"),
    ("closing_checklists", "seen_by_id"): ("見た人の番号", "Who saw it"),
    ("closing_checklists", "seen_at"): ("見た日時", "When it was seen"),
    ("closing_checklists", "items"): (
        "項目ごとの内容と状態",
        "What each item showed, and its state",
    ),
    ("year_closings", "entry_ids"): ("決算振替の仕訳の番号", "Numbers of the closing entries"),
    ("year_closings", "undo_reason"): ("取消しの理由", "Why it was to be undone"),
    ("year_closings", "undo_prepared_by_id"): ("取消しを起案した人", "Who prepared the undoing"),
    ("year_closings", "undo_prepared_at"): ("取消しを起案した日時", "When that was prepared"),
    ("year_closings", "undone_by_id"): ("取消しを承認した人（二人目）", "Who signed the undoing"),
    ("year_closings", "undone_at"): ("取り消した日時", "When it was undone"),
    ("opening_imports", "opens_on"): ("帳簿の開始日", "First day of the book"),
    ("opening_imports", "file_name"): ("ファイルの名前", "Name of the file"),
    ("opening_imports", "lines"): ("取り込む行", "Its lines"),
    ("opening_imports", "entry_id"): (
        "開始仕訳の番号（記帳後）",
        "Opening entry, once it is booked",
    ),
    ("spending_plans", "year"): ("計画を載せる計算書類の年度", "Year of the statements it is for"),
    ("spending_plans", "planned_year"): ("支出する予定の年度", "Year in which it will be spent"),
    ("spending_plans", "planned_use"): ("支出する予定の内容", "What it will be spent on"),
    ("opening_lots", "import_id"): ("取込みの番号", "Number of the import"),
}


def book_tables() -> list[Table]:
    """The tables of the book and its closes, by name; and the stored files."""
    found = {StoredFile.__table__}
    for mapper in Model.registry.mappers:
        if mapper.class_.__module__.startswith(PACKAGES):
            found.add(mapper.local_table)
    return sorted((table for table in found if isinstance(table, Table)), key=lambda t: t.name)


def meaning(table: str, column: str) -> Words | None:
    """What a column means; None when nobody has said it."""
    return OWN.get((table, column)) or COLUMNS.get(column)


def dictionary() -> str:
    """The page: each table with its columns."""
    parts = [
        "# データ項目一覧 · Data dictionary",
        "帳簿のすべての表と列。プログラムの定義から作ります（`flask civicfund documents`）。\n"
        "Every table and column of the book, made from the program's own definitions.",
    ]
    for table in book_tables():
        ja, en = TABLES.get(table.name, ("", ""))
        lines = [
            f"## `{table.name}` {ja} · {en}",
            "",
            "| 列 Column | 型 Type | 必須 Required | 意味 Meaning | |",
            "|---|---|---|---|---|",
        ]
        for column in table.columns:
            means_ja, means_en = meaning(table.name, column.name) or ("", "")
            needed = "" if column.nullable else "○"
            kind = str(column.type.compile(dialect=DIALECT)).lower()
            lines.append(f"| `{column.name}` | {kind} | {needed} | {means_ja} | {means_en} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"
