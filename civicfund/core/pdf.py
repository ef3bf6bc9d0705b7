"""PDFs out of typst templates: tagged, for the archive, the same bytes for the same content."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

PACKAGE = Path(__file__).resolve().parent.parent
FONTS = PACKAGE / "fonts"
TEMPLATES = PACKAGE.parent / "templates"
# PDF/A-2a can be read in ten years, PDF/UA-1 can be read aloud.
STANDARDS: list[Any] = ["a-2a", "ua-1"]
# One at a time in each process: a long one takes 300 MB while it is set.
_press = Lock()


def compile_pdf(template: str, content: Mapping[str, Any], *, made_on: date) -> bytes:
    """The PDF of `template` (a path below `templates/`) with `content`, dated `made_on`.

    `content` is JSON and reaches the template as values (`json(bytes(sys.inputs.content))`), never
    as markup: whatever a donor's name says, it is printed as it stands. The template sets the title
    and the language, without which typst refuses PDF/UA.
    """
    with _press:
        return typst.compile(
            TEMPLATES / template,
            root=TEMPLATES,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
            pdf_standards=STANDARDS,
            timestamp=datetime.combine(made_on, time.min, tzinfo=UTC),
        )


def compile_apart(template: str, content: Mapping[str, Any], *, made_on: date) -> bytes:
    """The same in a process of its own, for long documents.

    typst remembers its last ten documents; a process that ends gives all of that back.
    """
    with _press:
        done = subprocess.run(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-m", __name__, template, made_on.isoformat()],
            input=json.dumps(content).encode(),
            stdout=subprocess.PIPE,
            check=True,
            cwd=PACKAGE.parent,
        )
    return done.stdout


@cache
def _fonts() -> typst.Fonts:
    """Ours alone: a page looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


if __name__ == "__main__":
    written = compile_pdf(
        sys.argv[1], json.load(sys.stdin), made_on=date.fromisoformat(sys.argv[2])
    )
    sys.stdout.buffer.write(written)
