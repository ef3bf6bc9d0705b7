"""The system documents: what lies in docs/electronic-books is what the program makes."""

import re
from pathlib import Path

import pytest
from flask import Flask

from civicfund.audit.documents import PAGES, page
from civicfund.audit.documents.dictionary import COLUMNS, OWN, TABLES, book_tables, meaning
from civicfund.audit.documents.requirements import REQUIREMENTS
from civicfund.core.db import Model

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "docs" / "electronic-books"


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_what_the_program_makes(app: Flask, name: str) -> None:
    """Otherwise: `flask civicfund documents --out docs/electronic-books`."""
    with app.test_request_context():
        assert (FOLDER / name).read_text(encoding="utf-8") == page(name)


def test_the_procedure_bears_the_name_of_the_body(app: Flask) -> None:
    with app.test_request_context():
        assert "みなと財団" in page("procedure.md", fund="みなと財団")
        assert "【法人名】" in page("procedure.md")


def test_every_table_and_column_of_the_book_has_its_meaning() -> None:
    tables = {table.name: {column.name for column in table.columns} for table in book_tables()}
    assert set(TABLES) == set(tables)
    without = [
        f"{table}.{column}"
        for table, columns in tables.items()
        for column in sorted(columns)
        if meaning(table, column) is None
    ]
    assert without == []
    gone = [key for key in OWN if key[1] not in tables.get(key[0], set())]
    assert gone == []
    assert [name for name in COLUMNS if not any(name in found for found in tables.values())] == []


def missing_tables(text: str) -> list[str]:
    """Tables of the ledger, the books and the closes that the dictionary does not describe."""
    return sorted(
        mapper.local_table.name
        for mapper in Model.registry.mappers
        if mapper.class_.__module__.split(".")[1] in {"ledger", "books", "closing"}
        and f"## `{mapper.local_table.name}` " not in text
    )


def test_no_table_of_the_book_and_its_closes_is_missing(app: Flask) -> None:
    text = (FOLDER / "data-dictionary.md").read_text(encoding="utf-8")
    assert missing_tables(text) == []
    # A section whose heading is gone is found.
    assert missing_tables(text.replace("## `opening_lots` ", "")) == ["opening_lots"]


def missing_tests(tests: tuple[str, ...]) -> list[str]:
    """Of the named tests, those that do not exist."""
    missing = []
    for test in tests:
        file, _, name = test.partition("::")
        path = ROOT / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if not text or (name and not re.search(rf"def {name}\(", text)):
            missing.append(test)
    return missing


def test_every_requirement_names_tests_that_exist() -> None:
    for requirement in REQUIREMENTS:
        assert requirement.tests
        assert missing_tests(requirement.tests) == []


def test_a_test_that_is_gone_is_found() -> None:
    gone = ("tests/nowhere.py", "tests/audit/test_documents.py::test_of_yesterday")
    assert missing_tests(gone) == list(gone)
