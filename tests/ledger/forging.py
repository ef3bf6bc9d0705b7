"""An exported book in the hands of a forger: one who changes rows, and one who changes all."""

import base64
import csv
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from civicfund.ledger.exports import verify_book
from civicfund.ledger.leaves import canonical
from civicfund.ledger.merkle import leaf_hash, root_of
from civicfund.ledger.notes import CheckpointText, Signer, VerifierKey, sign

Leaves = list[dict[str, Any]]


def change(folder: Path, file: str, before: str, after: str) -> int:
    """Change one line of a file; answers which."""
    path = folder / file
    text = path.read_bytes().decode()
    assert before in text, (file, before)
    path.write_bytes(text.replace(before, after, 1).encode())
    return text[: text.index(before)].count("\n") + 1


def change_line(folder: Path, file: str, line: int, how: Callable[[str], str]) -> None:
    """Rewrite a line (from 1) of a file; what becomes empty is gone."""
    path = folder / file
    lines = path.read_bytes().decode().splitlines(keepends=True)
    lines[line - 1] = how(lines[line - 1])
    path.write_bytes("".join(lines).encode())


def swap(folder: Path, file: str, line: int) -> None:
    """Swap a line with the next."""
    path = folder / file
    lines = path.read_bytes().decode().splitlines(keepends=True)
    lines[line - 1], lines[line] = lines[line], lines[line - 1]
    path.write_bytes("".join(lines).encode())


def rewrite_manifest(folder: Path) -> None:
    """Hashes, sizes and row counts as the files are now."""
    path = folder / "datapackage.json"
    said = json.loads(path.read_text())
    for resource in said["resources"]:
        body = (folder / resource["path"]).read_bytes()
        resource["hash"] = "sha256:" + hashlib.sha256(body).hexdigest()
        resource["bytes"] = len(body)
        if "rows" in resource:
            resource["rows"] = len(list(csv.reader(body.decode().splitlines()))) - 1
    path.write_text(json.dumps(said))


def leaves_of(folder: Path) -> Leaves:
    """The leaves, parsed."""
    return [json.loads(line) for line in (folder / "leaves.jsonl").read_bytes().splitlines()]


def rebuild(folder: Path, leaves: Leaves) -> None:
    """Every sealed table, the leaves, their hashes and the manifest, from these leaves."""
    texts = [canonical(leaf) for leaf in leaves]
    (folder / "leaves.jsonl").write_text("".join(f"{text}\n" for text in texts))
    for kind, (file, columns) in verify_book.SEALED.items():
        rows = [
            {**leaf, "leaf_index": index, "leaf_hash": leaf_hash(text.encode()).hex()}
            for index, (leaf, text) in enumerate(zip(leaves, texts, strict=True))
            if leaf["leaf"] == f"civicfund/{kind}/1"
        ]
        _write(folder / file, columns.split(), rows)
    file, columns = verify_book.TRANSFERS
    transfers = [
        dict(zip(columns.split(), (leaf["number"], place, *line), strict=True))
        for leaf in leaves
        if "lines" in leaf
        for place, line in enumerate(leaf["lines"], 1)
    ]
    _write(folder / file, columns.split(), transfers)
    _renumber_private(folder, leaves)
    rewrite_manifest(folder)


def _renumber_private(folder: Path, leaves: Leaves) -> None:
    """The private rows follow their commitments to the new places."""
    for file, columns in verify_book.PRIVATE.values():
        with (folder / file).open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        by_commitment = {_commitment(row): row for row in rows}
        placed = [
            by_commitment[leaf["private"]] | {"leaf_index": str(index)}
            for index, leaf in enumerate(leaves)
            if leaf.get("private") in by_commitment
        ]
        _write(folder / file, columns.split(), placed)


def _commitment(row: dict[str, str]) -> str:
    said: dict[str, Any] = dict(row)
    salt = bytes.fromhex(said.pop("salt"))
    said.pop("leaf_index")
    for name, cell in row.items():
        if name in verify_book.PEOPLE:
            said[name] = int(cell) if cell else None
    if "source" in row:
        said["source"] = row["source"] or None
    return hashlib.sha256(salt + canonical(said).encode()).hexdigest()


def _write(path: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    def cell(value: object) -> object:
        return json.dumps(value) if isinstance(value, bool) else value

    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([[cell(row.get(name, "invented")) for name in columns] for row in rows])


def resign(folder: Path, private: Ed25519PrivateKey, *, sizes: Sequence[int]) -> None:
    """New checkpoints of these sizes over the leaves as they are, by this key."""
    leaves = leaves_of(folder)
    hashes = [leaf_hash(canonical(leaf).encode()) for leaf in leaves]
    key = VerifierKey(leaves[0]["name"], private.public_key().public_bytes_raw())
    signer = Signer(key, private.private_bytes_raw())
    notes = [
        sign(str(CheckpointText(key.name, size, root_of(hashes[:size]))), [signer])
        for size in sizes
    ]
    (folder / "checkpoints.txt").write_text("".join(f"{note}\n" for note in notes))
    rewrite_manifest(folder)


def replace_key(leaves: Leaves, private: Ed25519PrivateKey) -> Leaves:
    """The same log under a key of the forger's: no other key was ever in it."""
    mine = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    return [leaf | {"key": mine} if leaf["leaf"] == "civicfund/key/1" else leaf for leaf in leaves]


def entry(leaves: Leaves, number: int) -> int:
    """The place of the entry with this number."""
    return next(i for i, leaf in enumerate(leaves) if leaf.get("number") == number)


def sign_anew(folder: Path, how: Callable[[Leaves], Leaves], private: Ed25519PrivateKey) -> None:
    """The whole export after this deed, under this key: everything agrees with itself."""
    leaves = replace_key(how(leaves_of(folder)), private)
    rebuild(folder, leaves)
    resign(folder, private, sizes=[len(leaves) // 2, len(leaves)])
