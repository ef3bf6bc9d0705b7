"""Check an export of the book without the fund's software. 帳簿の書き出しを検査します。

    python verify_book.py FOLDER [--earlier FOLDER_OR_CHECKPOINT] [--key KEY] [--lang ja|en]

Needs Python 3.11 and the package `cryptography`; changes nothing; ends with 0 only if all holds.
Each row of the tables stands in one leaf of a Merkle tree (RFC 6962) whose root is signed again and
again, so no row can be changed, dropped, added or moved unseen (docs/log-format.md).
"""

import argparse
import base64
import contextlib
import csv
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

# The tables and their columns. A leaf says what its row says, except for its place and its hash.
IN_LOG = "leaf_index leaf_hash "
SEALED = {
    "key": ("keys.csv", IN_LOG + "name key"),
    "account": ("accounts.csv", IN_LOG + "account kind class guard currency fund designation "
                "program name_ja name_en"),
    "entry": ("entries.csv", IN_LOG + "number day kind late recorded_at reverses private"),
    "evidence": ("evidence.csv", IN_LOG + "entry kind sha256 bytes added_at private"),
    "period": ("periods.csv", IN_LOG + "starts_on ends_on closed_at private"),
}  # fmt: skip
TRANSFERS = ("transfers.csv", "number line debit credit amount currency")
# What only an auditor gets: salt and text of each commitment. 監査人だけが受け取る部分
PRIVATE = {
    "entry": ("private_entries.csv",
              "leaf_index salt approved_by key memo party recorded_by source"),
    "evidence": ("private_evidence.csv", "leaf_index salt added_by"),
    "period": ("private_periods.csv", "leaf_index salt closed_by prepared_by"),
}  # fmt: skip
PEOPLE = {"approved_by", "recorded_by", "added_by", "closed_by", "prepared_by", "party"}
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
FORMS = {name: form for names, form in {  # how these cells are written, and no other way 書き方
    "leaf_index number line amount entry bytes": "(?:0|[1-9][0-9]*)", "late": "(?:true|false)",
    " ".join(PEOPLE) + " reverses": "(?:[1-9][0-9]*)?",
    "leaf_hash sha256 private salt": "[0-9a-f]{64}", "day starts_on ends_on": DAY,
    "recorded_at added_at closed_at": DAY + "T[0-9:]{8}[.][0-9]{6}Z",
}.items() for name in names.split()}  # fmt: skip
FAULTS = {
    "unreadable": "cannot be read 読めません: {}", "file": "{} {}, listed 目録では {}",
    "unlisted": "is not in the manifest, or of no export 目録か書き出しにないファイル",
    "differs": "{} {}, sealed 封緘時 {}",
    "leaf": "is no leaf of this log このログの葉ではありません: {}",
    "missing": "before this, the row of {} {} is missing この前の行がありません: {}",
    "misplaced": "{} {} is doubled, out of order or not sealed 重複・順序違い・未封緘",
    "form": "{} is not written so 書き方が違います: {}",
    "private": "not what was sealed 封緘した内容と違います: {}",
    "number": "number 仕訳番号 {}, where follows 続くのは {}",
    "lines": "entry 仕訳 {}: a line is no positive amount between two sealed accounts 不正な行",
    "mirror": "entry 仕訳 {} is not the one reversal of 唯一の反対仕訳ではありません: {}",
    "closed": "entry 仕訳 {} came after its period was closed 締めた後の記帳: {}",
    "evidence": "belongs to an entry that is not sealed 仕訳が封緘されていません: {}",
    "root": "another root 根が違う: {} leaves, look at leaves.jsonl lines 確認する行 {}",
    "signature": "is not signed by the key 鍵の署名がありません: {}",
    "uncovered": "covers {} leaves, this log has only 葉の数が違います: {}",
    "earlier": "in the earlier export this leaf was 以前の書き出しでは: {}",
    "fork": "a checkpoint of {} leaves is not in this history この履歴にない",
}  # fmt: skip
SHOWN, CHECKPOINTS = 50, "checkpoints.txt"
BESIDE = {CHECKPOINTS, "leaves.jsonl", "funds.csv", "parties.csv", "verify_book.py", "README.txt"}
LEAVES = {f"civicfund/{kind}/1": kind for kind in SEALED}
NOTE = re.compile("((.+)\n([0-9]+)\n(.+)\n(?:.+\n)*)\n((?:— .+\n)+)\n?")
WRONG = (KeyError, ValueError, TypeError, AttributeError, IndexError)
canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
Said = dict[str, Any]


class Report:
    """Tells each fault with its file and line."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write, self.faults = write, 0

    def fault(self, what: str, file: str, line: int | None, *about: object) -> None:
        """Something that does not hold."""
        self.faults += 1
        if self.faults <= SHOWN:
            told = f"{file}{f' line {line}' if line else ''}: {FAULTS[what].format(*about)}"
            shown = (c if c.isprintable() else ascii(c)[1:-1] for c in told)  # no forger's escapes
            self.write(f"FAULT 不一致  {''.join(shown)}\n")


class Table:
    """A CSV file in the order of its first column, read one row at a time."""

    def __init__(self, folder: Path, file: str, columns: str, report: Report) -> None:
        self.file, self.columns, self.report = file, columns.split(), report
        self.key, self.line = self.columns[0], 1
        self.formed = [name for name in self.columns if name in FORMS]
        self.fits = re.compile("\n".join(FORMS[name] for name in self.formed)).fullmatch
        self.rows = self._read(folder / file)
        self.head = next(self.rows, None)

    def _read(self, path: Path) -> Iterator[tuple[int, int, dict[str, str]]]:
        try:
            with path.open(encoding="utf-8", newline="") as opened:
                lines = csv.reader(opened, strict=True)
                if next(lines, None) != self.columns:
                    raise ValueError("its columns are not " + ",".join(self.columns))
                for cells in lines:
                    self.line = lines.line_num
                    yield int(cells[0]), self.line, dict(zip(self.columns, cells, strict=True))
        except (*WRONG, OSError, csv.Error) as why:
            self.report.fault("unreadable", self.file, self.line, why)

    def hold(self, key: int, sealed: Said) -> tuple[int | None, dict[str, str]]:
        """The line and the row with this key; what it says otherwise than its leaf is told."""
        self.pass_over(key)
        if self.head is None or self.head[0] != key:
            self.report.fault("missing", self.file, self.line, self.key, key, canonical(sealed))
            return None, {}
        (_, line, row), self.head = self.head, next(self.rows, None)
        if not self.fits("\n".join([row[name] for name in self.formed])):
            name = next(n for n in self.formed if not re.fullmatch(FORMS[n], row[n]))
            self.report.fault("form", self.file, line, name, row[name])
        for name, was in sealed.items():
            cell = was if isinstance(was, str) else "" if was is None else str(was).lower()
            if row[name] != cell:
                self.report.fault("differs", self.file, line, name, row[name], cell)
        return line, row

    def pass_over(self, upto: float) -> None:
        """Tell of the rows before this key: they do not belong where they stand."""
        while self.head and self.head[0] < upto:
            self.report.fault("misplaced", self.file, self.head[1], self.key, self.head[0])
            self.head = next(self.rows, None)


def is_signed(note: re.Match[str], vkey: str) -> bool:
    """Whether this key signed a note, and rightly."""
    with contextlib.suppress(InvalidSignature, ValueError):
        name, key_id, public = vkey.split("+", 2)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public)[1:])
        for signer, signature in re.findall(r"— (\S+) (\S+)\n", note[5]):
            raw = base64.b64decode(signature)
            if (signer, raw[:4].hex()) == (name, key_id):
                key.verify(raw[4:], note[1].encode())
                return note[2] == name
    return False


def checkpoints(path: Path, report: Report) -> Iterator[tuple[int, int, bytes, re.Match[str]]]:
    """The signed notes of a file, each with its line, its size and its root."""
    line, at = 1, 0
    try:
        text = path.read_text(encoding="utf-8")
        while at < len(text):
            if (note := NOTE.match(text, at)) is None:
                raise ValueError("no signed checkpoint")
            yield line, int(note[3]), base64.b64decode(note[4], validate=True), note
            line, at = line + note[0].count("\n"), note.end()
    except (OSError, ValueError) as why:
        report.fault("unreadable", path.name, line, why)


def lines_of(path: Path, report: Report) -> Iterator[bytes]:
    """The lines of a file."""
    try:
        with path.open("rb") as opened:
            yield from opened
    except OSError as why:
        report.fault("unreadable", path.name, None, why)


def short_hash(lines: list[list[Any]]) -> bytes:
    """Enough to see whether two entries have the same lines."""
    return hashlib.sha256(canonical(lines).encode()).digest()[:16]


class Book:
    """An export, read once: each leaf beside its rows, each rule beside what came before."""

    def __init__(self, folder: Path, report: Report, trusted: str | None) -> None:
        self.report, self.size, self.edge, self.keys = report, 0, list[bytes](), list[str]()
        self.trusted = {trusted} if trusted else set[str]()
        self.tables = {kind: Table(folder, *of, report) for kind, of in SEALED.items()}
        given = {kind: of for kind, of in PRIVATE.items() if (folder / of[0]).exists()}
        self.private = {kind: Table(folder, *of, report) for kind, of in given.items()}
        self.transfers = Table(folder, *TRANSFERS, report)
        self.notes = checkpoints(folder / CHECKPOINTS, report)
        self.note = next(self.notes, None)
        self.covered = self.proven = self.vouched = 0  # leaves signed, rightly, by whom we trust
        self.currencies: dict[str, str] = {}  # of the accounts so far
        self.latest: dict[str, tuple[str, int]] = {}  # of each day: when last, and which entry
        self.shut: set[str] = set()  # the days of periods that were closed
        self.mirrors = bytearray()  # of each entry the short hash of its lines turned round
        self.turned: set[int] = set()  # entries that were reversed, and the reversals
        self.number = self.lines = self.amount = 0

    def grow(self, node: bytes) -> None:
        """One more hash of a leaf in the tree of RFC 6962; `edge` are its full subtrees."""
        size, self.size = self.size, self.size + 1
        while size & 1:  # each pair of equal subtrees becomes one
            node = hashlib.sha256(b"\1" + self.edge.pop() + node).digest()
            size >>= 1
        self.edge.append(node)

    def root(self) -> bytes:
        """The root of the leaves so far."""
        node = self.edge[-1] if self.edge else hashlib.sha256().digest()
        for left in reversed(self.edge[:-1]):
            node = hashlib.sha256(b"\1" + left + node).digest()
        return node

    def read(self, leaf: bytes) -> None:
        """The next leaf: into the tree, beside its rows, against the rules."""
        index, digest = self.size, hashlib.sha256(b"\0" + leaf).digest()
        self.grow(digest)
        try:
            sealed: Said = json.loads(leaf)
            if canonical(sealed).encode() != leaf:
                raise ValueError("not canonical")
            self._row(LEAVES[sealed.pop("leaf")], index, sealed | {"leaf_hash": digest.hex()})
        except WRONG as why:
            self.report.fault("leaf", "leaves.jsonl", index + 1, why)
        while self.note and self.note[1] <= self.size:
            self._checkpoint(*self.note)
            self.note = next(self.notes, None)

    def _row(self, kind: str, index: int, sealed: Said) -> None:
        lines = sealed.pop("lines") if kind == "entry" else []
        if sealed.keys() | {"leaf_index"} != set(self.tables[kind].columns):
            raise ValueError("not what such a leaf says: " + ", ".join(sealed))
        at, _ = self.tables[kind].hold(index, sealed)
        for place, line in enumerate(lines, 1):
            cells = dict(zip(self.transfers.columns[1:], (place, *line), strict=True))
            self.transfers.hold(sealed["number"], cells)
        if kind in self.private:
            self._open(self.private[kind], index, sealed["private"])
        for what, *about in self._rules(kind, sealed, lines):
            self.report.fault(what, SEALED[kind][0], at, *about)

    def _open(self, table: Table, index: int, commitment: str) -> None:
        """The private part is the one whose hash stands in the leaf."""
        line, row = table.hold(index, {})
        said: Said = {n: c for n, c in row.items() if n not in {"leaf_index", "salt"}}
        said |= {n: None if not c else int(c) if n in PEOPLE else c
                 for n, c in said.items() if n in PEOPLE | {"source"}}  # fmt: skip
        salted = bytes.fromhex(row.get("salt", "")) + canonical(said).encode()
        if row and hashlib.sha256(salted).hexdigest() != commitment:
            self.report.fault("private", table.file, line, canonical(said))

    def _rules(self, kind: str, sealed: Said, lines: list[list[Any]]) -> Iterator[Any]:
        """What must hold of a leaf, beside what came before."""
        if kind == "key":
            public = b"\1" + base64.b64decode(sealed["key"], validate=True)
            key_id = hashlib.sha256(f"{sealed['name']}\n".encode() + public).hexdigest()[:8]
            self.keys.append(f"{sealed['name']}+{key_id}+{base64.b64encode(public).decode()}")
        elif kind == "account":
            if sealed["account"] in self.currencies:
                yield "misplaced", "account", sealed["account"]
            self.currencies[sealed["account"]] = sealed["currency"]
        elif kind == "entry":
            yield from self._entry(sealed["number"], sealed, lines)
        elif kind == "evidence" and not 0 < sealed["entry"] <= self.number:
            yield "evidence", sealed["entry"]
        elif kind == "period":
            yield from self._period(sealed)

    def _period(self, sealed: Said) -> Iterator[Any]:
        first, last = (date.fromisoformat(sealed[end]) for end in ("starts_on", "ends_on"))
        days = {str(first + timedelta(days=n)) for n in range((last - first).days + 1)}
        for day in sorted(days & self.latest.keys()):
            if self.latest[day][0] > sealed["closed_at"]:
                yield "closed", self.latest[day][1], day
        self.shut |= days

    def _entry(self, number: int, sealed: Said, lines: list[list[Any]]) -> Iterator[Any]:
        day = str(date.fromisoformat(sealed["day"]))
        if number != self.number + 1:
            yield "number", number, self.number + 1
            self.mirrors.extend(bytes(16 * max(0, min(number - self.number - 1, 1000))))
        known, self.number = self.currencies.get, number
        if not lines or not all(
            type(n) is int and n > 0 and debit != credit
            and yen and known(debit) == yen == known(credit)
            for debit, credit, n, yen in lines
        ):  # fmt: skip
            yield "lines", number
        self.lines += len(lines)
        self.amount += sum(amount for _, _, amount, _ in lines)
        turned = [[credit, debit, *rest] for debit, credit, *rest in lines]
        self.mirrors[16 * number - 16 : 16 * number] = short_hash(turned)
        if sealed["reverses"] is not None or sealed["kind"] == "reversal":
            yield from self._reversal(number, sealed["reverses"] or 0, lines)
        if day in self.shut:
            yield "closed", number, day
        self.latest[day] = max(self.latest.get(day, ("", 0)), (sealed["recorded_at"], number))

    def _reversal(self, number: int, original: int, lines: list[list[Any]]) -> Iterator[Any]:
        mirror = self.mirrors[16 * original - 16 : 16 * original] if 0 < original < number else b""
        if mirror != short_hash(lines) or original in self.turned:
            yield "mirror", number, original
        self.turned.update((number, original))

    def _checkpoint(self, line: int, size: int, root: bytes, note: re.Match[str]) -> None:
        key = self.keys[-1] if self.keys else "-+-+-"
        if (size, root) == (self.size, self.root()):
            self.proven = size
        elif self.proven == self.covered:  # the first that fails: what follows fails with it
            self.report.fault("root", CHECKPOINTS, line, size, f"{self.proven + 1}–{size}")
        self.covered = size
        if not is_signed(note, key):
            self.report.fault("signature", CHECKPOINTS, line, key)
        # Whoever signs a tree vouches for every key in it: a new key is signed in by the old one.
        if any(is_signed(note, known) for known in self.trusted):
            self.trusted.update(self.keys)
            self.vouched = size

    def finish(self) -> None:
        """What is left over belongs to no leaf; the newest checkpoint covers every leaf."""
        for table in (*self.tables.values(), *self.private.values(), self.transfers):
            table.pass_over(float("inf"))
        line, covered = self.note[:2] if self.note else (None, self.covered)
        if covered != self.size:
            self.report.fault("uncovered", CHECKPOINTS, line, covered, self.size)


def check_files(folder: Path, report: Report) -> None:
    """Each file is the one that the manifest lists, and each is listed."""
    listed = {"datapackage.json"}
    try:
        for resource in json.loads((folder / "datapackage.json").read_bytes())["resources"]:
            path = folder / Path(resource["path"]).name
            listed.add(path.name)
            with path.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
            found: Said = {"hash": f"sha256:{digest}", "bytes": path.stat().st_size}
            if path.suffix == ".csv":
                with path.open(encoding="utf-8", newline="") as lines:
                    found["rows"] = sum(1 for _ in csv.reader(lines)) - 1
            for what, value in found.items():
                if resource[what] != value:
                    report.fault("file", path.name, None, what, value, resource[what])
    except (*WRONG, OSError, csv.Error) as why:
        report.fault("unreadable", "datapackage.json", None, why)
    known = {file for file, _ in (*SEALED.values(), *PRIVATE.values(), TRANSFERS)} | BESIDE
    listed &= known | {"datapackage.json"}
    for name in sorted({path.name for path in folder.iterdir()} - listed):
        report.fault("unlisted", name, None)


def read_log(folder: Path, book: Book, earlier: Path | None) -> None:
    """Read the log through. An earlier export, or a checkpoint, must be the beginning of it."""
    report, nothing = book.report, iter(list[Any]())
    kept = earlier if earlier and earlier.is_dir() else None
    leaves = lines_of(kept / "leaves.jsonl", report) if kept else nothing
    notes = checkpoints(kept / CHECKPOINTS if kept else earlier, report) if earlier else nothing
    then, note = next(leaves, None), next(notes, None)
    if earlier and not note:
        report.fault("unreadable", str(earlier), None, "no checkpoint")
    for line, leaf in enumerate(lines_of(folder / "leaves.jsonl", report), 1):
        book.read(leaf.removesuffix(b"\n"))
        if then and then != leaf:
            report.fault("earlier", "leaves.jsonl", line, then.decode(errors="replace").strip())
            leaves = nothing
        then = next(leaves, None)
        while note and note[1] <= line:
            if note[2] != book.root():
                report.fault("fork", str(earlier), note[0], note[1])
            note = next(notes, None)
    if note or then:
        report.fault("uncovered", str(earlier), None, note[1] if note else "more", book.size)
    book.finish()


def main(arguments: list[str] | None = None, write: Callable[[str], object] | None = None) -> int:
    """0 if everything holds, else 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--earlier", type=Path, help="an export or a checkpoint that you kept")
    parser.add_argument("--key", help="the key of the log, as you know it from elsewhere")
    parser.add_argument("--lang", choices=("ja", "en"))
    asked = parser.parse_args(arguments)
    report = Report(write or sys.stdout.write)
    csv.field_size_limit(1 << 30)  # a memo may be long
    check_files(asked.folder, report)
    book = Book(asked.folder, report, asked.key)
    read_log(asked.folder, book, asked.earlier)
    if asked.key and not 0 < book.size == book.vouched:
        report.fault("signature", CHECKPOINTS, None, asked.key)
    locale = asked.lang or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    for en, ja in summary(book, asked):
        report.write((ja if locale.startswith("ja") else en) + "\n")
    return 1 if report.faults else 0


def summary(book: Book, asked: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """What was read and what could not be checked, in English and Japanese."""
    root = base64.b64encode(book.root()).decode()
    told = (book.number, book.lines, book.amount, book.size, root, *book.keys[-1:])
    yield ("{:,} entries, {:,} lines, {:,} yen, {:,} leaves; root {}, key {}".format(*told, ""),
           "仕訳{:,}件、{:,}行、{:,}円、葉{:,}枚。根 {}、鍵 {}".format(*told, ""))  # fmt: skip
    unchecked = (
        (asked.earlier, "history written anew before this export (--earlier)",
         "書き出しの前に履歴全体が書き直されていないか（--earlier）"),
        (asked.key, "whether this is the fund's key (--key)", "ファンドの鍵か（--key）"),
        (book.private.keys() == PRIVATE.keys(), "private parts", "非公開部分（摘要など）"),
        (None, "names of funds and parties, files of evidence", "基金と取引先の名前、証憑ファイル"),
    )  # fmt: skip
    for is_checked, en, ja in unchecked:
        if not is_checked:
            yield f"NOT checked: {en}", f"検査していません: {ja}"
    if faults := book.report.faults:
        yield f"{faults:,} faults: the book does NOT hold.", f"不一致{faults:,}件。一致しません。"
    else:
        yield "Everything that was checked holds.", "検査した項目はすべて一致しました。"


if __name__ == "__main__":
    # What a console cannot show is no reason to stop.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main())
