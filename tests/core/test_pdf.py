"""PDFs are tagged, dated by us, and print what they are given as it stands."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from civicfund.core import pdf
from tests.pdf_reading import fonts_of, info_of, needs_poppler, text_of

TEMPLATE = """
#let content = json(bytes(sys.inputs.content))
#set document(title: content.name)
#set text(font: "Noto Sans JP", lang: "ja", cjk-latin-spacing: none)
#content.name
"""
NAME = '#panic("x") *a* $x$ <b> \\n 髙橋 𠮷郎'
DAY = date(2026, 11, 23)


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of templates with one that prints a name."""
    (tmp_path / "name.typ").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)
    return tmp_path


@needs_poppler
def test_a_name_that_looks_like_markup_is_printed_as_it_stands(templates: Path) -> None:
    assert text_of(pdf.compile_pdf("name.typ", {"name": NAME}, made_on=DAY)).strip() == NAME


@needs_poppler
def test_what_a_reader_finds_out_about_it(templates: Path) -> None:
    written = pdf.compile_pdf("name.typ", {"name": "領収書"}, made_on=DAY)
    info = info_of(written)
    assert (info["Title"], info["Tagged"]) == ("領収書", "yes")
    assert info["CreationDate"] == "2026-11-23T00:00:00Z"
    assert b"/Lang(ja" in written
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in written
    assert b"<pdfuaid:part>1</pdfuaid:part>" in written


@needs_poppler
def test_only_our_fonts_are_used_and_they_are_inside(templates: Path) -> None:
    fonts = fonts_of(pdf.compile_pdf("name.typ", {"name": NAME}, made_on=DAY))
    assert [(name.partition("+")[2], embedded) for name, embedded in fonts] == [
        ("NotoSansJP-Regular", "yes")
    ]


def test_the_same_content_makes_the_same_bytes(templates: Path) -> None:
    def made(name: str, on: date) -> bytes:
        return pdf.compile_pdf("name.typ", {"name": name}, made_on=on)

    assert made("a", DAY) == made("a", DAY)
    assert made("a", DAY) != made("b", DAY)
    assert made("a", DAY) != made("a", date(2026, 11, 24))


def test_what_cannot_be_set_apart_is_no_pdf() -> None:
    with pytest.raises(CalledProcessError):
        pdf.compile_apart("books/no_such.typ", {"title": "x"}, made_on=DAY)


def test_a_template_without_a_title_is_refused(templates: Path) -> None:
    (templates / "bare.typ").write_text('#set text(font: "Noto Sans JP")\nx', encoding="utf-8")
    with pytest.raises(RuntimeError, match="title"):
        pdf.compile_pdf("bare.typ", {}, made_on=DAY)
