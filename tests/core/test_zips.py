"""A ZIP file that is sent while it is packed is a whole one."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from civicfund.core.zips import zipped

PARTS = [("a/一.txt", [b"one", b"", b"two" * 1_000]), ("empty", []), ("b.bin", [bytes(100_000)])]


@pytest.mark.parametrize("made_on", [date(2026, 4, 1), datetime(2026, 4, 1, tzinfo=UTC)])
def test_the_parts_come_out_as_they_went_in(made_on: date) -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(zipped(PARTS, made_on=made_on)))) as archive:
        assert archive.testzip() is None
        assert [(one.filename, archive.read(one)) for one in archive.infolist()] == [
            (name, b"".join(pieces)) for name, pieces in PARTS
        ]
        assert {one.date_time for one in archive.infolist()} == {(2026, 4, 1, 0, 0, 0)}


def test_a_piece_is_asked_for_when_it_is_sent() -> None:
    asked: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(3):
            asked.append(number)
            yield b"x"

    sent = zipped([("x", pieces())], made_on=date(2026, 4, 1))
    next(sent)
    assert asked == [0]
    assert b"".join(sent)
    assert asked == [0, 1, 2]
