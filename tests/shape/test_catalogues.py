"""Every text has its Japanese, in one catalogue, and means the same everywhere."""

import io
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUES = sorted(ROOT.glob("translations/*/ja/LC_MESSAGES/*.po"))
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_l": None, "N_": None,
    "pgettext": ((1, "c"), 2),
}  # fmt: skip
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]


def _read(path: Path) -> Catalog:
    return read_po(io.BytesIO(path.read_bytes()), locale="ja")


def _forms(text: object) -> list[str]:
    return [str(form) for form in (text if isinstance(text, (list, tuple)) else [text])]


def unfinished(catalogue: Catalog) -> list[str]:
    """The texts without Japanese, or with a guess."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (message.fuzzy or not all(_forms(message.string)))
    ]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.parent.name)
def test_each_text_has_its_japanese(path: Path) -> None:
    assert unfinished(_read(path)) == []


def test_a_text_without_japanese_is_found() -> None:
    planted = Catalog(locale="ja")
    planted.add("Hello", "")
    assert unfinished(planted) == ["Hello"]


def test_no_text_of_the_code_is_missing() -> None:
    known = {
        (message.context, _forms(message.id)[0])
        for path in CATALOGUES
        for message in _read(path)
        if message.id
    }
    missing = set()
    for folder in ("civicfund", "templates"):
        found = extract_from_dir(
            str(ROOT / folder), method_map=METHODS, keywords=KEYWORDS, comment_tags=()
        )
        for file, _line, text, _comments, context in found:
            if (context, _forms(text)[0]) not in known and _forms(text)[0]:
                missing.add(f"{folder}/{file}: {_forms(text)[0]}")
    assert sorted(missing) == []


def test_the_same_text_is_said_the_same_way() -> None:
    """All catalogues are joined at start: two translations of one text would depend on chance."""
    said: dict[tuple[object, str], set[str]] = defaultdict(set)
    for path in CATALOGUES:
        if path.name == "messages.po":
            for message in _read(path):
                if message.id:
                    said[message.context, _forms(message.id)[0]].add(_forms(message.string)[0])
    assert {text: ways for text, ways in said.items() if len(ways) > 1} == {}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.parent.name)
def test_each_catalogue_compiles(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "messages.mo"
    compiled = [sys.executable, "-m", "babel.messages.frontend", "compile", "-i", path, "-o", out]
    subprocess.run(compiled, check=True, capture_output=True)
    assert out.stat().st_size > 100
