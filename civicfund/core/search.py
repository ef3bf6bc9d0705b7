"""Finding ひらがな for カタカナ and full-width for half-width: one plain form of every text."""

import unicodedata

import jaconv

MOST_WORDS = 8


def normalised(text: str) -> str:
    """NFKC, small letters, ひらがな, single spaces: `ｱｻｵ　ＰＡＲＫ` -> `あさお park`."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(sign for sign in plain if sign.isprintable() or sign.isspace())
    return " ".join(str(jaconv.kata2hira(plain)).split())


def search_words(typed: str | None) -> tuple[str, ...]:
    """The words that all have to be found."""
    return tuple(normalised((typed or "")[:200]).split()[:MOST_WORDS])
