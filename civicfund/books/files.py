"""A document as a file."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from flask import Response

from civicfund.books.documents import Cell, Document
from civicfund.books.pdf import pdf_response
from civicfund.web.csv_files import csv_response


def csv_of(document: Document) -> Response:
    """As CSV, sent as it is read: days as 2026-05-01, yen as whole numbers, less than nothing with
    a minus. Where there are several tables, each stands under its title.
    """
    return csv_response(document.name, _lines(document))


def _lines(document: Document) -> Iterator[Sequence[Cell]]:
    sections = iter(document.sections)
    first_two = list(islice(sections, 2))
    for place, section in enumerate(chain(first_two, sections)):
        if len(first_two) > 1:
            yield from ([[]] if place else [])
            yield [section.title]
        yield [column.label for column in section.columns]
        for row in section.rows:
            yield [row.cells.get(column.name) for column in section.columns]


FORMATS = {"csv": csv_of, "pdf": pdf_response}
