"""The stand-alone verifier: an honest export holds, and history written anew is found out."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cffi
import cryptography
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from civicfund.ledger.exports import verify_book
from tests.ledger import forging
from tests.ledger.forging import Leaves
from tests.ledger.story import Exports, verified


def test_an_honest_export_holds(told: Exports) -> None:
    code, said = verified(told.whole, "--earlier", told.earlier, "--key", told.first_key)
    assert code == 0, said
    assert "11 entries, 24 lines" in said
    assert "Everything that was checked holds." in said
    assert "--earlier" not in said
    assert "--key" not in said


def test_it_says_what_it_could_not_check(told: Exports) -> None:
    code, said = verified(told.public)
    assert code == 0, said
    for untold in ("--earlier", "--key", "private parts", "files of evidence"):
        assert untold in said
    _, in_japanese = verified(told.public, lang="ja")
    assert "検査した項目はすべて一致しました。" in in_japanese
    assert "検査していません" in in_japanese


def test_the_public_gets_nothing_private(told: Exports) -> None:
    names = {path.name for path in told.public.iterdir()}
    assert not {name for name in names if name.startswith("private") or name == "parties.csv"}
    everything = b"".join(path.read_bytes() for path in told.public.iterdir())
    assert "山田".encode() not in everything
    assert "山田".encode() in (told.whole / "parties.csv").read_bytes()


def test_it_runs_without_our_package(told: Exports, tmp_path: Path) -> None:
    """Isolated from this environment, with cryptography alone, from another folder."""
    packages = tmp_path / "only-cryptography"
    packages.mkdir()
    for module in (cryptography, cffi):
        root = Path(module.__file__ or "").parent
        (packages / root.name).symlink_to(root)
    for backend in Path(cffi.__file__ or "").parent.parent.glob("_cffi_backend*"):
        (packages / backend.name).symlink_to(backend)
    start = (
        f"import sys, runpy; sys.path.insert(0, {str(packages)!r}); sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start, told.whole / "verify_book.py", told.whole],
        check=False, capture_output=True, text=True, cwd=tmp_path,
        env={"LANG": "ja_JP.UTF-8", "PATH": os.defpath, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "すべて一致しました" in ran.stdout


def test_the_command_does_the_same(house: Flask, told: Exports, forged: Path) -> None:
    runner = house.test_cli_runner()
    held = runner.invoke(args=["civicfund", "verify", str(told.whole), "--lang", "en"])
    assert held.exit_code == 0
    assert "Everything that was checked holds." in held.output
    forging.change(forged, "transfers.csv", ",2550,", ",2551,")
    found = runner.invoke(args=["civicfund", "verify", str(forged)])
    assert found.exit_code == 1
    assert "transfers.csv line" in found.output


def _amount(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 2)]["lines"][0][2] = 9_999
    return leaves


def _dropped(leaves: Leaves) -> Leaves:
    del leaves[forging.entry(leaves, 2)]
    return leaves


def _dropped_and_renumbered(leaves: Leaves) -> Leaves:
    for leaf in _dropped(leaves):
        if leaf.get("number", 0) > 2:
            leaf["number"] -= 1
        if leaf.get("reverses"):
            leaf["reverses"] -= 1
        if leaf.get("entry"):
            leaf["entry"] -= 1
    return leaves


def _swapped(leaves: Leaves) -> Leaves:
    one, two = forging.entry(leaves, 1), forging.entry(leaves, 2)
    leaves[one], leaves[two] = leaves[two], leaves[one]
    return leaves


def _doubled(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 6)]["number"] = 5
    return leaves


def _renamed(leaves: Leaves) -> Leaves:
    leaves[2]["name_ja"] = "雑収入"
    return leaves


def _truncated(leaves: Leaves) -> Leaves:
    return leaves[:-2]


def _reversed_twice(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 5)] |= {
        "kind": "reversal", "reverses": 3, "lines": leaves[forging.entry(leaves, 4)]["lines"],
    }  # fmt: skip
    return leaves


def _half_reversed(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 4)]["lines"].pop()
    return leaves


def _reversal_of_nothing(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 4)]["reverses"] = None
    return leaves


def _into_the_closed_month(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 6)]["day"] = "2026-03-15"
    return leaves


def _late_into_the_closed_month(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 3)]["recorded_at"] = "2026-04-30T00:00:00.000000Z"
    return leaves


def _empty(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 5)]["lines"] = []
    return leaves


def _negative(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 5)]["lines"][0][2] = -1_000
    return leaves


def _unknown_account(leaves: Leaves) -> Leaves:
    leaves[forging.entry(leaves, 5)]["lines"][0][0] = "1999/GENERAL"
    return leaves


def _evidence_of_nothing(leaves: Leaves) -> Leaves:
    return [leaf | {"entry": 99} if "sha256" in leaf else leaf for leaf in leaves]


# Rows, leaves, hashes and manifest changed together; the checkpoints are the fund's.
CONSISTENT = [
    _amount, _dropped, _dropped_and_renumbered, _swapped, _doubled, _renamed,
]  # fmt: skip


@pytest.mark.parametrize("how", CONSISTENT)
def test_a_consistent_forgery_breaks_the_root(
    forged: Path, how: Callable[[Leaves], Leaves]
) -> None:
    forging.rebuild(forged, how(forging.leaves_of(forged)))
    code, said = verified(forged)
    assert code == 1
    assert "checkpoints.txt line" in said
    assert "look at leaves.jsonl lines" in said
    assert "manifest" not in said


def test_a_consistent_truncation_lacks_what_was_signed(forged: Path) -> None:
    forging.rebuild(forged, _truncated(forging.leaves_of(forged)))
    code, said = verified(forged)
    assert code == 1
    assert "this log has only" in said


@pytest.mark.parametrize(
    ("how", "named"),
    [
        (_dropped, "entries.csv line 3: number 仕訳番号 3, where follows 続くのは 2"),
        (_doubled, "entries.csv line 7: number 仕訳番号 5, where follows 続くのは 6"),
        (_swapped, "entries.csv line 2: number 仕訳番号 2"),
        (_reversed_twice, "entries.csv line 6: entry 仕訳 5 is not the one reversal of"),
        (_half_reversed, "entries.csv line 5: entry 仕訳 4 is not the one reversal of"),
        (_reversal_of_nothing, "entries.csv line 5: entry 仕訳 4 is not the one reversal of"),
        (_into_the_closed_month, "entries.csv line 7: entry 仕訳 6 came after its period"),
        (_late_into_the_closed_month, "periods.csv line 2: entry 仕訳 3 came after its period"),
        (_empty, "entries.csv line 6: entry 仕訳 5: a line is no positive amount"),
        (_negative, "entries.csv line 6: entry 仕訳 5: a line is no positive amount"),
        (_unknown_account, "entries.csv line 6: entry 仕訳 5: a line is no positive amount"),
        (_evidence_of_nothing, "evidence.csv line 2: belongs to an entry that is not sealed"),
    ],
)
def test_what_even_the_signer_may_not_seal(
    forged: Path, how: Callable[[Leaves], Leaves], named: str
) -> None:
    """A fund that breaks the rules and signs it is found by the rules."""
    forging.sign_anew(forged, how, Ed25519PrivateKey.generate())
    code, said = verified(forged)
    assert code == 1
    assert named in said, said
    assert "another root" not in said


@pytest.mark.parametrize("how", [_amount, _dropped_and_renumbered, _renamed, _truncated])
class TestHistoryWrittenAnew:
    """Leaves changed and the tree signed again, so that everything agrees with itself."""

    def test_holds_by_itself_and_says_so(
        self, forged: Path, how: Callable[[Leaves], Leaves]
    ) -> None:
        forging.sign_anew(forged, how, Ed25519PrivateKey.generate())
        code, said = verified(forged)
        assert code == 0, said
        assert "NOT checked: history written anew" in said

    def test_is_not_signed_by_the_key_that_we_know(
        self, told: Exports, forged: Path, how: Callable[[Leaves], Leaves]
    ) -> None:
        forging.sign_anew(forged, how, Ed25519PrivateKey.generate())
        for known in (told.first_key, told.newest_key):
            code, said = verified(forged, "--key", known)
            assert code == 1
            assert "is not signed by the key" in said

    def test_differs_from_an_earlier_export(
        self, told: Exports, forged: Path, how: Callable[[Leaves], Leaves]
    ) -> None:
        forging.sign_anew(forged, how, Ed25519PrivateKey.generate())
        code, said = verified(forged, "--earlier", told.whole)
        assert code == 1
        assert "leaves.jsonl line 1: in the earlier export this leaf was" in said

    def test_differs_from_a_checkpoint_that_was_kept(
        self, told: Exports, forged: Path, tmp_path: Path, how: Callable[[Leaves], Leaves]
    ) -> None:
        kept = Path(shutil.copy(told.whole / "checkpoints.txt", tmp_path / "kept.txt"))
        forging.sign_anew(forged, how, Ed25519PrivateKey.generate())
        code, said = verified(forged, "--earlier", kept)
        assert code == 1
        assert "kept.txt" in said


@pytest.mark.parametrize(
    ("how", "named"),
    [
        (_amount, "in the earlier export this leaf was"),
        (_renamed, "in the earlier export this leaf was"),
        (_truncated, "this log has only"),
    ],
)
def test_the_fund_s_own_key_cannot_write_history_anew(
    told: Exports, tmp_path: Path, how: Callable[[Leaves], Leaves], named: str
) -> None:
    """Whoever has the key can sign anything; whoever kept an export sees which leaf changed."""
    private = Ed25519PrivateKey.generate()
    honest = Path(shutil.copytree(told.whole, tmp_path / "honest"))
    forging.sign_anew(honest, lambda leaves: leaves, private)
    assert verified(honest)[0] == 0
    anew = Path(shutil.copytree(honest, tmp_path / "anew"))
    forging.sign_anew(anew, how, private)
    assert verified(anew)[0] == 0
    code, said = verified(anew, "--earlier", honest)
    assert code == 1
    assert named in said


def test_a_key_slipped_in_behind_a_true_checkpoint_is_not_trusted(
    told: Exports, forged: Path
) -> None:
    """History is true up to the first checkpoint, and from there the forger's own key signs."""
    mine = Ed25519PrivateKey.generate()
    leaves = forging.leaves_of(forged)
    true_note = (forged / "checkpoints.txt").read_text().split("\n\nlocalhost")[0] + "\n\n"
    size = int(true_note.splitlines()[1])
    intruder = forging.replace_key([leaves[0]], mine)[0]
    rest = [leaf for leaf in leaves[size:] if not leaf["leaf"].startswith("civicfund/key")]
    rest[-1]["lines"][0][2] = 9_999
    forging.rebuild(forged, [*leaves[:size], intruder, *rest])
    forging.resign(forged, mine, sizes=[size + 1 + len(rest)])
    path = forged / "checkpoints.txt"
    path.write_text(true_note + path.read_text())
    forging.rewrite_manifest(forged)
    assert verified(forged)[0] == 0
    code, said = verified(forged, "--key", told.first_key)
    assert code == 1
    assert f"is not signed by the key 鍵の署名がありません: {told.first_key}" in said


def test_each_fault_is_told_but_not_a_million_of_them(forged: Path) -> None:
    path = forged / "transfers.csv"
    path.write_bytes(path.read_bytes().replace(b"JPY", b"USD"))
    code, said = verified(forged)
    assert code == 1
    assert said.count("FAULT") <= verify_book.SHOWN
    assert "25 faults" in said


def test_the_columns_of_the_verifier_are_those_of_the_export(told: Exports) -> None:
    said = json.loads((told.whole / "datapackage.json").read_text())
    fields = {
        resource["path"]: [field["name"] for field in resource["schema"]["fields"]]
        for resource in said["resources"]
        if "schema" in resource
    }
    tables = [*verify_book.SEALED.values(), *verify_book.PRIVATE.values(), verify_book.TRANSFERS]
    for file, columns in tables:
        assert fields[file] == columns.split()
