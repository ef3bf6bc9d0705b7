"""Text files as offices save them: their encoding, their rows and the lines these begin on."""

import csv
import io
import unicodedata
from collections.abc import Iterator


def decoded(body: bytes) -> str | None:
    """UTF-8 with or without its mark, else Shift_JIS as Windows writes it."""
    if b"\0" in body:
        # UTF-16, or no text at all; cp932 would read both without a word.
        return None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def plain(text: str) -> str:
    """Half width, without spaces around."""
    return unicodedata.normalize("NFKC", text).strip()


def numbered_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row and the line on which it begins; a cell may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    for row in reader:
        yield begins, row
        begins = reader.line_num + 1
