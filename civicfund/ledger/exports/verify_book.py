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
from functools import lru_cache
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
FUNDS = ("funds.csv", "code kind designation program name_ja name_en")
# What only an auditor gets: salt and text of each commitment. 監査人だけが受け取る部分
PRIVATE = {
    "entry": ("private_entries.csv",
              "leaf_index salt approved_by key memo party recorded_by source"),
    "evidence": ("private_evidence.csv", "leaf_index salt added_by"),
    "period": ("private_periods.csv", "leaf_index salt closed_by prepared_by"),
}  # fmt: skip
PEOPLE = {"approved_by", "recorded_by", "added_by", "closed_by", "prepared_by", "party"}
DAY, TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}[.][0-9]{6}Z"
FORMS = {name: form for names, form in {  # how these cells are written, and no other way 書き方
    "leaf_index number line amount entry bytes": "(?:0|[1-9][0-9]{0,18})",
    " ".join(PEOPLE) + " reverses": "(?:[1-9][0-9]{0,18})?", "late": "(?:true|false)",
    "leaf_hash sha256 private salt": "[0-9a-f]{64}", "day starts_on ends_on": DAY,
    "recorded_at added_at closed_at": DAY + TIME,
}.items() for name in names.split()}  # fmt: skip
# What follows from the line of the chart that an account's code begins with. 勘定科目から決まること
KINDS = {"1": "asset", "2": "liability", "3": "net_assets", "4": "revenue", "5": "expense"}
BANKS = {"1101", "1112", "1115", "1116", "1121"}  # cash and banks: no credit may overdraw them
OWED = {"2121", "2122", "2131", "2133", "2134"}  # what is owed or held: no debit may exceed it
ALWAYS_GENERAL = {"3200", "4101", "4191"}  # in a designated fund too
FREE_OF_GUARD = {"5231"}  # the fee of a gift: whoever takes it has taken it
FAULTS = {
    "unreadable": "cannot be read 読めません: {}", "file": "{} {}, listed 目録では {}",
    "unlisted": "is not in the manifest, or of no export 目録か書き出しにないファイル",
    "differs": "{} {}, sealed 封緘時 {}",
    "leaf": "is no leaf of this log このログの葉ではありません: {}",
    "missing": "before this, the row of {} {} is missing この前の行がありません: {}",
    "misplaced": "{} {} is doubled, out of order or not sealed 重複・順序違い・未封緘",
    "form": "{} is not written so 書き方が違います: {}",
    "type": "its leaf holds values of other types 葉の値の型が違います: {}",
    "private": "not what was sealed 封緘した内容と違います: {}",
    "account": "{}: its kind, class and guard are not those of this line in this fund "
               "科目と基金からは: {}",
    "fund": "fund 基金 {} is 指定・会計区分 {}, in an account before 以前の勘定では {}",
    "number": "number 仕訳番号 {}, where follows 続くのは {}",
    "lines": "entry 仕訳 {}: a line is no positive amount between two sealed accounts 不正な行",
    "mirror": "entry 仕訳 {} is not the one reversal of 唯一の反対仕訳ではありません: {}",
    "overdrawn": "entry 仕訳 {} takes more than there was 残高不足: {} lacks 不足額 {}",
    "late": "entry 仕訳 {}: late {}, by its day and time 日付と日時からは {}",
    "closed": "entry 仕訳 {} came after its period was closed 締めた後の記帳: {}",
    "period": "{} to {}: does not follow the period before it, or was not over "
              "前の期間に続かないか、終わる前の締め",
    "evidence": "belongs to an entry that is not sealed 仕訳が封緘されていません: {}",
    "root": "another root 根が違う: {} leaves, look at leaves.jsonl lines 確認する行 {}",
    "signature": "is not signed by the key 鍵の署名がありません: {}",
    "uncovered": "covers {} leaves, this log has only 葉の数が違います: {}",
    "earlier": "in the earlier export this leaf was 以前の書き出しでは: {}",
    "fork": "a checkpoint of {} leaves is not in this history この履歴にない",
}  # fmt: skip
SHOWN, TOLD, CHECKPOINTS = 50, 200, "checkpoints.txt"  # faults; characters of one value
BESIDE = {CHECKPOINTS, "leaves.jsonl", FUNDS[0], "parties.csv", "verify_book.py", "README.txt"}
LEAVES = {f"civicfund/{kind}/1": kind for kind in SEALED}
NAMES = {kind: tuple(sorted(columns.removeprefix(IN_LOG).split()))
         for kind, (_, columns) in SEALED.items()}  # fmt: skip
TYPES = {"late": bool, "number": int, "entry": int, "bytes": int}  # in JSON; all others are text
MAY_LACK = {"class": str, "reverses": int}  # or null
SHAPES = {kind: {tuple(TYPES.get(n) or (MAY_LACK | lacks).get(n, str) for n in names)
                 for lacks in ({}, dict.fromkeys(MAY_LACK, type(None)))}
          for kind, names in NAMES.items()}  # fmt: skip
LARGEST = (1 << 63) - 1  # of any number in a book
NOTE = re.compile("((.+)\n([0-9]+)\n(.+)\n(?:.+\n)*)\n((?:— .+\n)+)\n?")
WRONG = (LookupError, ValueError, TypeError, AttributeError, RecursionError, OverflowError)
canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
Said = dict[str, Any]


def shown(value: object) -> str:
    """The beginning of a value that somebody else wrote, without a forger's escapes."""
    text = str(value)
    text = text if len(text) <= TOLD else f"{text[:TOLD]}…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class Report:
    """Tells each fault with its file and line."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write, self.faults = write, 0

    def fault(self, what: str, file: str, line: int | None, *about: object) -> None:
        """Something that does not hold."""
        self.faults += 1
        if self.faults <= SHOWN:
            where = shown(file) + (f" line {line}" if line else "")
            self.write(f"FAULT 不一致  {where}: {FAULTS[what].format(*map(shown, about))}\n")


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
        if self.head and self.head[0] < key:
            self.pass_over(key)
        if self.head is None or self.head[0] != key:
            self.report.fault("missing", self.file, self.line, self.key, key, canonical(sealed))
            return None, {}
        (_, line, row), self.head = self.head, next(self.rows, None)
        if not self.fits("\n".join([row[name] for name in self.formed])):
            name = next(n for n in self.formed if not re.fullmatch(FORMS[n], row[n]))
            self.report.fault("form", self.file, line, name, row[name])
        for name, was in sealed.items():
            if row[name] != was:  # another text, or no text in the leaf
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


@lru_cache(maxsize=100_000)
def day_of(text: str) -> date:
    """The day that a text begins with; ValueError if there is no such day."""
    return date.fromisoformat(text[:10])


def midnight(day: date) -> str:
    """The instant at which a day ends in Japan, which has no summer time: 15:00 UTC."""
    return f"{day}T15:00:00.000000Z"


@lru_cache(maxsize=100_000)
def late_from(day: str) -> str:
    """The instant from which an entry of this day is late: the end of the next month in Japan."""
    after_next = (day_of(day).replace(day=1) + timedelta(days=62)).replace(day=1)
    return midnight(after_next - timedelta(days=1))


def classified(code: str, designation: str) -> tuple[str, str | None, str]:
    """Kind, class 財源区分 and guard of a line of the chart in a fund of this designation."""
    kind = KINDS[code[:1]]
    if kind in {"asset", "liability"}:
        return kind, None, "bank" if code in BANKS else "account" if code in OWED else "none"
    class_ = "general" if code in ALWAYS_GENERAL else designation
    guarded = class_ == "designated" and code not in FREE_OF_GUARD
    return kind, class_, "fund" if guarded else "none"


def short_hash(lines: list[list[Any]]) -> bytes:
    """Enough to see whether two entries have the same lines."""
    return hashlib.sha256(repr(lines).encode()).digest()[:16]


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
        self.funds: dict[str, tuple[str, str]] = {}  # designation and programme 指定・会計区分
        # What a debit and a credit of an account move: whose balance, which way, and do they take?
        self.debits, self.credits = dict[str, tuple[str, int, bool]](), dict[str, Any]()
        self.held: dict[str, int] = {}  # these balances, after the entries so far
        self.latest: dict[str, tuple[str, int]] = {}  # of each open day: when last, and which entry
        self.closed_upto = ""  # the last day that was closed
        self.evidence: set[bytes] = set()  # 12 bytes of each file, with its entry, and commitment
        self.withdrawn: dict[int, int] = {}  # of each entry: pieces that may be attached again
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
            text = leaf.decode()
            sealed: Said = json.loads(text)
            if canonical(sealed) != text:
                raise ValueError("not canonical")
            self._row(LEAVES[sealed.pop("leaf")], index, sealed, digest.hex())
        except WRONG as why:
            self.report.fault("leaf", "leaves.jsonl", index + 1, why)
        while self.note and self.note[1] <= self.size:
            self._checkpoint(*self.note)
            self.note = next(self.notes, None)

    def _row(self, kind: str, index: int, sealed: Said, digest: str) -> None:
        lines = sealed.pop("lines") if kind == "entry" else []
        if tuple(sealed) != NAMES[kind]:
            raise ValueError("not what such a leaf says: " + ", ".join(sealed))
        types = tuple(map(type, sealed.values()))
        sealed["leaf_hash"] = digest
        at, _ = self.tables[kind].hold(index, sealed)
        if types not in SHAPES[kind]:
            self.report.fault("type", SEALED[kind][0], at, canonical(sealed))
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
            yield from self._account(sealed["account"], sealed["fund"], sealed)
        elif kind == "entry":
            yield from self._entry(sealed["number"], sealed, lines)
        elif kind == "evidence":
            yield from self._evidence(sealed["entry"], sealed["sha256"], sealed)
        elif kind == "period":
            yield from self._period(sealed["closed_at"], sealed["starts_on"], sealed["ends_on"])

    def _account(self, account: str, fund: str, sealed: Said) -> Iterator[Any]:
        if account in self.currencies:
            yield "misplaced", "account", account
        self.currencies[account] = sealed["currency"]
        here = sealed["designation"], sealed["program"]
        if (before := self.funds.setdefault(fund, here)) != here:
            yield "fund", fund, ", ".join(here), ", ".join(before)
        code, _, of = account.partition("/")
        right = classified(code, sealed["designation"])
        _, class_, guard = right
        if (sealed["kind"], sealed["class"], sealed["guard"], of) != (*right, fund):
            yield "account", account, ", ".join(map(str, right))
        if guard == "bank":
            self.debits[account], self.credits[account] = (account, 1, False), (account, -1, True)
        elif guard == "account" or class_ == "designated":
            whose = account if guard == "account" else f"fund 基金 {fund}"
            self.debits[account] = (whose, -1, guard != "none")
            self.credits[account] = (whose, 1, False)

    def _evidence(self, entry: int, sha256: str, sealed: Said) -> Iterator[Any]:
        """A file stands once behind an entry, and again only after a piece was withdrawn."""
        day_of(sealed["added_at"])
        if not 0 < entry <= self.number:
            yield "evidence", entry
            return
        piece = entry.to_bytes(8) + bytes.fromhex(sha256)[:12]
        private, free = bytes.fromhex(sealed["private"])[:12], self.withdrawn.get(entry, 0)
        again = piece in self.evidence
        if private in self.evidence or again > free:
            yield "misplaced", "sha256", sha256
        if change := (sealed["kind"] == "withdrawal") - again:
            self.withdrawn[entry] = free + change
        self.evidence |= {piece, private}

    def _period(self, closed_at: str, first: str, last: str) -> Iterator[Any]:
        """Periods are closed one after the other, without gaps, when they are over."""
        day_of(closed_at)
        follows = day_of(first)
        if self.closed_upto:
            follows = day_of(self.closed_upto) + timedelta(days=1)
        if str(follows) != first or first > last or closed_at < midnight(day_of(last)):
            yield "period", first, last
        for day in sorted(day for day in self.latest if day <= last):
            recorded_at, number = self.latest.pop(day)
            if recorded_at > closed_at:
                yield "closed", number, day
        self.closed_upto = max(self.closed_upto, last)

    def _entry(self, number: int, sealed: Said, lines: list[list[Any]]) -> Iterator[Any]:
        day, recorded_at = sealed["day"], sealed["recorded_at"]
        if not 0 < number <= LARGEST:
            raise ValueError(f"no number of an entry: {number}")
        if number != self.number + 1:
            yield "number", number, self.number + 1
            self.mirrors.extend(bytes(16 * max(0, min(number - self.number - 1, 1000))))
        known, self.number = self.currencies.get, number
        if not lines or not all(
            type(n) is int and 0 < n <= LARGEST and debit != credit
            and yen and known(debit) == yen == known(credit)
            for debit, credit, n, yen in lines
        ):  # fmt: skip
            yield "lines", number
        else:
            yield from self._moves(number, lines)
        turned = [[credit, debit, *rest] for debit, credit, *rest in lines]
        self.mirrors[16 * number - 16 : 16 * number] = short_hash(turned)
        if sealed["reverses"] is not None or sealed["kind"] == "reversal":
            yield from self._reversal(number, sealed["reverses"] or 0, lines)
        day_of(recorded_at)
        if sealed["late"] is not (late := recorded_at >= late_from(day)):
            yield "late", number, canonical(sealed["late"]), canonical(late)
        if day <= self.closed_upto:
            yield "closed", number, day
        else:
            self.latest[day] = max(self.latest.get(day, ("", 0)), (recorded_at, number))

    def _moves(self, number: int, lines: list[list[Any]]) -> Iterator[Any]:
        """An entry that takes leaves nothing below zero, with all entries up to it and no other."""
        moved: dict[str, int] = {}
        taken = set[str]()
        self.lines += len(lines)
        for debit, credit, amount, _ in lines:
            self.amount += amount
            for move in (self.debits.get(debit), self.credits.get(credit)):
                if move:
                    whose, sign, takes = move
                    moved[whose] = moved.get(whose, 0) + sign * amount
                    if takes:
                        taken.add(whose)
        for whose, change in moved.items():
            held = self.held[whose] = self.held.get(whose, 0) + change
            if held < 0 and change < 0 and whose in taken:
                yield "overdrawn", number, whose, -held

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


def check_funds(folder: Path, sealed: dict[str, tuple[str, str]], report: Report) -> None:
    """Designation and programme of each fund are those under which its accounts were sealed."""
    (file, columns), line, seen = FUNDS, 1, set[str]()
    try:
        with (folder / file).open(encoding="utf-8", newline="") as opened:
            rows = csv.reader(opened, strict=True)
            if next(rows, None) != columns.split():
                raise ValueError("its columns are not " + columns)
            for cells in rows:
                line = rows.line_num
                code, _, designation, program, _, _ = cells
                said = designation, program
                if code in seen:
                    report.fault("misplaced", file, line, "code", code)
                if (was := sealed.get(code, said)) != said:
                    report.fault("differs", file, line, code, ", ".join(said), ", ".join(was))
                seen.add(code)
    except (*WRONG, OSError, csv.Error) as why:
        report.fault("unreadable", file, line, why)
    for code in sorted(sealed.keys() - seen):
        report.fault("missing", file, line, "code", code, ", ".join(sealed[code]))


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
    check_funds(folder, book.funds, report)


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
    try:
        check_files(asked.folder, report)
    except OSError as why:  # there is no such folder, or nobody may look into it
        report.fault("unreadable", str(asked.folder), None, why)
        return 1
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
    told = (book.number, book.lines, book.amount, book.size, root, *map(shown, book.keys[-1:]))
    yield ("{:,} entries, {:,} lines, {:,} yen, {:,} leaves; root {}, key {}".format(*told, ""),
           "仕訳{:,}件、{:,}行、{:,}円、葉{:,}枚。根 {}、鍵 {}".format(*told, ""))  # fmt: skip
    unchecked = (
        (asked.earlier, "history written anew before this export (--earlier)",
         "書き出しの前に履歴全体が書き直されていないか（--earlier）"),
        (asked.key, "whether this is the fund's key (--key)", "ファンドの鍵か（--key）"),
        (book.private.keys() == PRIVATE.keys(), "private parts", "非公開部分（摘要など）"),
        (None, "names of funds and parties, files of evidence, the clocks that gave the times",
         "基金と取引先の名前、証憑ファイル、日時を記録した時計が正しかったか"),
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
