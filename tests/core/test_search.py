"""However it is typed, it is found."""

import pytest

from civicfund.core.search import normalised, search_words


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("ｱｻｵ　ＰＡＲＫ", "あさお park"),
        ("  公園\n\tコウエン ", "公園 こうえん"),
        ("Straße", "strasse"),
        ("a\x00b\x07", "ab"),
        ("\x00", ""),
        ("", ""),
    ],
)
def test_one_plain_form_of_every_text(typed: str, plain: str) -> None:
    assert normalised(typed) == plain


def test_many_words_and_long_texts_are_cut() -> None:
    assert search_words(None) == ()
    assert len(search_words("あ " * 500)) == 8
    assert sum(map(len, search_words("あ" * 500))) == 200
