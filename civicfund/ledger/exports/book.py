"""The sealed book as a folder that verify_book.py checks without us: rows, leaves, signatures.

Its cells stand as they were sealed, byte for byte: none is marked against formulas as in the files
that people open in a spreadsheet (core/spreadsheets.py).
"""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from civicfund.core.errors import N_, NotAllowedNow
from civicfund.core.zips import zipped
from civicfund.ledger import queries
from civicfund.ledger.exports import verify_book
from civicfund.ledger.exports.package import MANIFEST, Piece, Resource, make_empty, package, write
from civicfund.ledger.exports.readme import README
from civicfund.ledger.exports.scope import BATCH, Scope
from civicfund.ledger.exports.sealed_columns import FUNDS, PARTIES, schema_of
from civicfund.ledger.queries import Leaf

CHUNK = 1 << 20
KINDS = ("key", "account", "entry", "evidence", "period")


class NothingSealed(NotAllowedNow):
    """The log has no checkpoint yet."""

    message = N_("Nothing is sealed yet. Run the job ledger.seal first.")


class LeafLost(NotAllowedNow):
    """A sealed row is gone from the database."""

    message = N_("The row of leaf %(leaf)s is gone from the book. Run civicfund check.")


class _Table:
    """A CSV file of the export, written through a buffer."""

    def __init__(self, file: BinaryIO, resource: Resource, columns: Sequence[str]) -> None:
        self.resource, self.columns, self._file = resource, columns, file
        self._buffer = io.StringIO()
        # CRLF, so that a lone carriage return inside a memo is quoted.
        self._writer = csv.writer(self._buffer, lineterminator="\r\n")
        self._writer.writerow(columns)
        self._rows = 0

    def row(self, said: dict[str, Any]) -> None:
        """One more row, in the order of the columns."""
        self._writer.writerow([said[name] for name in self.columns])
        self._rows += 1
        if self._buffer.tell() >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write out what waits."""
        piece: Piece = (self._rows, self._buffer.getvalue().encode())
        self._file.writelines(self.resource.take([piece]))
        self._rows = 0
        self._buffer.seek(0)
        self._buffer.truncate()


class _Folder:
    """The files that grow while the leaves go by."""

    def __init__(self, out: Path, stack: ExitStack, *, is_public: bool) -> None:
        self._out, self._stack = out, stack
        self.sealed = {kind: self._table(*verify_book.SEALED[kind]) for kind in KINDS}
        self.transfers = self._table(*verify_book.TRANSFERS)
        private = {} if is_public else verify_book.PRIVATE
        self.private = {kind: self._table(*of) for kind, of in private.items()}
        self.leaves = Resource(
            "leaves.jsonl", "application/jsonl", "葉。n+1行目が葉 n / Leaves: line n+1 is leaf n"
        )
        self._leaves = stack.enter_context((out / "leaves.jsonl").open("wb"))

    def _table(self, name: str, columns: str) -> _Table:
        resource = Resource(name, "text/csv", name, schema_of(name, columns.split()))
        file = self._stack.enter_context((self._out / name).open("wb"))
        return _Table(file, resource, columns.split())

    @property
    def tables(self) -> list[_Table]:
        """All of them."""
        return [*self.sealed.values(), self.transfers, *self.private.values()]

    def take(self, leaf: Leaf) -> None:
        """The line of a leaf and the rows that say the same."""
        if leaf.text is None:
            raise LeafLost(leaf=leaf.leaf_index)
        self._leaves.writelines(self.leaves.take([(1, f"{leaf.text}\n".encode())]))
        said: dict[str, Any] = json.loads(leaf.text)
        place = {"leaf_index": leaf.leaf_index, "leaf_hash": leaf.leaf_hash.hex()}
        if "late" in said:
            said["late"] = "true" if said["late"] else "false"
        self.sealed[leaf.kind.value].row(said | place)
        for line, (debit, credit, amount, currency) in enumerate(said.get("lines", []), 1):
            self.transfers.row(
                {
                    "number": said["number"], "line": line, "debit": debit, "credit": credit,
                    "amount": amount, "currency": currency,
                }
            )  # fmt: skip
        if leaf.salt is not None and leaf.private is not None and self.private:
            opened = {"salt": leaf.salt.hex()} | place | json.loads(leaf.private)
            self.private[leaf.kind.value].row(opened)

    def finish(self) -> list[Resource]:
        """Write out what waits; answers the files."""
        for table in self.tables:
            table.flush()
        return [*(table.resource for table in self.tables), self.leaves]


def export_book(out: Path, *, scope: Scope, is_public: bool) -> list[Path]:
    """Write the log up to its newest checkpoint into the empty folder `out`.

    Without the private part when `is_public`: the same leaves, the same proof.
    """
    size = scope.sealed.tree_size
    if not size:
        raise NothingSealed
    make_empty(out)
    with ExitStack() as stack:
        folder = _Folder(out, stack, is_public=is_public)
        for done, leaf in enumerate(queries.all_leaves(upto=size), 1):
            folder.take(leaf)
            if done % 10_000 == 0:
                scope.progress(done, size)
        resources = folder.finish()
    scope.progress(size, size)
    for resource, pieces in _beside(size, is_public=is_public):
        write(out, resource, pieces)
        resources.append(resource)
    manifest = package(
        resources,
        title="封緘された帳簿 / The sealed book",
        description=f"{scope.covers}; {size} leaves",
        created=scope.made_at.isoformat(timespec="seconds"),
    )
    (out / MANIFEST).write_bytes(manifest)
    return [*(out / resource.path for resource in resources), out / MANIFEST]


def _beside(size: int, *, is_public: bool) -> Iterator[tuple[Resource, Iterator[Piece]]]:
    """The files that do not grow with the leaves."""
    notes = Resource("checkpoints.txt", "text/plain", "チェックポイント / Signed checkpoints")
    yield notes, ((1, f"{note}\n".encode()) for note in queries.all_checkpoints(upto=size))
    yield _listed("funds.csv", FUNDS, queries.exported_funds)
    if not is_public:
        yield _listed("parties.csv", PARTIES, queries.exported_parties)
    verifier = Path(verify_book.__file__).read_bytes()
    yield (
        Resource("verify_book.py", "text/x-python", "検査プログラム / The verifier"),
        iter([(0, verifier)]),
    )
    yield (
        Resource("README.txt", "text/plain", "使い方 / How to check"),
        iter([(0, README.encode())]),
    )


def _listed(
    name: str, columns: Sequence[str], rows: Callable[[], Iterator[tuple[Any, ...]]]
) -> tuple[Resource, Iterator[Piece]]:
    return Resource(name, "text/csv", name, schema_of(name, columns)), _lines(columns, rows)


def _lines(
    columns: Sequence[str], rows: Callable[[], Iterator[tuple[Any, ...]]]
) -> Iterator[Piece]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    yield 0, buffer.getvalue().encode()
    for row in rows():
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(row)
        yield 1, buffer.getvalue().encode()


def zipped_book(scope: Scope) -> Iterator[bytes]:
    """The whole book as a zip, sent while it is packed; the folder stands on disk meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        paths = export_book(Path(folder), scope=scope, is_public=False)
        parts = ((f"book/{path.name}", _chunks(path)) for path in paths)
        yield from zipped(parts, made_on=scope.made_at)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece
