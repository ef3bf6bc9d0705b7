"""ZIP files that are sent while they are packed, so that one piece at a time is in memory."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any


def zipped(parts: Iterable[tuple[str, Iterable[bytes]]], *, made_on: date) -> Iterator[bytes]:
    """The archive in pieces; each part has its name inside and comes in pieces too."""
    tape = _Tape()
    with zipfile.ZipFile(tape, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in parts:
            entry = zipfile.ZipInfo(name, made_on.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as packed:
                for piece in pieces:
                    packed.write(piece)
                    yield tape.cut()
    yield tape.cut()


class _Tape(io.RawIOBase):
    """What was packed and not yet sent."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._written += piece
        return len(piece)

    def cut(self) -> bytes:
        """What was written since the last cut."""
        cut, self._written = bytes(self._written), bytearray()
        return cut
