"""Names and numbers as banks write them."""

import pytest

from civicfund.grants.errors import NotDigits, NotKana
from civicfund.grants.kana import digits, holder_in_kana


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("トクヒ）ミドリノカイ", "ﾄｸﾋ)ﾐﾄﾞﾘﾉｶｲ"),
        ("ﾄｸﾋ)ﾐﾄﾞﾘﾉｶｲ", "ﾄｸﾋ)ﾐﾄﾞﾘﾉｶｲ"),
        ("とくひ　みどりのかい", "ﾄｸﾋ ﾐﾄﾞﾘﾉｶｲ"),
        ("グループ・ネット", "ｸﾞﾙ-ﾌﾟ.ﾈﾂﾄ"),
        ("ＡＢＣくらぶ", "ABCｸﾗﾌﾞ"),
    ],
)
def test_a_holder_is_written_as_banks_do(typed: str, written: str) -> None:
    assert holder_in_kana(typed) == written


@pytest.mark.parametrize("typed", ["みどりの会", "", "   ", "ア" * 31, "ミドリ\nノカイ＠"])
def test_what_no_bank_can_read_is_refused(typed: str) -> None:
    with pytest.raises(NotKana):
        holder_in_kana(typed)


def test_digits_may_be_full_width_and_lack_their_zeros() -> None:
    assert digits("１２３", length=7, field="number", fill=True) == "0000123"
    assert digits("0 0 0-9", length=4, field="bank_code") == "0009"


@pytest.mark.parametrize("typed", ["", "12345678", "12a4567", "-1", "１２３４５６７８"])
def test_what_is_no_account_number_is_refused(typed: str) -> None:
    with pytest.raises(NotDigits):
        digits(typed, length=7, field="number")
