"""How the books write what their lines say: 摘要, days of a span, accounts, figures."""

from datetime import date

from flask_babel import get_locale, gettext

from civicfund.books.asking import Asked
from civicfund.books.documents import Cell, ColumnKind
from civicfund.books.queries import BookLine
from civicfund.books.queries.lines import Side
from civicfund.ledger.kinds import name_of
from civicfund.ledger.rows import shown_name
from civicfund.web.filters import day, figure, local_name

# The first day of an era, its name, and the year before its first.
ERAS = ((date(2019, 5, 1), "令和", 2018), (date(1989, 1, 8), "平成", 1988))


def book_day(on: date) -> str:
    """令和9年（2027年）3月31日, as what is handed to the 行政庁 writes it; 31 March 2027."""
    if not _japanese():
        return day(on)
    for begins_on, era, before in ERAS:
        if on >= begins_on:
            number = on.year - before
            year = f"{era}{'元' if number == 1 else number}年（{on.year}年）"
            return f"{year}{on.month}月{on.day}日"
    return f"{on.year}年{on.month}月{on.day}日"


def span_words(first: date, last: date) -> str:
    """自 令和8年（2026年）4月1日 至 令和9年（2027年）3月31日."""
    return str(gettext("%(first)s to %(last)s", first=book_day(first), last=book_day(last)))


def month_words(month: date) -> str:
    """2026年5月, May 2026."""
    return f"{month.year}年{month.month}月" if _japanese() else f"{month:%B %Y}"


def year_words(year: int) -> str:
    """2026年度."""
    return str(gettext("Fiscal year %(year)s", year=year))


def account_words(side: Side) -> str:
    """`1131/GENERAL 決済代行未収金`."""
    return f"{side.code} {local_name(side)}"


def number_words(line: BookLine) -> str:
    """仕訳番号; a new entry waits for the next seal."""
    return str(line.number) if line.number is not None else str(gettext("not sealed yet"))


def what_happened(line: BookLine, asked: Asked) -> str:
    """摘要: what kind of entry, with its memo for those who may read it."""
    parts = [str(gettext(name_of(line.kind)))]
    if asked.sees_names and line.memo:
        parts.append(line.memo)
    if line.is_late:
        parts.append(str(gettext("Late entry")))
    return " · ".join(parts)


def party_words(line: BookLine, asked: Asked) -> str:
    """With whom, as this reader may know it."""
    return shown_name(*line.names, asked.reader) if line.names is not None else ""


def cell_words(value: Cell, kind: ColumnKind) -> str:
    """A cell as people read it: 1,234 and △1,234 (−1,234 in English), 2026年5月1日."""
    if value is None:
        return ""
    if kind == "yen" and isinstance(value, int):
        return figure(value)
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d") if not _japanese() else f"{value:%Y/%m/%d}"
    return str(value)


def _japanese() -> bool:
    locale = get_locale()
    return locale is None or locale.language == "ja"
