"""Words as people type or paste them."""

from unicodedata import category


def plain(text: str) -> str:
    """What people type, without the signs that no database and no mail can carry."""
    kept = (sign for sign in text if sign in "\n\t" or category(sign) not in {"Cc", "Cs"})
    return "".join(kept).strip()
