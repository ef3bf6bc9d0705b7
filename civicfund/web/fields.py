"""Form fields that several packages ask with: a day, a choice of ours."""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from flask_babel import gettext
from wtforms import DateField

from civicfund.core.enums import Labelled

Member = TypeVar("Member", bound=Labelled)


def member_of(kind: type[Member]) -> Callable[[Any], Member | None]:
    """Read a choice; nothing chosen is None, and what is no member is refused."""

    def read(value: Any) -> Member | None:
        if value is None or value == "" or isinstance(value, kind):
            return value or None
        found = kind.of(str(value))
        if found is None:
            raise ValueError(value)
        return found

    return read


def choices_of(kind: type[Labelled], *, empty: str | None = None) -> list[tuple[str, str]]:
    """The members with their labels in the language of the page."""
    first = [("", empty)] if empty is not None else []
    return first + [(member.value, gettext(member.label)) for member in kind]


class DayField(DateField):
    """A day: from the browser's own calendar, or typed `2027/3/31`, `２０２７年３月３１日`."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
        super().__init__(label, validators, format=formats, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; ValueError with what to do."""
        self.data: date | None = None
        typed = unicodedata.normalize("NFKC", str(valuelist[0])).strip() if valuelist else ""
        if not typed:
            return
        for pattern in self.strptime_format:
            try:
                self.data = datetime.strptime(typed, pattern).date()  # noqa: DTZ007  # a day
            except ValueError:
                continue
            return
        raise ValueError(gettext("Enter a day as year, month and day, for example 2027-03-31."))
