"""Every book on the shelf as PDF, for the public and for those who may see names."""

import pytest
from flask.testing import FlaskClient

from civicfund.books import catalogue, pdf
from tests.books.conftest import HIDDEN
from tests.browsing import words
from tests.pdf_reading import info_of, needs_poppler, text_of

WHOLE = "from=2026-04-01&to=2027-03-31"


@needs_poppler
@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_public_takes_every_book_on_paper(client: FlaskClient, lang: str) -> None:
    shown = [book for _, books in catalogue.shelves(with_names=False) for book in books]
    assert shown
    for book in shown:
        response = client.get(f"/books/{book.slug}?lang={lang}&format=pdf")
        assert (response.status_code, response.content_type) == (200, "application/pdf"), book.slug
        info, text = info_of(response.get_data()), text_of(response.get_data())
        assert info["Title"].startswith(book.name_ja if lang == "ja" else book.name_en)
        assert ("みなと市民ファンド" if lang == "ja" else "Minato Citizen Fund") in text
        assert HIDDEN not in text
        assert "鈴木" not in text


@needs_poppler
@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("path", "named"),
    [
        (f"general-ledger?account=1131&{WHOLE}", "1131 決済代行未収金"),
        (
            f"general-ledger?account=4111&fund=C-1&{WHOLE}",
            "4111 受取寄附金（事業指定） – 公園をつくる",
        ),
        ("trial-balance?fund=C-1&year=2026", "C-1 公園をつくる"),
        ("monthly-trial-balance?fund=C-1&year=2026", "C-1 公園をつくる"),
    ],
)
def test_a_sheet_of_paper_says_of_what_it_is(client: FlaskClient, path: str, named: str) -> None:
    response = client.get(f"/books/{path}&lang=ja&format=pdf")
    assert named in text_of(response.get_data(), "-layout")


@needs_poppler
@pytest.mark.usefixtures("book")
def test_an_auditor_takes_the_names_too(inside: FlaskClient) -> None:
    response = inside.get(f"/desk/books/journal?{WHOLE}&format=pdf")
    assert "鈴木 太郎" in text_of(response.get_data())


@pytest.mark.usefixtures("book")
def test_a_book_too_long_for_paper_is_refused_with_words(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MOST_LINES", 1)
    response = client.get(f"/books/journal?lang=en&{WHOLE}&format=pdf")
    assert response.status_code == 422
    assert "take the CSV file" in words(response)


@pytest.mark.usefixtures("book")
def test_the_page_leads_to_its_pdf_and_keeps_what_was_asked(client: FlaskClient) -> None:
    page = client.get(f"/books/journal?{WHOLE}").get_data(as_text=True)
    assert f'href="/books/journal?{WHOLE.replace("&", "&amp;")}&amp;format=pdf"' in page
