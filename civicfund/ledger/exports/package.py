"""Files written with their hashes, and the Data Package (v2) that describes them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from civicfund.core.errors import N_, Invalid

MANIFEST = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# Written out, or a program would guess it from the first lines, and guess wrong for odd names.
DIALECT = {
    "delimiter": ",",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
    "header": True,
}
Piece = tuple[int, bytes]


class FolderInUse(Invalid):
    """Files of one export among those of another would be taken for one."""

    message = N_("The folder %(folder)s is not empty. Choose a new one.")
    field = "out"


@dataclass(slots=True)
class Resource:
    """A file of an export: what the package says about it, and what was counted while writing."""

    path: str
    media_type: str
    description: str
    schema: dict[str, Any] | None = None
    rows: int = 0
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def take(self, pieces: Iterable[Piece]) -> Iterator[bytes]:
        """Hand the bytes on, counting and hashing them on the way."""
        for rows, piece in pieces:
            self.rows += rows
            self.size += len(piece)
            self.digest.update(piece)
            yield piece

    def described(self) -> dict[str, Any]:
        """As the package lists it."""
        name, _, suffix = self.path.rpartition(".")
        said = {
            "name": name.replace("_", "-").lower(),
            "path": self.path,
            "description": self.description,
            "format": suffix if self.schema else "txt",
            "mediatype": self.media_type,
            "encoding": "utf-8",
            "bytes": self.size,
            "hash": f"sha256:{self.digest.hexdigest()}",
        }
        if self.schema is None:
            return {"type": "file"} | said
        return (
            {"type": "table"}
            | said
            | {
                "dialect": DIALECT,
                "rows": self.rows,
                "schema": self.schema,
            }
        )


def package(resources: Sequence[Resource], *, title: str, description: str, created: str) -> bytes:
    """The text of datapackage.json."""
    said = {
        "$schema": PROFILE,
        "name": "civicfund-book",
        "title": title,
        "description": description,
        "created": created,
        "resources": [resource.described() for resource in resources],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def make_empty(folder: Path) -> None:
    """Make the folder of an export. Raises `FolderInUse` when something lies in it."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FolderInUse(folder=str(folder))


def write(folder: Path, resource: Resource, pieces: Iterable[Piece]) -> Path:
    """Write one file of an export."""
    path = folder / resource.path
    with path.open("wb") as file:
        file.writelines(resource.take(pieces))
    return path


def table_schema(
    fields: Sequence[dict[str, Any]],
    *,
    key: Sequence[str] = (),
    foreign: Sequence[tuple[str, str, str]] = (),
) -> dict[str, Any]:
    """A Table Schema; `foreign` are (field, resource, its field)."""
    said: dict[str, Any] = {"fields": list(fields), "missingValues": [""]}
    if key:
        said["primaryKey"] = list(key)
    if foreign:
        said["foreignKeys"] = [
            {"fields": [own], "reference": {"resource": resource, "fields": [its]}}
            for own, resource, its in foreign
        ]
    return said
