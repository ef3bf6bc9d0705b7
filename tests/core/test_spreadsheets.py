"""No text of another runs as a formula in a spreadsheet, and our numbers stay numbers."""

import ast
import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import lazy_gettext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from civicfund.core.db import db
from civicfund.core.spreadsheets import csv_row, safe_cell, safe_cell_sql

ROOT = Path(__file__).resolve().parent.parent.parent
# Where rows are made; the sealed book is compared byte for byte with what was sealed.
WRITERS = {"civicfund/core/spreadsheets.py", "civicfund/ledger/exports/book.py"}

RUNS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM(A1)", "\t=1", "\r=1", "\n=1"]
STANDS = ["", "山田", "1-1", "'=1", "a=b", "△1", "−1", " =1", "\u3000＝1"]


@pytest.mark.parametrize("typed", RUNS)
def test_a_formula_is_text(typed: str) -> None:
    assert safe_cell(typed) == f"'{typed}"
    assert next(csv.reader(io.StringIO(csv_row([typed]), newline=""))) == [f"'{typed}"]


@pytest.mark.parametrize("typed", STANDS)
def test_other_texts_stand_as_they_are(typed: str) -> None:
    assert safe_cell(typed) == typed


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-1234, "-1234"),
        (-0.5, "-0.5"),
        (0, "0"),
        (None, ""),
        (date(2026, 4, 1), "2026-04-01"),
        (datetime(2026, 4, 1, tzinfo=UTC), "2026-04-01 00:00:00+00:00"),
        ("-1234", "'-1234"),
    ],
)
def test_what_we_count_ourselves_stays_a_number(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


def test_a_text_that_is_translated_late_is_a_text(house: Flask) -> None:
    with house.test_request_context():
        assert safe_cell(lazy_gettext("=1+1")) == "'=1+1"


@pytest.mark.parametrize("typed", [*RUNS, *STANDS])
def test_the_database_marks_the_same(house: Flask, typed: str) -> None:
    marked = db.session.scalar(text(f"SELECT {safe_cell_sql('CAST(:typed AS text)')}"),
                               {"typed": typed})  # fmt: skip
    assert marked == safe_cell(typed)


@given(cells=st.lists(st.text(alphabet=st.characters(codec="utf-8")), min_size=2))
def test_a_row_is_read_as_it_was_written(cells: list[str]) -> None:
    assert next(csv.reader(io.StringIO(csv_row(cells), newline=""), strict=True)) == [
        safe_cell(cell) for cell in cells
    ]


def writing_csv(code: str) -> bool:
    """Whether this module writes rows of CSV by itself."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in {"writer", "DictWriter"}
        and isinstance(node.value, ast.Name) and node.value.id == "csv"
        for node in ast.walk(ast.parse(code))
    )  # fmt: skip


def test_every_csv_file_for_people_is_written_here() -> None:
    files = (ROOT / "civicfund").rglob("*.py")
    found = {str(file.relative_to(ROOT)) for file in files if writing_csv(file.read_text())}
    assert found == WRITERS


def test_another_writer_is_found() -> None:
    assert writing_csv("import csv\ncsv.writer(out).writerow(['=1'])\n")
