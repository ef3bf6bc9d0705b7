"""The shape of the files: short, with a first sentence, and one place that commits."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST = 400
# An auditor takes this one away alone, so it cannot be split; each rule that it holds the book to
# makes it longer. Its size, rounded up to ten.
STANDS_ALONE = {"verify_book.py": 590}
LEFT_OUT = ("civicfund/static/vendor/", "migrations/versions/")
KINDS = {".py", ".html", ".css", ".js", ".sql"}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    files = [name for name in listed.stdout.split("\0") if Path(name).suffix in KINDS]
    return [ROOT / name for name in files if not name.startswith(LEFT_OUT)]


def too_long(files: list[Path]) -> list[str]:
    """The files with more lines than a person reads at once."""
    counts = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    return [
        f"{file.name}: {lines}"
        for file, lines in counts.items()
        if lines > STANDS_ALONE.get(file.name, LONGEST)
    ]


def without_docstring(files: list[Path]) -> list[str]:
    """The modules that do not say what lives there."""
    return [
        str(file)
        for file in files
        if (text := file.read_text(encoding="utf-8")).strip()
        and ast.get_docstring(ast.parse(text)) is None
    ]


def committing(files: list[Path]) -> list[str]:
    """The modules that commit by themselves."""
    return [
        str(file)
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]


def _package() -> list[Path]:
    return [file for file in _tracked() if file.is_relative_to(ROOT / "civicfund")]


def test_no_file_is_too_long() -> None:
    files = [file for file in _tracked() if file.exists()]
    assert files
    assert too_long(files) == []


def test_each_module_says_what_lives_there() -> None:
    assert without_docstring([f for f in _package() if f.suffix == ".py" and f.exists()]) == []


def test_one_function_commits() -> None:
    files = [f for f in _package() if f.suffix == ".py" and f.exists()]
    assert committing(files) == [str(ROOT / "civicfund/core/db.py")]


@pytest.mark.parametrize(
    ("text", "finds"),
    [("x = 1\n" * 401, too_long), ("x = 1\n", without_docstring), ("s.commit()\n", committing)],
)
def test_a_planted_fault_is_found(tmp_path: Path, text: str, finds: object) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(text)
    assert callable(finds)
    assert len(finds([planted])) == 1
