"""帳簿と計算書類: every book by the name that an accountant knows, and who builds it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from civicfund.books.asking import Asked
from civicfund.books.documents import Document
from civicfund.core.enums import Labelled
from civicfund.core.errors import N_


class Group(Labelled):
    """Under which heading a book stands on the shelf, in this order."""

    GLANCE = "glance", N_("At a glance")
    PRINCIPAL = "principal", N_("Principal books")
    SUBSIDIARY = "subsidiary", N_("Subsidiary ledgers")
    TRIAL = "trial", N_("Trial balances")
    STATEMENTS = "statements", N_("Financial statements")
    NOTES = "notes", N_("Notes and schedules")
    EARLIER = "earlier", N_("Statements by the standard of 2008")


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A book or a statement: its names in both languages, what it asks for, who builds it.

    `asks` names fields of `books.forms.FIELDS`. A book that is not public is for those who may
    see every name; one that is not listed is opened from another.
    """

    slug: str
    name_ja: str
    name_en: str
    about: str
    group: Group
    build: Callable[[Asked], Document]
    asks: Sequence[str] = ()
    is_public: bool = True
    is_listed: bool = True


_books: dict[str, Book] = {}


def register(*books: Book) -> None:
    """Put books on the shelf, each behind those of its group that are there."""
    _books.update({book.slug: book for book in books})


def book_by_slug(slug: str, *, with_names: bool) -> Book | None:
    """The book with this slug, if such a reader may open it."""
    book = _books.get(slug)
    return book if book is not None and (with_names or book.is_public) else None


def shelves(*, with_names: bool) -> list[tuple[Group, list[Book]]]:
    """Every book that such a reader may open, group by group."""
    found = []
    for group in Group:
        books = [
            book
            for book in _books.values()
            if book.group is group and book.is_listed and (with_names or book.is_public)
        ]
        if books:
            found.append((group, books))
    return found
