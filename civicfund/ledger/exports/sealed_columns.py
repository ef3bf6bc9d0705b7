"""The columns of the sealed book's files: what each means, for the Data Package and for docs."""

from collections.abc import Sequence
from typing import Any

from civicfund.ledger.exports.package import table_schema
from civicfund.ledger.models import AccountKind, FundClass, FundKind, Guard

FUNDS = ("code", "kind", "designation", "program", "name_ja", "name_en")
PARTIES = ("party", "kind", "ref", "public_name", "full_name")

MEANINGS = {
    "account": "勘定（科目コード/基金コード） / Ledger account: line of the chart / fund",
    "added_at": "添付した日時（UTC） / When it was attached, UTC",
    "added_by": "添付した人の番号 / Number of who attached it",
    "amount": "金額（円） / Amount in whole yen",
    "approved_by": "承認した人の番号 / Number of who approved it",
    "bytes": "ファイルの大きさ / Size of the file",
    "class": "財源区分 / Designated, general, or empty for assets and liabilities",
    "closed_at": "締めた日時（UTC） / When it was closed, UTC",
    "closed_by": "締めた人の番号 / Number of who closed it",
    "code": "基金コード / Code of the fund",
    "credit": "貸方勘定 / Account credited",
    "currency": "通貨 / Currency",
    "day": "取引日 / Day of the event, in Japan",
    "debit": "借方勘定 / Account debited",
    "designation": "指定・一般 / Designated or general",
    "ends_on": "最終日 / Last day",
    "entry": "仕訳番号 / Number of the entry",
    "full_name": "取引先の名前 / Full name",
    "fund": "基金コード / Code of the fund",
    "guard": "残高の守り / Which balance may not go below zero",
    "key": "鍵（冪等キー、署名の公開鍵） / Key of the deed; in keys.csv the public key, base64",
    "kind": "種類 / Kind",
    "late": "遅延入力 / Recorded after the end of the following month",
    "leaf_hash": "封緘時の葉のハッシュ / Hash of the leaf when it was sealed",
    "leaf_index": "葉の番号（0から） / Place in the log, from 0",
    "line": "仕訳の中の行番号 / Line within the entry",
    "memo": "摘要 / Memo",
    "name": "名前 / Name",
    "name_en": "英語名 / Name in English",
    "name_ja": "日本語名 / Name in Japanese",
    "number": "仕訳番号 / Number of the entry, gapless from 1",
    "party": "取引先の番号 / Number of the party",
    "prepared_by": "締めを準備した人の番号 / Number of who prepared the close",
    "private": "非公開部分の約束値 / Commitment to the private part",
    "program": "会計区分 / Programme",
    "public_name": "公開名 / Name that the public may read",
    "recorded_at": "記帳日時（UTC） / When it was recorded, UTC",
    "recorded_by": "記帳した人の番号 / Number of who recorded it",
    "ref": "もとの記録 / The record that it stands for",
    "reverses": "取り消した仕訳の番号 / Number of the entry that this one reverses",
    "salt": "約束値の塩 / Salt of the commitment",
    "sha256": "ファイルの SHA-256 / SHA-256 of the file",
    "source": "取引の元 / The record that it comes from",
    "starts_on": "初日 / First day",
}
TYPES = {
    **dict.fromkeys(
        (
            "leaf_index", "number", "line", "amount", "bytes", "entry", "reverses", "party",
            "approved_by", "recorded_by", "added_by", "closed_by", "prepared_by",
        ),
        "integer",
    ),
    **dict.fromkeys(("day", "starts_on", "ends_on"), "date"),
    "late": "boolean",
}  # fmt: skip
KEYS = {
    "transfers.csv": ("number", "line"),
    "funds.csv": ("code",),
    "parties.csv": ("party",),
    "accounts.csv": ("account",),
    "entries.csv": ("number",),
}
FOREIGN = {
    "transfers.csv": (
        ("number", "entries", "number"),
        ("debit", "accounts", "account"),
        ("credit", "accounts", "account"),
    ),
    "accounts.csv": (("fund", "funds", "code"),),
    "entries.csv": (("reverses", "", "number"),),
    "evidence.csv": (("entry", "entries", "number"),),
    "private_entries.csv": (
        ("leaf_index", "entries", "leaf_index"),
        ("party", "parties", "party"),
    ),
    "private_evidence.csv": (("leaf_index", "evidence", "leaf_index"),),
    "private_periods.csv": (("leaf_index", "periods", "leaf_index"),),
}
ENUMS = {
    ("accounts.csv", "kind"): AccountKind,
    ("accounts.csv", "class"): FundClass,
    ("accounts.csv", "designation"): FundClass,
    ("accounts.csv", "guard"): Guard,
    ("funds.csv", "kind"): FundKind,
    ("funds.csv", "designation"): FundClass,
}


def schema_of(file: str, columns: Sequence[str]) -> dict[str, Any]:
    """The Table Schema of one of these files."""
    fields = []
    for name in columns:
        field: dict[str, Any] = {
            "name": name, "type": TYPES.get(name, "string"), "description": MEANINGS[name],
        }  # fmt: skip
        if (file, name) in ENUMS:
            field["constraints"] = {"enum": [one.value for one in ENUMS[file, name]]}
        fields.append(field)
    return table_schema(fields, key=KEYS.get(file, ("leaf_index",)), foreign=FOREIGN.get(file, ()))
