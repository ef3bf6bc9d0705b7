"""Reading a PDF as a person with Debian's poppler would."""

import shutil
import subprocess

import pytest

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None,
    reason="poppler-utils is not installed (bin/install-test-tools)",
)


def _ran(written: bytes, *command: str) -> str:
    done = subprocess.run(command, input=written, capture_output=True, check=True)
    return done.stdout.decode()


def text_of(written: bytes, *options: str) -> str:
    """All its text; pages end with a form feed."""
    return _ran(written, "pdftotext", *options, "-", "-").removesuffix("\f")


def pages_of(written: bytes, *options: str) -> list[str]:
    """Its text, page by page."""
    return text_of(written, *options).split("\f")


def info_of(written: bytes) -> dict[str, str]:
    """What `pdfinfo` says of it."""
    lines = _ran(written, "pdfinfo", "-isodates", "-").splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def fonts_of(written: bytes) -> list[tuple[str, str]]:
    """(name, is it embedded) of each font."""
    rows = [line.split() for line in _ran(written, "pdffonts", "-").splitlines()[2:]]
    return [(row[0], row[-5]) for row in rows]
