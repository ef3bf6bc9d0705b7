"""Which statements stand on the shelf, under which heading."""

from collections.abc import Callable

from civicfund.books.asking import Asked
from civicfund.books.catalogue import Book, Group
from civicfund.books.documents import Document
from civicfund.books.statements import titles
from civicfund.books.statements.activities import activities
from civicfund.books.statements.age_notes import designated_ages
from civicfund.books.statements.balance_by_class import balance_by_class
from civicfund.books.statements.balance_sheets import balance_sheet, balance_sheet_2008
from civicfund.books.statements.breakdowns import breakdown
from civicfund.books.statements.funds import fund_movements, restricted_assets
from civicfund.books.statements.inventory import inventory
from civicfund.books.statements.notes import by_class, by_nature, by_source
from civicfund.books.statements.old_standard import net_assets_2008
from civicfund.books.statements.titles import Title
from civicfund.books.statements.uses import uses_of_gifts


def _book(
    title: Title,
    group: Group,
    build: Callable[[Asked], Document],
    *more: str,
    is_listed: bool = True,
) -> Book:
    return Book(
        slug=title.slug,
        name_ja=title.name_ja,
        name_en=title.name_en,
        about=title.about,
        group=group,
        build=build,
        asks=("year", *more),
        is_listed=is_listed,
    )


STATEMENTS = (
    _book(titles.BALANCE_SHEET, Group.STATEMENTS, balance_sheet),
    _book(titles.ACTIVITIES, Group.STATEMENTS, activities),
    _book(titles.INVENTORY, Group.STATEMENTS, inventory),
    _book(titles.BALANCE_BY_CLASS, Group.NOTES, balance_by_class),
    _book(titles.BY_SOURCE, Group.NOTES, by_source),
    _book(titles.BY_CLASS, Group.NOTES, by_class),
    _book(titles.BY_NATURE, Group.NOTES, by_nature),
    _book(titles.RESTRICTED, Group.NOTES, restricted_assets),
    _book(titles.MOVEMENTS, Group.NOTES, fund_movements),
    _book(titles.AGES, Group.NOTES, designated_ages),
    _book(titles.USES, Group.NOTES, uses_of_gifts, "fund"),
    _book(titles.NET_ASSETS_2008, Group.EARLIER, net_assets_2008),
    _book(titles.BALANCE_SHEET_2008, Group.EARLIER, balance_sheet_2008),
    _book(titles.FIGURE, Group.STATEMENTS, breakdown, "figure", is_listed=False),
)
