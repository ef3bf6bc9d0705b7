"""Each file of an export changed by itself: the verifier names the file and the line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ledger import forging
from tests.ledger.story import verified

# What a forger does to a file alone: the deed, and how the report names it.
NAIVE: list[tuple[str, Callable[[Path], object], str]] = [
    ("amount", lambda book: forging.change_line(book, "transfers.csv", 3,
        lambda row: row.replace(",2550,", ",9999,")),
     "transfers.csv line 3: amount 9999, sealed 封緘時 2550"),
    ("account of a line", lambda book: forging.change_line(book, "transfers.csv", 3,
        lambda row: row.replace("1131/GENERAL", "1112/GENERAL")),
     "transfers.csv line 3: debit 1112/GENERAL, sealed 封緘時 1131/GENERAL"),
    ("day", lambda book: forging.change_line(book, "entries.csv", 3,
        lambda row: row.replace("2026-03-30", "2026-03-29")),
     "entries.csv line 3: day 2026-03-29, sealed 封緘時 2026-03-30"),
    ("late mark", lambda book: forging.change_line(book, "entries.csv", 3,
        lambda row: row.replace("false", "true")), "entries.csv line 3: late true"),
    ("reversal", lambda book: forging.change_line(book, "entries.csv", 5,
        lambda row: row.replace(",3,", ",2,")), "entries.csv line 5: reverses 2"),
    ("dropped entry", lambda book: forging.change_line(book, "entries.csv", 4, lambda _: ""),
     "entries.csv line 4: before this, the row of leaf_index"),
    ("last entry", lambda book: forging.change_line(book, "entries.csv", 12, lambda _: ""),
     "entries.csv line 11: before this, the row of leaf_index"),
    ("dropped line", lambda book: forging.change_line(book, "transfers.csv", 4, lambda _: ""),
     "transfers.csv line 4: line 3, sealed 封緘時 2"),
    ("added line", lambda book: forging.change_line(book, "transfers.csv", 2,
        lambda row: row + row), "transfers.csv line 3: number 1 is doubled"),
    ("swapped order", lambda book: forging.swap(book, "entries.csv", 5),
     "entries.csv line 6: leaf_index"),
    ("doubled entry", lambda book: forging.change_line(book, "entries.csv", 5,
        lambda row: row + row), "entries.csv line 6: leaf_index"),
    ("doubled number", lambda book: forging.change_line(book, "entries.csv", 4,
        lambda row: row.replace(",3,", ",2,")), "entries.csv line 4: number 2, sealed 封緘時 3"),
    ("account name", lambda book: forging.change(book, "accounts.csv", "受取寄附金", "雑収入"),
     "accounts.csv line 5: name_ja"),
    ("account class", lambda book: forging.change(book, "accounts.csv", "designated,", "general,"),
     "accounts.csv line 5: class general, sealed 封緘時 designated"),
    ("memo", lambda book: forging.change(book, "private_entries.csv", "太郎", "次郎"),
     "private_entries.csv line 5: not what was sealed"),
    ("who approved", lambda book: forging.change_line(book, "private_entries.csv", 2,
        lambda row: row.replace(",,opening", ",77,opening")),
     "private_entries.csv line 2: not what was sealed"),
    ("who closed", lambda book: forging.change_line(book, "private_periods.csv", 2,
        lambda row: row.rpartition(",")[0] + ",99\r\n"), "private_periods.csv line 2: not"),
    ("evidence", lambda book: forging.change(book, "evidence.csv", ",invoice,", ",receipt,"),
     "evidence.csv line 2: kind receipt, sealed 封緘時 invoice"),
    ("closed period", lambda book: forging.change(book, "periods.csv", "2026-03-31", "2026-03-30"),
     "periods.csv line 2: ends_on 2026-03-30, sealed 封緘時 2026-03-31"),
    ("key", lambda book: forging.change_line(book, "keys.csv", 2,
        lambda row: row.replace("localhost", "elsewhere")), "keys.csv line 2: name elsewhere"),
    ("truncated log", lambda book: forging.change_line(book, "leaves.jsonl",
        len(forging.leaves_of(book)), lambda _: ""), "checkpoints.txt line 32: covers"),
    ("a leaf that is none", lambda book: forging.change_line(book, "leaves.jsonl", 3,
        lambda leaf: leaf.replace("account/1", "account/9")),
     "leaves.jsonl line 3: is no leaf of this log"),
    ("a leaf in other bytes", lambda book: forging.change_line(book, "leaves.jsonl", 3,
        lambda leaf: leaf.replace(":", ": ", 1)), "leaves.jsonl line 3: is no leaf of this log"),
    ("a checkpoint's root", lambda book: forging.change_line(book, "checkpoints.txt", 3,
        lambda _: "A" * 43 + "=\n"), "checkpoints.txt line 1: another root"),
    ("a checkpoint's signature", lambda book: forging.change_line(book, "checkpoints.txt", 5,
        lambda line: line[:-10] + "AAAAAAA==\n"), "checkpoints.txt line 1: is not signed"),
    ("unsigned checkpoint", lambda book: forging.change_line(book, "checkpoints.txt", 5,
        lambda _: ""), "checkpoints.txt line 1: cannot be read"),
    ("a table that is gone", lambda book: (book / "periods.csv").unlink(),
     "periods.csv line 1: cannot be read"),
    ("other columns", lambda book: forging.change(book, "entries.csv", "kind,", "sort,"),
     "entries.csv line 1: cannot be read"),
    ("text for a number", lambda book: forging.change_line(book, "entries.csv", 3,
        lambda row: "x" + row), "entries.csv line 3: cannot be read"),
    ("broken encoding", lambda book: (book / "accounts.csv").write_bytes(
        (book / "accounts.csv").read_bytes().replace("受".encode(), b"\xe5")),
     "accounts.csv line"),
]  # fmt: skip


@pytest.mark.parametrize(("deed", "named"), [case[1:] for case in NAIVE],
                         ids=[case[0] for case in NAIVE])  # fmt: skip
@pytest.mark.parametrize("hides", [False, True], ids=["openly", "with the manifest"])
def test_a_changed_file_is_named_by_line(
    forged: Path, deed: Callable[[Path], object], named: str, *, hides: bool
) -> None:
    deed(forged)
    if hides and all((forged / file).exists() for file in ("periods.csv", "entries.csv")):
        try:
            forging.rewrite_manifest(forged)
        except UnicodeDecodeError:
            pytest.skip("no forger can count the rows of such a file")
    code, said = verified(forged)
    assert code == 1
    assert named in said, said


@pytest.mark.parametrize(
    ("deed", "named"),
    [
        (lambda book: forging.change(book, "datapackage.json", '"rows": 11', '"rows": 10'),
         "entries.csv: rows 11, listed 目録では 10"),
        (lambda book: forging.change(book, "funds.csv", "公園", "道路"), "funds.csv: hash sha256:"),
        (lambda book: forging.change(book, "parties.csv", "山田", "田中"), "parties.csv: hash "),
        (lambda book: (book / "more.csv").write_text("x"), "more.csv: is not in the manifest"),
        (lambda book: (book / "datapackage.json").write_text("{}"), "json: cannot be read"),
        (lambda book: (book / "datapackage.json").unlink(), "datapackage.json: cannot be read"),
    ],
)  # fmt: skip
def test_a_changed_manifest_is_named(
    forged: Path, deed: Callable[[Path], object], named: str
) -> None:
    deed(forged)
    code, said = verified(forged)
    assert code == 1
    assert named in said, said
