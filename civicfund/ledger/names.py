"""Names as the search reads them."""

import unicodedata

import jaconv


def searchable(name: str) -> str:
    """Half width, hiragana, small letters, single spaces: `ﾔﾏﾀﾞ　ABC` is found by `やまだ abc`."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(str(jaconv.kata2hira(plain)).split())
