"""How banks write: account holders in half-width katakana, numbers with leading zeros."""

import re
import unicodedata

import jaconv

from civicfund.grants.errors import NotDigits, NotKana

# 全銀協 record format: 受取人名 has 30 places and knows no small kana, no ヲ, no long vowel sign.
LONGEST_HOLDER = 30
_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶヲー‐‑–—―−・", "アイウエオツヤユヨワカケオ-------.")
_HOLDER = re.compile(r"[ｱ-ﾝﾞﾟA-Z0-9 ().\-/]+")


def holder_in_kana(typed: str) -> str:
    """`トクヒ）みどりの会`-like input as the bank writes it; hiragana and full width are welcome.

    Raises `NotKana`.
    """
    plain = jaconv.hira2kata(unicodedata.normalize("NFKC", typed)).upper().translate(_LARGE)
    narrow = jaconv.z2h(" ".join(plain.split()), kana=True, ascii=True, digit=True)
    if len(narrow) > LONGEST_HOLDER or not _HOLDER.fullmatch(narrow):
        raise NotKana
    return str(narrow)


def digits(typed: str, *, length: int, field: str, fill: bool = False) -> str:
    """A number of `length` digits; `fill` adds the leading zeros that people leave out.

    Raises `NotDigits`.
    """
    plain = re.sub(r"[\s\-‐−ー]", "", unicodedata.normalize("NFKC", typed))
    if fill:
        plain = plain.zfill(length) if plain else plain
    if not re.fullmatch(rf"[0-9]{{{length}}}", plain):
        raise NotDigits(field=field, length=length)
    return plain
