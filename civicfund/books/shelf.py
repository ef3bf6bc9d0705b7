"""Which books of this package stand on the shelf."""

from civicfund.books.catalogue import Book, Group
from civicfund.books.journal import journal
from civicfund.core.errors import N_

BOOKS = (
    Book(
        slug="journal",
        name_ja="仕訳帳",
        name_en="Journal",
        about=N_("Every entry with its lines, in the order of the days."),
        group=Group.PRINCIPAL,
        build=journal,
        asks=("span",),
    ),
)
