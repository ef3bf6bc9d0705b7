"""Amounts as people read them: on a page, in an account, in a sentence."""

import pytest
from flask import Flask

from civicfund.core.money import yen
from civicfund.web import filters


@pytest.mark.parametrize(
    ("lang", "amount", "table", "account", "sentence"),
    [
        ("ja", 1_234_567, "¥1,234,567", "1,234,567", "1,234,567円"),
        ("ja", -1_234, "△¥1,234", "△1,234", "△1,234円"),
        ("ja", 0, "¥0", "0", "0円"),
        ("en", 1_234_567, "¥1,234,567", "1,234,567", "1,234,567 yen"),
        ("en", -1_234, "−¥1,234", "−1,234", "−1,234 yen"),
    ],
)
def test_an_amount_is_written_as_its_place_and_language_want(
    app: Flask, lang: str, amount: int, table: str, account: str, sentence: str
) -> None:
    with app.test_request_context(f"/?lang={lang}"):
        for given in (amount, yen(amount)):
            assert filters.money(given) == table
            assert filters.figure(given) == account
            assert filters.money_sentence(given) == sentence
        assert filters.money(None) == filters.figure(None) == ""
