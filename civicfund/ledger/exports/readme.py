"""What stands in README.txt beside the exported book."""

README = """\
封緘された帳簿
==============

このフォルダは、封緘（署名）されたすべての仕訳と、それを検査するプログラムです。

検査のしかた（ファンドのソフトは要りません）
  1. Python 3.11 以上を用意します。
  2. pip install cryptography
  3. python verify_book.py .
     以前の書き出し、または保管しているチェックポイントと比べるとき:
     python verify_book.py . --earlier ../以前のフォルダ
     ファンドの公開鍵を別の経路（印刷物、公式サイト）で知っているとき:
     python verify_book.py . --key "fund.example/ledger+xxxxxxxx+..."
  最後に「検査した項目はすべて一致しました。」と出て、終了コードが 0 なら一致しています。
  一致しない箇所は、ファイル名と行番号で示します。検査できなかったことも示します。
  verify_book.py は、できればファンドからではなく、公開されているソースから入手してください。

次回のために、このフォルダか checkpoints.txt の最後の署名を、ファンドの外に保管してください。
それがあれば、あとから履歴全体を作り直しても分かります。

ファイル
  entries.csv       仕訳（番号順）          transfers.csv  仕訳の行（借方・貸方・金額）
  accounts.csv      勘定                    funds.csv      基金
  evidence.csv      証憑（SHA-256）         periods.csv    締めた期間
  keys.csv          署名の公開鍵            leaves.jsonl   葉（n+1行目が葉 n）
  checkpoints.txt   署名されたチェックポイント
  private_*.csv     摘要・承認者などの非公開部分と塩（監査人用の書き出しだけ）
  parties.csv       取引先（監査人用の書き出しだけ）
  datapackage.json  目録: 列の説明、SHA-256、行数（frictionless validate で検査できます）

監査人用の書き出しには寄付者の名前が含まれます。安全に保管し、不要になったら削除してください。
表計算ソフトで見るには、検査したあとのコピーを使ってください（保存し直すと一致しなくなります）。


The sealed book
===============

This folder holds every sealed entry and the program that checks them.

How to check (without the fund's software)
  1. Have Python 3.11 or newer.
  2. pip install cryptography
  3. python verify_book.py .
     To compare with an earlier export, or with a checkpoint that you kept:
     python verify_book.py . --earlier ../earlier
     When you know the fund's public key from elsewhere (in print, from its site):
     python verify_book.py . --key "fund.example/ledger+xxxxxxxx+..."
  "Everything that was checked holds." and exit code 0 mean just that. What does not hold is named
  by file and line; what could not be checked is named too. Better still, take verify_book.py from
  the published source and not from the fund.

For next time, keep this folder, or the last signature in checkpoints.txt, outside of the fund: then
a history that was made anew as a whole shows.

Files: entries.csv (entries by number), transfers.csv (their lines), accounts.csv, funds.csv,
evidence.csv (SHA-256 of each file), periods.csv (closed ones), keys.csv (public keys that sign),
leaves.jsonl (line n+1 is leaf n), checkpoints.txt (signed), datapackage.json (columns, SHA-256, row
counts; `frictionless validate datapackage.json`), and for auditors only private_*.csv (memos,
approvers and other private parts with their salts) and parties.csv.

An auditor's export holds names of donors: keep it safe and delete it when you are done. To look at
it in a spreadsheet use a copy: saving a file again changes its bytes.
"""
