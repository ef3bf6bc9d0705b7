"""How amounts, days and states are written on a page."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Flask
from flask_babel import get_locale, gettext, ngettext
from markupsafe import Markup

from civicfund.core import clock
from civicfund.core.money import Money
from civicfund.web.markdown import to_html

WEEKDAYS = "月火水木金土日"


def _minor(amount: Money | int) -> int:
    return amount.minor if isinstance(amount, Money) else int(amount)


def money(amount: Money | int | None) -> str:
    """For tables: ¥1,234,567."""
    if amount is None:
        return ""
    value = _minor(amount)
    return f"{_sign(value)}¥{abs(value):,}"


def figure(amount: Money | int | None) -> str:
    """For an account below its unit: 1,234,567; △1,234, in English −1,234."""
    if amount is None:
        return ""
    value = _minor(amount)
    return f"{_sign(value)}{abs(value):,}"


def money_sentence(amount: Money | int) -> str:
    """In a sentence: 1,234,567円, 1,234,567 yen."""
    return f"{figure(amount)}円" if _japanese() else f"{figure(amount)} yen"


def day(value: date | datetime | str | None) -> str:
    """2026年11月23日（月）, 23 November 2026; instants fall on their day in Japan.

    A mail's context is JSON: its days and instants come as ISO 8601 text.
    """
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if value is None:
        return ""
    on = clock.day_of(value) if isinstance(value, datetime) else value
    if _japanese():
        return f"{on.year}年{on.month}月{on.day}日（{WEEKDAYS[on.weekday()]}）"
    return f"{on.day} {on:%B} {on.year}"


def instant(value: datetime | str | None) -> str:
    """A day with its time in Japan."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is None:
        return ""
    return f"{day(value)} {value.astimezone(clock.JST):%H:%M}"


def days_left(deadline: date | datetime) -> str:
    """あと3日, beside a date and never instead of it."""
    on = clock.day_of(deadline) if isinstance(deadline, datetime) else deadline
    left = (on - clock.today()).days
    if left < 0:
        return str(gettext("ended"))
    if left == 0:
        return str(gettext("ends today"))
    return str(ngettext("%(num)d day left", "%(num)d days left", left))


def translated(text: Any) -> str:
    """A text marked with `N_`, in the language of the page."""
    return str(gettext(str(text))) if text else ""


def label(member: Any) -> str:
    """The label of a state or kind."""
    return str(gettext(member.label)) if member is not None else ""


def local_name(thing: Any) -> str:
    """`name_ja` or `name_en`, as the page is read; a mail brings them as a mapping."""
    if isinstance(thing, Mapping):
        return str(thing["name_ja"] if _japanese() else (thing["name_en"] or thing["name_ja"]))
    return str(thing.name_ja if _japanese() else (thing.name_en or thing.name_ja))


def markdown(text: str | None) -> Markup:
    """A story written in Markdown, made safe."""
    return to_html(text or "")


def _sign(value: int) -> str:
    """△ is how Japanese accounts say less than nothing."""
    if value >= 0:
        return ""
    return "△" if _japanese() else "−"


def _japanese() -> bool:
    locale = get_locale()
    return locale is None or locale.language == "ja"


def init_app(app: Flask) -> None:
    """Give the filters to every template."""
    app.jinja_env.filters |= {
        "money": money,
        "figure": figure,
        "money_sentence": money_sentence,
        "date": day,
        "datetime": instant,
        "days_left": days_left,
        "tr": translated,
        "label": label,
        "local_name": local_name,
        "markdown": markdown,
    }
