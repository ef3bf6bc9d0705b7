"""A book or a statement as PDF: on A4, as an accountant hands it to the 行政庁."""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date
from itertools import islice
from typing import Any

from flask import Response
from flask_babel import get_locale
from flask_babel import gettext as _

from civicfund.books.documents import Document, Row
from civicfund.books.errors import TooLongForPdf
from civicfund.books.typesetting import TypesetSection, fitting, typeset, widths
from civicfund.core import clock, pdf
from civicfund.core.settings import setting
from civicfund.core.zips import zipped
from civicfund.web.filters import day
from civicfund.web.limits import count_file

TEMPLATE = "books/document.typ"
# What is set at once; the memory that it takes grows with it (docs/decisions/0013-pdf.md).
VOLUME_LINES = 2_000
MOST_LINES = 20_000


def pdf_of(document: Document, *, made_on: date | None = None) -> bytes:
    """The document as one PDF, dated today if no day is given.

    Raises `TooLongForPdf` above `VOLUME_LINES`; `pdf_response` brings longer ones in volumes.
    """
    [content] = _contents(document, most=VOLUME_LINES, made_on=made_on or clock.today())
    return pdf.compile_apart(TEMPLATE, content, made_on=made_on or clock.today())


def pdf_response(document: Document, *, made_on: date | None = None) -> Response:
    """What a reader downloads: the PDF, or a ZIP file with its volumes, sent as they are set.

    Raises `TooLongForPdf` above `MOST_LINES`, before anything is sent.
    """
    count_file()
    made_on = made_on or clock.today()
    contents = _contents(document, most=MOST_LINES, made_on=made_on)
    name = f"{document.name}-{made_on.isoformat()}"
    if len(contents) == 1:
        whole = pdf.compile_apart(TEMPLATE, contents[0], made_on=made_on)
        return _download(f"{name}.pdf", Response(whole, content_type="application/pdf"))
    volumes = (pdf.compile_apart(TEMPLATE, content, made_on=made_on) for content in contents)
    named = ((f"{name}-{number:02}.pdf", [body]) for number, body in enumerate(volumes, start=1))
    pieces = zipped(named, made_on=made_on)
    return _download(f"{name}.zip", Response(pieces, content_type="application/zip"))


def _download(filename: str, response: Response) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _contents(document: Document, *, most: int, made_on: date) -> list[dict[str, Any]]:
    """What the template prints, volume by volume."""
    sections = _read(document, most=most)
    is_landscape, size = fitting(sections, is_landscape=document.is_landscape)
    volumes = _cut(sections)
    contents = []
    for number, volume in enumerate(volumes, start=1):
        content = {
            **_frame(document, made_on),
            "landscape": is_landscape,
            "size": size,
            "part": _("Volume %(number)d of %(count)d", number=number, count=len(volumes))
            if len(volumes) > 1
            else "",
            "sections": [_table(one, is_landscape=is_landscape, size=size) for one in volume],
        }
        if number > 1:
            content["charts"] = []
        if number < len(volumes):
            content |= {"notes": [], "signatures": []}
        contents.append(content)
    return contents


def _frame(document: Document, made_on: date) -> dict[str, Any]:
    return {
        "title": document.title,
        "span": document.span,
        "language": _language(),
        "fund": setting("FUND_NAME_JA" if _language() == "ja" else "FUND_NAME_EN"),
        "unit": _("(unit: yen)"),
        "made": _("Made on %(day)s", day=day(made_on)),
        "charts": [asdict(chart) for chart in document.charts],
        "notes": list(document.notes),
        "notes_title": _("Notes"),
        "signatures": list(document.signatures),
        "signed_on": _("Date: ____ / ____ / ____"),
        "seal": _("(seal)"),
    }


def _table(section: TypesetSection, *, is_landscape: bool, size: float) -> dict[str, Any]:
    measures = widths(section, is_landscape=is_landscape, size=size)
    return {
        "title": section.title,
        "columns": [
            {"label": column.label, "kind": column.kind, "width": round(width, 2)}
            for column, width in zip(section.columns, measures, strict=True)
        ],
        "rows": [asdict(row) for row in section.rows],
        "notes": list(section.notes),
        "empty": section.empty or _("Nothing was booked in these days."),
    }


def _read(document: Document, *, most: int) -> list[TypesetSection]:
    """Every section with its rows; not one line more than `most` is read."""
    left, sections = most, []
    for section in document.sections:
        rows = list(islice(section.rows, left + 1))
        left -= len(rows)
        if left < 0:
            _turn_away(section.rows)
            raise TooLongForPdf(most=f"{most:,}")
        sections.append(typeset(section, rows))
    return sections


def _turn_away(rows: Iterable[Row]) -> None:
    """Let go of what a half-read book holds open in the database."""
    if isinstance(rows, Generator):
        rows.close()


def _cut(sections: Sequence[TypesetSection]) -> list[list[TypesetSection]]:
    """The sections in volumes of at most `VOLUME_LINES` lines; a long section is continued."""
    volumes: list[list[TypesetSection]] = [[]]
    room = VOLUME_LINES
    for section in sections:
        rows, title = section.rows, section.title
        while len(rows) > room:
            if room:
                volumes[-1].append(replace(section, title=title, rows=rows[:room], notes=()))
            rows, room = rows[room:], VOLUME_LINES
            title = _("%(title)s (continued)", title=section.title) if section.title else ""
            volumes.append([])
        volumes[-1].append(replace(section, title=title, rows=rows))
        room -= len(rows)
    return volumes


def _language() -> str:
    locale = get_locale()
    return locale.language if locale is not None else "ja"
