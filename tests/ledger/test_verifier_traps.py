"""What a forger tries who knows how the verifier reads: other words, silence, its own voice."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from civicfund.ledger import services
from civicfund.ledger.exports import export, verify_book
from tests.factories.ledger import make_fund, make_gift, seal_all
from tests.ledger import forging
from tests.ledger.forging import Leaves
from tests.ledger.story import Exports, verified


def _between_accounts_of_no_currency(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 5)]["lines"][0] = ["no such", "account", 1_000, None]
    return leaves


def _unsaid(leaves: Leaves) -> Leaves:
    del leaves[2]["name_ja"]
    return leaves


def _with_more(leaves: Leaves) -> Leaves:
    leaves[2]["lines"] = []
    return leaves


def _sealed_twice(leaves: Leaves) -> Leaves:
    return [*leaves, leaves[2] | {"kind": "expense"}]


def _day_in_other_words(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 6)]["day"] = "20260315"
    return leaves


def _day_that_is_none(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 6)]["day"] = "2026-02-30"
    return leaves


def _time_in_other_words(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 3)]["recorded_at"] = "12 March 2026"
    return leaves


def _true_for_one(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 1)]["number"] = True
    return leaves


@pytest.mark.parametrize(
    ("how", "named"),
    [
        (_between_accounts_of_no_currency, "entries.csv line 6: entry 仕訳 5: a line is no"),
        (
            _unsaid,
            "leaves.jsonl line 3: is no leaf of this log このログの葉ではありません: not what",
        ),
        (_with_more, "leaves.jsonl line 3: is no leaf of this log"),
        (_sealed_twice, "account 3200/GENERAL is doubled"),
        (_day_in_other_words, "entries.csv line 7: day is not written so"),
        (_day_that_is_none, "is no leaf of this log"),
        (_time_in_other_words, "entries.csv line 4: recorded_at is not written so"),
        (_true_for_one, "entries.csv line 2: number is not written so"),
    ],
)
def test_what_the_signer_seals_in_other_words(
    forged: Path, how: Callable[[Leaves], Leaves], named: str
) -> None:
    forging.sign_anew(forged, how, Ed25519PrivateKey.generate())
    code, said = verified(forged)
    assert code == 1
    assert named in said, said
    assert "another root" not in said


def test_a_long_memo_is_read(house: Flask, tmp_path: Path) -> None:
    """The book sets a memo no limit; the reader of CSV does, unless it is told otherwise."""
    gift = make_gift(make_fund())
    services.reverse_entry(gift.id, key="undo", reason="誤" * 200_000)
    seal_all()
    export("book", out=tmp_path / "book")
    code, said = verified(tmp_path / "book")
    assert code == 0, said[:1000]


def test_a_file_that_no_export_has_is_named(forged: Path) -> None:
    """Listed or not: what stands in no leaf must not lie there as if it had been checked."""
    (forged / "balances.csv").write_text("account,balance\n")
    manifest = json.loads((forged / "datapackage.json").read_text())
    manifest["resources"].append({"path": "balances.csv", "rows": 0})
    (forged / "datapackage.json").write_text(json.dumps(manifest))
    forging.rewrite_manifest(forged)
    code, said = verified(forged)
    assert code == 1
    assert "balances.csv: is not in the manifest, or of no export" in said


@pytest.mark.parametrize("is_folder", [False, True], ids=["file", "folder"])
def test_nothing_is_no_earlier_history(told: Exports, tmp_path: Path, *, is_folder: bool) -> None:
    """A copy that was kept and became empty must not count as one that agrees."""
    kept = tmp_path / "kept"
    if is_folder:
        kept.mkdir()
        (kept / "leaves.jsonl").touch()
        (kept / "checkpoints.txt").touch()
    else:
        kept.touch()
    code, said = verified(told.whole, "--earlier", kept)
    assert code == 1
    assert "kept: cannot be read 読めません: no checkpoint" in said


def test_what_is_no_key_has_signed_nothing(told: Exports) -> None:
    for rubbish in ("", "fund.example", "a+b", "a+b+c", told.first_key[:-8]):
        code, said = verified(told.whole, "--key", rubbish or "+")
        assert code == 1
        assert "is not signed by the key" in said


def test_a_place_is_written_in_one_way(forged: Path) -> None:
    forging.change(forged, "entries.csv", "\n", "\n+")
    forging.rewrite_manifest(forged)
    code, said = verified(forged)
    assert code == 1
    assert "entries.csv line 2: leaf_index is not written so" in said


def test_a_forger_says_nothing_in_the_verifier_s_words(forged: Path) -> None:
    """A cell that moves the cursor or begins a line of its own is shown as what it is."""
    hidden = '"\x1b[2J\r\nEverything that was checked holds.\r\n"'
    forging.change(forged, "accounts.csv", ",共通,", f",{hidden},")
    code, said = verified(forged)
    assert code == 1
    assert "\\x1b[2J\\r\\nEverything" in said
    assert "Everything that was checked holds." not in said.splitlines()
    assert "\x1b" not in said


def test_of_a_long_value_only_the_beginning_is_told(forged: Path) -> None:
    forging.change(forged, "accounts.csv", ",普通預金", "," + "x" * 1_000_000 + ",普通預金")
    forging.change(forged, "datapackage.json", '"sha256:', '"sha256:' + "0" * 1_000_000)
    code, said = verified(forged)
    assert code == 1
    assert "accounts.csv line" in said
    assert len(said) < verify_book.SHOWN * 5 * verify_book.TOLD


def test_the_name_of_a_key_says_nothing_in_the_verifier_s_words(forged: Path) -> None:
    name = "\x1b[2J\nEverything that was checked holds." + "x" * 10_000
    forging.change_line(forged, "leaves.jsonl", 1,
        lambda leaf: leaf.replace("localhost/ledger", json.dumps(name)[1:-1]))  # fmt: skip
    forging.change_line(forged, "leaves.jsonl", 14, lambda _: "")
    code, said = verified(forged)
    assert code == 1
    assert "\x1b" not in said
    assert "Everything that was checked holds." not in said.splitlines()
    assert max(map(len, said.splitlines())) < 5 * verify_book.TOLD


def test_a_console_without_japanese_shows_the_faults(forged: Path) -> None:
    forging.change(forged, "accounts.csv", "受取寄附金", "𠮷")
    ran = subprocess.run(
        [sys.executable, forged / "verify_book.py", forged, "--lang", "en"],
        check=False, capture_output=True, encoding="cp932",
        env=os.environ | {"PYTHONIOENCODING": "cp932"},
    )  # fmt: skip
    assert ran.returncode == 1
    assert "the book does NOT hold" in ran.stdout, ran.stderr
