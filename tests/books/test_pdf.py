"""A book on paper: every figure, heads on every page, the same bytes for the same content."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from civicfund.books import pdf
from civicfund.books.documents import Chart, Column, Document, Row, Section
from civicfund.books.errors import TooLongForPdf
from tests.pdf_reading import info_of, needs_poppler, pages_of, text_of

DAY = date(2026, 11, 23)
COLUMNS = [
    Column(name="no", label="仕訳番号", kind="code"),
    Column(name="on", label="取引日", kind="day"),
    Column(name="what", label="摘要", is_wide=True),
    Column(name="party", label="取引先"),
    Column(name="amount", label="金額", kind="yen"),
]
NAMES = ["髙橋 𠮷郎", '#panic("x") *a*', "株式会社みなと商事"]
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40">'
    '<rect width="40" height="40" fill="#00428c"/>'
    '<text x="45" y="20" font-size="9" font-family="Noto Sans JP">棒グラフの値</text></svg>'
)


@pytest.fixture(autouse=True)
def _japanese(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("ja"):
        yield


def _line(number: int) -> Row:
    return Row(
        cells={
            "no": number,
            "on": date(2026, 4, 1 + number % 28),
            "what": "寄付の受け入れ",
            "party": NAMES[number % 3],
            "amount": -1_000_000 - number if number % 5 == 4 else 1_000_000 + number,
        }
    )


def _journal(lines: int) -> Document:
    total = Row(cells={"what": "合計", "amount": 987_654_321}, kind="total")
    section = Section(
        columns=COLUMNS, rows=[*map(_line, range(lines)), total], title="現金", notes=["脚注です"]
    )
    return Document(
        name="journal",
        title="仕訳帳",
        span="2026年4月1日から2027年3月31日まで",
        sections=[section],
        notes=["重要な会計方針"],
    )


def _amount(number: int) -> str:
    return f"△{1_000_000 + number:,}" if number % 5 == 4 else f"{1_000_000 + number:,}"


@needs_poppler
def test_every_figure_and_name_is_in_it() -> None:
    text = text_of(pdf.pdf_of(_journal(200), made_on=DAY), "-layout")
    words = text.split()
    assert [n for n in range(200) if words.count(_amount(n)) != 1] == []
    for expected in (*NAMES, "987,654,321", "2026/04/28", "脚注です", "重要な会計方針", "現金"):
        assert expected in text
    assert "みなと市民ファンド" in text
    assert "（単位：円）" in text
    assert "作成日 2026年11月23日" in text


@needs_poppler
def test_each_page_has_the_head_of_the_table_and_its_number() -> None:
    pages = pages_of(pdf.pdf_of(_journal(200), made_on=DAY), "-layout")
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert [column.label for column in COLUMNS if column.label not in page] == []
        assert f"{number}/{len(pages)}" in page.replace(" ", "")
        assert "仕訳帳" in page
        assert "みなと市民ファンド" in page


@needs_poppler
def test_in_english() -> None:
    with force_locale("en"):
        text = text_of(pdf.pdf_of(_journal(10), made_on=DAY), "-layout")
    for expected in ("Minato Citizen Fund", "(unit: yen)", "−1,000,004", "2026-04-02", "Made on"):
        assert expected in text


@needs_poppler
def test_it_is_tagged_and_has_its_title() -> None:
    info = info_of(pdf.pdf_of(_journal(3), made_on=DAY))
    assert info["Tagged"] == "yes"
    assert info["Title"] == "仕訳帳 2026年4月1日から2027年3月31日まで"
    assert info["Author"] == "みなと市民ファンド"
    assert info["Page size"].endswith("(A4)")


def test_the_same_content_makes_the_same_bytes() -> None:
    first = pdf.pdf_of(_journal(30), made_on=DAY)
    assert pdf.pdf_of(_journal(30), made_on=DAY) == first
    assert pdf.pdf_of(_journal(31), made_on=DAY) != first


@needs_poppler
def test_a_picture_comes_with_its_words() -> None:
    chart = Chart(title="月ごとの収入", description="4月が最も多い月でした。", svg=SVG)
    written = pdf.pdf_of(replace(_journal(1), charts=[chart]), made_on=DAY)
    text = text_of(written)
    for expected in ("月ごとの収入", "4月が最も多い月でした。", "棒グラフの値"):
        assert expected in text
    assert b"/Alt" in written


@needs_poppler
def test_a_place_to_sign_only_where_somebody_signs() -> None:
    unsigned = text_of(pdf.pdf_of(_journal(1), made_on=DAY))
    signed = text_of(pdf.pdf_of(replace(_journal(1), signatures=["監事"]), made_on=DAY))
    assert "監事" not in unsigned
    assert "監事" in signed
    assert "印" in signed


@needs_poppler
def test_a_heading_opens_a_group() -> None:
    rows = [Row(cells={"no": "Ⅰ 資産の部"}, kind="heading"), _line(3)]
    document = replace(_journal(0), sections=[Section(columns=COLUMNS, rows=rows)])
    text = text_of(pdf.pdf_of(document, made_on=DAY), "-layout")
    assert "Ⅰ 資産の部" in text
    assert _amount(3) in text


@needs_poppler
def test_a_table_without_rows_says_so() -> None:
    empty = replace(_journal(0), sections=[Section(columns=COLUMNS, rows=[])])
    assert "この期間の仕訳はありません。" in text_of(pdf.pdf_of(empty, made_on=DAY))


@needs_poppler
def test_a_long_book_comes_in_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "VOLUME_LINES", 40)
    response = pdf.pdf_response(_journal(100), made_on=DAY)
    assert response.content_type == "application/zip"
    assert "journal-2026-11-23.zip" in response.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(response.get_data()))
    assert archive.namelist() == [f"journal-2026-11-23-0{n}.pdf" for n in (1, 2, 3)]
    texts = [text_of(archive.read(name), "-layout") for name in archive.namelist()]
    words = " ".join(texts).split()
    assert [n for n in range(100) if words.count(_amount(n)) != 1] == []
    assert ["第2冊（全3冊）" in text for text in texts] == [False, True, False]
    assert ["現金（続き）" in text for text in texts] == [False, True, True]
    assert ["重要な会計方針" in text for text in texts] == [False, False, True]
    again = pdf.pdf_response(_journal(100), made_on=DAY)
    assert again.get_data() == response.get_data()


def test_a_short_book_comes_as_a_pdf() -> None:
    response = pdf.pdf_response(_journal(5), made_on=DAY)
    assert response.content_type == "application/pdf"
    assert "journal-2026-11-23.pdf" in response.headers["Content-Disposition"]
    assert response.get_data() == pdf.pdf_of(_journal(5), made_on=DAY)


def test_a_book_that_nobody_would_leaf_through_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_LINES", 50)
    read = []

    def rows() -> Iterator[Row]:
        for number in range(1_000):
            read.append(number)
            yield _line(number)

    endless = replace(_journal(0), sections=[Section(columns=COLUMNS, rows=rows())])
    with pytest.raises(TooLongForPdf, match="more than 50 lines"):
        pdf.pdf_response(endless, made_on=DAY)
    assert len(read) == 51
    with pytest.raises(TooLongForPdf):
        pdf.pdf_of(_journal(pdf.VOLUME_LINES), made_on=DAY)
