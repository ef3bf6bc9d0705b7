"""Pages of a list, and the cursor for lists that grow while they are read."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Select, func, select

from civicfund.core.db import db

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`items` of page `number` (from 1) out of `total` items."""

    items: list[Item]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self) -> bool:
        """Is there a page before?"""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Is there a page after?"""
        return self.number < self.pages


def asked_page() -> int:
    """`?page=` of the request; nonsense is page 1."""
    return max(1, min(request.args.get("page", 1, type=int) or 1, 100_000))


def paged(statement: Select[Any], *, number: int, size: int = 20) -> Page[Any]:
    """Run an ordered SELECT of one entity for one page: two statements."""
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    rows = db.session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return Page(list(rows), number, size, int(total or 0))
