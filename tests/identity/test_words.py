"""Every text of the sign-in library has words of ours, in both languages."""

from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

OURS = Path(__file__).resolve().parents[2] / "translations" / "security"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_catalogue_knows_every_text(language: str) -> None:
    theirs = files("flask_security") / "translations" / "flask_security.pot"
    with theirs.open("rb") as file:
        wanted = {message.id for message in read_po(file) if message.id}
    po = OURS / language / "LC_MESSAGES" / "flask_security.po"
    with po.open("rb") as file:
        said = {message.id: message.string for message in read_po(file) if message.id}
    assert wanted - said.keys() == set(), "the library says something new"
    assert [text for text, words in said.items() if not words] == []
    if language == "ja":
        untouched = {text for text, words in said.items() if words == text}
        assert untouched == {"SMS"}
