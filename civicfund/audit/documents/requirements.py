"""Each rule of the law on electronic books: where it is fulfilled, and which test shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """A rule in both languages, the place that fulfils it, and the tests that would fail."""

    ja: str
    en: str
    where: str
    tests: tuple[str, ...]


REQUIREMENTS = (
    Requirement(
        "最初の記録から一貫してコンピューターで作成する",
        "Made by computer from the first record",
        "`ledger_post` (0004), 日計なし · no daily lumps",
        ("tests/ledger/test_services.py", "tests/ledger/test_booking.py"),
    ),
    Requirement(
        "訂正・削除の履歴：記帳した行の変更と削除ができない",
        "Correction history: booked lines cannot be changed or removed",
        "triggers `append_only`, 取消仕訳 · reversals",
        ("tests/ledger/test_booking.py",),
    ),
    Requirement(
        "訂正は元の仕訳を特定し、いつ・誰が・なぜを示す",
        "A correction names its original, and says who, when and why",
        "`/desk/audit/corrections`",
        (
            "tests/audit/test_electronic_books.py::test_name_the_original_and_what_was_booked_anew",
            "tests/audit/test_electronic_books.py::test_lead_both_ways",
        ),
    ),
    Requirement(
        "通常の業務処理期間を過ぎた入力がわかる（猶予期間は設けない）",
        "Late entry can be seen; there is no window without history",
        "`is_late`, 遅れて記帳, `/desk/audit/entries?late=1`",
        ("tests/audit/test_electronic_books.py::test_a_late_entry_says_so_wherever_it_is_shown",),
    ),
    Requirement(
        "補助簿の明細を保存する（集計だけの記帳をしない）",
        "Detail is kept; totals alone are not booked",
        "寄付1件＝仕訳1件 · one entry for each gift",
        ("tests/donors/test_checks.py",),
    ),
    Requirement(
        "相互関連性：仕訳と元の記録を両方向にたどれる",
        "Cross-reference: from entry to record and back",
        "`/desk/evidence/records/<kind>/<number>`, `/desk/audit/entries/<id>`",
        (
            "tests/books/test_records.py::test_every_rule_in_use_names_its_record",
            "tests/books/test_records.py::test_every_kind_of_record_leads_to_its_entries_and_back",
            "tests/books/test_records.py::test_a_bank_line_leads_to_what_it_answers_for",
        ),
    ),
    Requirement(
        "検索：取引年月日・取引金額・取引先、範囲指定、任意の二つの組合せ、年度をまたぐ",
        "Search: day, amount, party; ranges; any two together; over years",
        "`/desk/audit/entries`",
        (
            "tests/audit/test_electronic_books.py::test_by_each_of_the_three_keys",
            "tests/audit/test_electronic_books.py::test_by_any_two_of_them_together",
            "tests/audit/test_electronic_books.py::test_over_more_than_a_year",
            "tests/audit/test_electronic_books.py::"
            "test_an_entry_without_a_party_is_found_by_day_and_amount",
        ),
    ),
    Requirement(
        "見読可能性：帳簿とマスターデータを画面・紙・CSVで読める",
        "Legible: books and master data on screen, paper and as CSV",
        "`/desk/books`, `/desk/audit/masters/...`",
        ("tests/audit/test_electronic_books.py::test_is_searched_and_taken_away",),
    ),
    Requirement(
        "ダウンロードの求めに応じられる",
        "Data can be handed over on request",
        "`/desk/audit/exports`, `flask civicfund export`",
        ("tests/audit/test_electronic_books.py::test_the_file_of_a_whole_year_is_one_step_away",),
    ),
    Requirement(
        "システム関係書類を備え付ける",
        "Documents of the system at hand",
        "`docs/electronic-books/`, `flask civicfund documents`",
        ("tests/audit/test_documents.py::test_the_pages_are_what_the_program_makes",),
    ),
    Requirement(
        "電子取引：受け取ったデータのまま保存し、訂正・削除ができない",
        "Electronic transactions: kept as received, not to be changed or removed",
        "`/desk/evidence`, 封緘ログ · the sealed log",
        (
            "tests/ledger/test_evidence.py::test_the_bytes_stay_as_they_came",
            "tests/ledger/test_evidence.py::test_nothing_is_changed_or_removed",
            "tests/books/test_evidence.py::test_raises_an_alarm_when_the_file_is_not_what_it_was",
        ),
    ),
    Requirement(
        "電子取引の検索：同じ三つの項目",
        "Electronic transactions: found by the same three keys",
        "`/desk/evidence/papers`",
        ("tests/books/test_evidence.py::test_by_day_amount_party_and_kind",),
    ),
)


def requirements() -> str:
    """The page: each rule with its place and its tests."""
    lines = [
        "# 要件対応表 · Requirements",
        "",
        "電子帳簿保存法（施行規則2条・4条・5条）の要件と、このシステムでの実現、それを示すテスト。",
        "The rules of the law on electronic books, where they are fulfilled, and the tests.",
        "**CHECK**: 税理士・所轄税務署に確認してください。 A tax accountant should confirm this.",
        "",
        "| 要件 | Requirement | 実現 Where | テスト Tests |",
        "|---|---|---|---|",
    ]
    for row in REQUIREMENTS:
        tests = "<br>".join(f"`{test}`" for test in row.tests)
        lines.append(f"| {row.ja} | {row.en} | {row.where} | {tests} |")
    lines += [
        "",
        "保存期間 · Retention: 会計帳簿・計算書類と証憑は10年（一般法人法120条・123条）。"
        " 税法上の帳簿は7年（欠損金があるときは10年）。このソフトウェアは帳簿と証憑を消しません。",
        "Books, statements and evidence: ten years. The software removes none of them.",
    ]
    return "\n".join(lines) + "\n"
