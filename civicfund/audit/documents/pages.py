"""The pages of docs/electronic-books: prose with what only the program knows."""

from collections.abc import Callable
from pathlib import Path

from flask_babel import force_locale, gettext

from civicfund.audit.documents.dictionary import dictionary
from civicfund.audit.documents.requirements import requirements
from civicfund.books.evidence.tables import need_words
from civicfund.ledger.evidence_rules import needs_of
from civicfund.ledger.kinds import KINDS

TEXTS = Path(__file__).parent / "texts"
BLANK = "【法人名】"


def page(name: str, *, fund: str = "") -> str:
    """One page; `fund` is the body's name, left blank in the template otherwise."""
    return PAGES[name](fund or BLANK)


def pages(*, fund: str = "") -> dict[str, str]:
    """Every page, by the name of its file."""
    return {name: page(name, fund=fund) for name in PAGES}


def _prose(name: str) -> Callable[[str], str]:
    def written(fund: str) -> str:
        text = (TEXTS / name).read_text(encoding="utf-8")
        return text.replace("{fund}", fund).replace("{rules}", _rules())

    return written


def _rules() -> str:
    lines = [
        "| ルール Rule | できごと Event | | 必要な証憑 Papers | |",
        "|---|---|---|---|---|",
    ]
    for rule, (number, name) in KINDS.items():
        cells = [f"{number} `{rule}`".strip()]
        said = []
        for language in ("ja", "en"):
            with force_locale(language):
                papers = " + ".join(need_words(need) for need in needs_of(rule)) or "–"
                said.append((gettext(name), papers))
        (ja, papers_ja), (en, papers_en) = said
        lines.append(f"| {' | '.join([*cells, ja, en, papers_ja, papers_en])} |")
    return "\n".join(lines)


PAGES: dict[str, Callable[[str], str]] = {
    "system-outline.md": _prose("system-outline.md"),
    "operation-manual.md": _prose("operation-manual.md"),
    "data-dictionary.md": lambda _fund: dictionary(),
    "procedure.md": _prose("procedure.md"),
    "requirements.md": lambda _fund: requirements(),
}
