"""The shelf: every book by its name, for everybody without hidden names, for a few with them."""

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from civicfund.books import catalogue
from civicfund.books.catalogue import Book, Group
from civicfund.books.documents import Column, Document, Row, Section
from civicfund.books.files import csv_of
from tests.books.conftest import HIDDEN
from tests.browsing import markup, words
from tests.factories.identity import make_user, sign_in
from tests.factories.ledger import make_fund, make_gift
from tests.statements import counted

NAMES = {
    "journal": ("仕訳帳", "Journal"),
    "general-ledger": ("総勘定元帳", "General ledger"),
    "fund-ledger": ("補助元帳（基金別）", "Subsidiary ledger by fund"),
    "campaign-ledger": ("補助元帳（プロジェクト別）", "Subsidiary ledger by campaign"),
    "grant-ledger": ("補助元帳（助成別）", "Subsidiary ledger by grant"),
    "party-ledger": ("補助元帳（取引先別）", "Subsidiary ledger by party"),
    "trial-balance": ("合計残高試算表", "Trial balance"),
    "monthly-trial-balance": ("月次推移試算表", "Trial balance, month by month"),
}
SLUGS = sorted(NAMES)


def rows_of(response: Any) -> list[dict[str, str]]:
    """The lines of a CSV answer by their headings."""
    text = response.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_each_book_stands_on_the_shelf_by_both_its_names(client: FlaskClient, lang: str) -> None:
    text = words(client.get(f"/books?lang={lang}"))
    for names in NAMES.values():
        for name in names:
            assert name in text


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("kind", ["", "csv"])
@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("slug", SLUGS)
def test_the_public_reads_every_book_without_hidden_names(
    client: FlaskClient, slug: str, lang: str, kind: str
) -> None:
    response = client.get(f"/books/{slug}?lang={lang}&format={kind}")
    assert response.status_code == 200
    text = response.get_data(as_text=True)
    assert HIDDEN not in text
    assert "鈴木" not in text
    if kind == "csv":
        assert response.content_type == "text/csv; charset=utf-8"
        assert f'filename="{slug}-' in response.headers["Content-Disposition"]


@pytest.mark.usefixtures("book")
def test_an_auditor_reads_the_names_and_memos(inside: FlaskClient) -> None:
    text = words(inside.get("/desk/books/journal?from=2026-04-01&to=2027-03-31"))
    assert "鈴木 太郎" in text
    assert text.count(HIDDEN) == 4, "the party of three lines, and the reason of a reversal"


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("path", ["/desk/books", "/desk/books/journal"])
@pytest.mark.parametrize(
    ("role", "status"),
    [("auditor", 200), ("staff", 200), ("approver", 200), ("admin", 403), ("officer", 403),
     ("reviewer", 403), ("partner", 403)],
)  # fmt: skip
def test_the_names_are_for_few(client: FlaskClient, path: str, role: str, status: int) -> None:
    sign_in(client, make_user(roles=(role,)))
    assert client.get(path).status_code == status


def test_who_is_not_signed_in_is_asked_to(client: FlaskClient) -> None:
    assert client.get("/desk/books/journal").status_code == 302


def test_links_to_entries_stay_where_the_reader_may_go(
    client: FlaskClient, book: dict[str, int]
) -> None:
    sign_in(client, make_user(roles=("staff",)))
    page = client.get("/desk/books/journal?from=2026-04-01").get_data(as_text=True)
    assert f'href="/ledger/entries/id/{book["named"]}"' in page
    assert "/desk/audit/entries" not in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-13-01", "Enter a day as year, month and day"),
        ("from=2026-05-02&to=2026-05-01", "The last day is before the first day."),
        ("from=9999-12-31", "No book speaks of this day."),
        ("to=0001-01-01", "No book speaks of this day."),
        ("format=doc", "Choose one of these"),
    ],
)
def test_nonsense_is_refused_with_words(client: FlaskClient, query: str, said: str) -> None:
    response = client.get(f"/books/journal?lang=en&{query}")
    assert response.status_code == 422
    assert said in words(response)


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    "place", ["x", "2026-05-01", "2026-05-01.1", "2026-13-01.1.1", "2026-05-01.²2.1", "1.1.1.1",
              "2026-05-01.9999999999999999999.1", "2026-05-01.1.99999"],
)  # fmt: skip
def test_a_place_that_is_none_is_the_beginning(client: FlaskClient, place: str) -> None:
    whole = words(client.get("/books/journal?from=2026-04-01"))
    assert words(client.get(f"/books/journal?from=2026-04-01&after={place}")) == whole


@pytest.mark.parametrize("path", ["/books/nothing", "/books/../journal", "/books/Journal"])
def test_what_is_no_book_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_book_with_names_is_not_for_the_public(
    inside: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Book(
        slug="planted", name_ja="秘密帳", name_en="Secret", about="", group=Group.NOTES,
        build=lambda _asked: document(), is_public=False,
    )  # fmt: skip
    monkeypatch.setattr(catalogue, "_books", {"planted": planted})
    assert inside.get("/books/planted").status_code == 404
    assert "秘密帳" not in words(inside.get("/books"))
    assert inside.get("/desk/books/planted").status_code == 200
    assert "秘密帳" in words(inside.get("/desk/books"))


def document(**changes: Any) -> Document:
    """A statement with rows of every kind, and with less than nothing."""
    columns = [
        Column(name="item", label="科目", is_wide=True),
        Column(name="amount", label="金額", kind="yen"),
    ]
    rows = [
        Row(cells={"item": "資産"}, kind="heading"),
        Row(cells={"item": "=cmd()", "amount": -1_234}, indent=1, links={"amount": "/ledger"}),
        Row(cells={"item": "計", "amount": 0}, kind="subtotal"),
        Row(cells={"item": "負債"}, kind="heading"),
        Row(cells={"item": "合計", "amount": -1_234}, kind="total"),
    ]
    sections = [Section(columns=columns, rows=rows, title=title) for title in ("一", "二")]
    return Document(name="planted", title="表", span="いま", sections=sections, **changes)


def test_a_document_is_an_accessible_table(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Book(
        slug="planted", name_ja="表", name_en="Table", about="", group=Group.NOTES,
        build=lambda _asked: document(),
    )  # fmt: skip
    monkeypatch.setattr(catalogue, "_books", {"planted": planted})
    page = markup(client.get("/books/planted?lang=ja"))
    assert page.count('<th scope="rowgroup" colspan="2">資産</th>') == 2
    assert '<a href="/ledger">△1,234</a>' in page
    assert '<caption class="table__caption"><span>二</span></caption>' in page
    assert "−1,234" in words(client.get("/books/planted?lang=en"))


def test_a_document_is_a_file_that_runs_no_formula(client: FlaskClient) -> None:
    with client.application.test_request_context():
        text = csv_of(document()).get_data(as_text=True)
    assert text.splitlines() == [
        "\ufeff一", "科目,金額", "資産,", "'=cmd(),-1234", "計,0", "負債,", "合計,-1234",
        "", "二", "科目,金額", "資産,", "'=cmd(),-1234", "計,0", "負債,", "合計,-1234",
    ]  # fmt: skip


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("slug", SLUGS)
def test_a_book_costs_the_same_statements_however_long(
    client: FlaskClient, book: dict[str, int], slug: str
) -> None:
    def cost() -> int:
        with counted() as statements:
            assert client.get(f"/books/{slug}?from=2026-04-01").status_code == 200
        return statements.count

    before = cost()
    fund = make_fund()
    for amount in range(1, 40):
        make_gift(fund, amount=amount * 100)
    assert cost() == before
