"""Each file of an export changed by itself, or all of them together and signed anew: the verifier
names the file and the line.
"""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from civicfund.ledger import services
from civicfund.ledger.chart import CHART
from civicfund.ledger.exports import export, verify_book
from civicfund.ledger.models import EntryEvidence, EvidenceKind, FundClass
from tests.factories.identity import make_user
from tests.factories.ledger import make_fund, make_gift, seal_all
from tests.ledger import forging
from tests.ledger.forging import Leaves
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
        len(forging.leaves_of(book)), lambda _: ""), "checkpoints.txt line 26: covers"),
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


def _entry(number: int, /, **said: Any) -> Callable[[Leaves], Leaves]:
    """What an entry says instead."""

    def how(leaves: Leaves) -> Leaves:
        leaves[forging.entry(leaves, number)] |= said
        return leaves

    return how


def _lines(number: int, *lines: list[Any]) -> Callable[[Leaves], Leaves]:
    return _entry(number, lines=list(lines))


def _all(kind: str, **said: Any) -> Callable[[Leaves], Leaves]:
    """What all leaves of a kind say instead."""
    return lambda leaves: [
        leaf | said if leaf["leaf"] == f"civicfund/{kind}/1" else leaf for leaf in leaves
    ]


def _account(account: str, /, **said: Any) -> Callable[[Leaves], Leaves]:
    return lambda leaves: [
        leaf | said if leaf.get("account") == account else leaf for leaf in leaves
    ]


def _twice(kind: str, **otherwise: Any) -> Callable[[Leaves], Leaves]:
    """Each leaf of a kind once more, behind itself."""

    def how(leaves: Leaves) -> Leaves:
        told: Leaves = []
        for leaf in leaves:
            told.append(leaf)
            if leaf["leaf"] == f"civicfund/{kind}/1":
                told.append(leaf | otherwise)
        return told

    return how


def _closed_before_it_was_backdated(leaves: Leaves) -> Leaves:
    """The period stands behind all entries; one of them is of before it, and recorded after it."""
    leaves.append(leaves.pop(next(i for i, leaf in enumerate(leaves) if "closed_at" in leaf)))
    leaves[forging.entry(leaves, 11)] |= {"day": "2026-02-27", "recorded_at": LATER}
    return leaves


C1, LATER = "C-7KQ2-M4XC-9", "2026-04-11T03:00:00.000000Z"
# What one who holds the key seals against the rules: the deed, and how the report names it.
SIGNED: list[tuple[str, Callable[[Leaves], Leaves], str]] = [
    ("before the closed period", _entry(11, day="2026-02-27"),
     "entries.csv line 12: entry 仕訳 11 came after its period was closed"),
    ("before a period closed later", _closed_before_it_was_backdated,
     "periods.csv line 2: entry 仕訳 11 came after its period was closed"),
    ("late, called timely", _entry(5, day="2026-04-03", recorded_at="2026-05-31T15:00:00.000000Z"),
     "entries.csv line 6: entry 仕訳 5: late false, by its day and time 日付と日時からは true"),
    ("timely, called late", _entry(5, recorded_at="2026-05-31T14:59:59.999999Z", late=True),
     "entries.csv line 6: entry 仕訳 5: late true, by its day and time 日付と日時からは false"),
    ("late as a text", _entry(5, late="false"), "entries.csv line 6: its leaf holds values of oth"),
    ("late as a text, by the rule", _entry(5, late="false"), 'entry 仕訳 5: late "false", by its'),
    ("kind as a number", _entry(5, kind=7), "entries.csv line 6: its leaf holds values of other"),
    ("name that is null", _account("3200/GENERAL", name_en=None), "accounts.csv line 3: its leaf"),
    ("bytes as a text", _all("evidence", bytes="22"), "evidence.csv line 2: its leaf holds"),
    ("an hour that is none", _entry(11, recorded_at="2026-04-10T99:99:99.000000Z"),
     "entries.csv line 12: recorded_at is not written so"),
    ("a day that is none", _entry(11, recorded_at="2026-04-31T00:00:00.000000Z"),
     "leaves.jsonl line 21: is no leaf"),
    ("evidence on no day", _all("evidence", added_at="2026-02-30T00:00:00.000000Z"),
     "leaves.jsonl line 12: is no leaf"),
    ("bank", _lines(11, ["1131/GENERAL", "1112/GENERAL", 10**12, "JPY"]),
     "entries.csv line 12: entry 仕訳 11 takes more than there was 残高不足: 1112/GENERAL lacks "
     f"不足額 {10**12 - 100_000}"),
    ("fund", _lines(5, [f"4111/{C1}", "1131/GENERAL", 2_443, "JPY"]),
     f"entries.csv line 6: entry 仕訳 5 takes more than there was 残高不足: fund 基金 {C1} lacks "
     "不足額 1\n"),
    ("guard that is not", _account("1112/GENERAL", guard="none"),
     "accounts.csv line 2: 1112/GENERAL: its kind, class and guard are not those"),
    ("general class", _account(f"4111/{C1}", **{"class": "general", "guard": "none"}),
     f"accounts.csv line 5: 4111/{C1}: its kind, class and guard are not those"),
    ("account of another fund", _account(f"4111/{C1}", fund="GENERAL"),
     f"accounts.csv line 5: 4111/{C1}: its kind, class and guard are not those"),
    ("designation of one account", _account(
        f"4111/{C1}", **{"class": "general", "guard": "none", "designation": "general"}),
     f"accounts.csv line 6: fund 基金 {C1} is 指定・会計区分 designated, 公1, in an account"),
    ("programme of one account", _account(f"4191/{C1}", program="収1"),
     f"accounts.csv line 6: fund 基金 {C1} is 指定・会計区分 designated, 収1, in an account"),
    ("evidence twice", _twice("evidence"), "evidence.csv line 3: sha256 65c9f0"),
    ("evidence twice, salted anew", _twice("evidence", private="0" * 64),
     "evidence.csv line 3: sha256 65c9f0"),
    ("period twice", _twice("period", closed_at=LATER),
     "periods.csv line 3: 2026-03-01 to 2026-03-31: does not follow"),
    ("period after a gap", _twice("period", starts_on="2026-05-01", ends_on="2026-05-31",
                                  closed_at="2026-06-02T00:00:00.000000Z"),
     "periods.csv line 3: 2026-05-01 to 2026-05-31: does not follow"),
    ("period backwards", _all("period", starts_on="2026-03-31", ends_on="2026-03-01"),
     "periods.csv line 2: 2026-03-31 to 2026-03-01: does not follow"),
    ("period closed before its end", _all("period", closed_at="2026-03-31T14:59:59.999999Z"),
     "periods.csv line 2: 2026-03-01 to 2026-03-31: does not follow"),
    ("amount of 4,000 digits", _lines(11, ["1131/GENERAL", f"4111/{C1}", 7 * 10**4_000, "JPY"]),
     "entries.csv line 12: entry 仕訳 11: a line is no positive amount"),
    ("number of 4,000 digits", _entry(11, number=10**4_000), "leaves.jsonl line 21: is no leaf"),
    ("number below nothing", _entry(11, number=-3), "leaves.jsonl line 21: is no leaf"),
]  # fmt: skip


@pytest.mark.parametrize(("how", "named"), [case[1:] for case in SIGNED],
                         ids=[case[0] for case in SIGNED])  # fmt: skip
def test_what_the_signer_seals_against_the_rules_is_named(
    forged: Path, how: Callable[[Leaves], Leaves], named: str
) -> None:
    forging.sign_anew(forged, how, Ed25519PrivateKey.generate())
    code, said = verified(forged)
    assert code == 1
    assert named in said, said
    assert "another root" not in said


@pytest.mark.parametrize(
    "how",
    [
        _entry(5, recorded_at="2026-05-31T14:59:59.999999Z"),
        _entry(5, recorded_at="2026-05-31T15:00:00.000000Z", late=True),
        _lines(11, ["1131/GENERAL", "1112/GENERAL", 100_000, "JPY"]),
        _lines(5, [f"4111/{C1}", "1131/GENERAL", 2_442, "JPY"]),
        _lines(5, [f"5231/{C1}", "1131/GENERAL", 9_999, "JPY"]),
        _lines(5, [f"4111/{C1}", f"5231/{C1}", 9_999, "JPY"]),
        _twice("period", starts_on="2026-04-01", ends_on="2026-04-01", closed_at=LATER),
    ],
    ids=["timely", "late", "all of a bank", "all of a fund", "fee", "within a fund", "next day"],
)  # fmt: skip
def test_what_is_just_right_holds(forged: Path, how: Callable[[Leaves], Leaves]) -> None:
    """The month after the next begins in Japan; all may be taken; a fee does not take."""
    forging.sign_anew(forged, how, Ed25519PrivateKey.generate())
    code, said = verified(forged)
    assert code == 0, said


def test_a_gift_that_comes_after_does_not_count(forged: Path) -> None:
    def how(leaves: Leaves) -> Leaves:
        award = [f"4111/{C1}", "1131/GENERAL", 3_000, "JPY"]
        return _lines(6, ["1131/GENERAL", f"4111/{C1}", 9_000, "JPY"])(_lines(5, award)(leaves))

    forging.sign_anew(forged, how, Ed25519PrivateKey.generate())
    code, said = verified(forged)
    assert code == 1
    assert "entries.csv line 6: entry 仕訳 5 takes more than there was" in said


@pytest.mark.parametrize("times", [1, 2])
def test_a_paper_comes_again_only_after_it_was_withdrawn(
    house: Flask, tmp_path: Path, times: int
) -> None:
    entry, clerk = make_gift(make_fund()).id, make_user()

    def attach() -> EntryEvidence:
        paper = io.BytesIO(b"%PDF-1.4 invoice %%EOF")
        [piece] = services.attach_evidence(
            [entry], upload=paper, name="a.pdf", kind=EvidenceKind.INVOICE, by=clerk
        )
        return piece

    for _ in range(times):
        services.withdraw_evidence(attach(), reason="別の書類", by=clerk)
    attach()
    seal_all()
    book = tmp_path / "book"
    export("book", out=book)
    code, said = verified(book)
    assert code == 0, said

    def how(leaves: Leaves) -> Leaves:
        notes = [place for place, leaf in enumerate(leaves) if leaf.get("kind") == "withdrawal"]
        return [leaf for place, leaf in enumerate(leaves) if place != notes[-1]]

    forging.sign_anew(book, how, Ed25519PrivateKey.generate())
    code, said = verified(book)
    assert code == 1
    assert f"evidence.csv line {2 * times + 1}: sha256 65c9f0" in said, said


@pytest.mark.parametrize("designation", FundClass)
def test_the_verifier_classifies_as_the_chart_does(designation: FundClass) -> None:
    for code, line in CHART.items():
        told = (line.kind, line.fund_class(designation), line.guard(designation))
        assert verify_book.classified(code, designation) == told, code


@pytest.mark.parametrize(
    ("deed", "named"),
    [
        (lambda book: forging.change(book, "funds.csv", ",designated,", ",general,"),
         f"funds.csv line 2: {C1} general, 公1, sealed 封緘時 designated, 公1"),
        (lambda book: forging.change(book, "funds.csv", "公1", "収1"),
         f"funds.csv line 2: {C1} designated, 収1, sealed 封緘時 designated, 公1"),
        (lambda book: forging.change_line(book, "funds.csv", 2, lambda _: ""),
         f"funds.csv line 2: before this, the row of code {C1} is missing"),
        (lambda book: forging.change_line(book, "funds.csv", 3, lambda row: row + row),
         "funds.csv line 4: code GENERAL is doubled"),
        (lambda book: forging.change(book, "funds.csv", "program", "programme"),
         "funds.csv line 1: cannot be read"),
        (lambda book: forging.change(book, "funds.csv", "公1,", "公1"),
         "funds.csv line 2: cannot be read"),
    ],
    ids=["designation", "programme", "dropped", "doubled", "columns", "cells"],
)  # fmt: skip
def test_a_fund_is_listed_as_its_accounts_were_sealed(
    forged: Path, deed: Callable[[Path], object], named: str
) -> None:
    deed(forged)
    forging.rewrite_manifest(forged)
    code, said = verified(forged)
    assert code == 1
    assert named in said, said


def _run(folder: Path, book: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, book / "verify_book.py", folder, "--lang", "en"],
        check=False, capture_output=True, encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "folder", "named"),
    [
        (lambda _: None, "nowhere", "nowhere: cannot be read"),
        (lambda _: None, "README.txt", "README.txt: cannot be read"),
        (lambda book: forging.change_line(book, "leaves.jsonl", 3,
            lambda _: "[" * 200_000 + "]" * 200_000 + "\n"), "", "leaves.jsonl line 3: is no leaf"),
        (lambda book: (book / "datapackage.json").write_text("[" * 200_000), "",
         "datapackage.json: cannot be read"),
        (lambda book: forging.change_line(book, "leaves.jsonl", 4,
            lambda leaf: leaf.replace("100000", "1" * 5_000)), "", "leaves.jsonl line 4: is no"),
    ],
    ids=["no folder", "a file", "a deep leaf", "a deep manifest", "5,000 digits"],
)  # fmt: skip
def test_what_breaks_a_reader_is_named(
    forged: Path, deed: Callable[[Path], object], folder: str, named: str
) -> None:
    deed(forged)
    ran = _run(forged / folder, forged)
    assert ran.returncode == 1
    assert named in ran.stdout
    assert "Traceback" not in ran.stderr
