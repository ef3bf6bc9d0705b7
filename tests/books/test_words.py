"""How books write days: as the 行政庁 reads them, and so that everybody else does too."""

from datetime import date

import pytest
from flask import Flask

from civicfund.books.statements.balance_sheets import balance_sheet
from civicfund.books.words import book_day, span_words
from tests.books.statements.reading import asked


@pytest.mark.parametrize(
    ("on", "lang", "said"),
    [
        (date(2027, 3, 31), "ja", "令和9年（2027年）3月31日"),
        (date(2019, 5, 1), "ja", "令和元年（2019年）5月1日"),
        (date(2019, 4, 30), "ja", "平成31年（2019年）4月30日"),
        (date(1989, 1, 8), "ja", "平成元年（1989年）1月8日"),
        (date(1989, 1, 7), "ja", "1989年1月7日"),
        (date(2027, 3, 31), "en", "31 March 2027"),
    ],
)
def test_a_day_in_the_era_and_in_the_common_year(
    app: Flask, on: date, lang: str, said: str
) -> None:
    with app.test_request_context(f"/?lang={lang}"):
        assert book_day(on) == said


@pytest.mark.parametrize(
    ("lang", "span", "moment"),
    [
        (
            "ja",
            "自 令和8年（2026年）4月1日 至 令和9年（2027年）3月31日",
            "令和3年（2021年）3月31日現在",
        ),
        ("en", "1 April 2026 to 31 March 2027", "As of 31 March 2021"),
    ],
)
def test_the_heading_of_a_book_and_of_a_balance_sheet(
    house: Flask, lang: str, span: str, moment: str
) -> None:
    with house.test_request_context(f"/?lang={lang}"):
        assert span_words(date(2026, 4, 1), date(2027, 3, 31)) == span
        assert balance_sheet(asked(2020)).span == moment
