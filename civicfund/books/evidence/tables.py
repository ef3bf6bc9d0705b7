"""Papers and what is missing, as tables of pages and of CSV files."""

from collections.abc import Iterable, Mapping

from flask import url_for
from flask_babel import gettext as _

from civicfund.books.evidence.queries import Lack
from civicfund.ledger.evidence_rules import Need
from civicfund.ledger.models import EntryEvidence, EvidenceKind
from civicfund.ledger.queries.evidence import Piece
from civicfund.ledger.rows import Reader, Row, number_of, party_name
from civicfund.ledger.tables import Columns
from civicfund.web.filters import label

READER = Reader("evidence", sees_names=True)


def need_words(need: Need) -> str:
    """`Receipt or contract`."""
    words = [label(kind) for kind in need.kinds]
    if need.or_message:
        words.append(_("Kept message of the payment provider"))
    return str(_(" or ").join(words))


def lack_columns() -> Columns:
    """Entries that lack papers."""
    return [
        {"key": "number", "label": _("Entry no."), "head": True, "href": "url", "nowrap": True},
        {"key": "on", "label": _("Day"), "format": "date"},
        {"key": "name", "label": _("What happened"), "wide": True},
        {"key": "party", "label": _("Party")},
        {"key": "amount", "label": _("Amount"), "format": "money"},
        {"key": "lacks", "label": _("What is missing"), "wide": True},
    ]


def lack_rows(lacks: Iterable[Lack]) -> list[Row]:
    """Each entry with what it still needs."""
    return [
        {
            "id": lack.entry.id,
            "number": number_of(lack.entry),
            "url": READER.url("entry", entry_id=lack.entry.id),
            "on": lack.entry.effective_on,
            "name": _(lack.entry.name),
            "party": party_name(lack.entry, READER),
            "amount": lack.entry.amount_minor,
            "lacks": _(", ").join(need_words(need) for need in lack.needs),
        }
        for lack in lacks
    ]


def month_columns() -> Columns:
    """Months with how many entries lack something."""
    return [
        {"key": "month", "label": _("Month"), "head": True, "href": "url", "nowrap": True},
        {"key": "count", "label": _("Entries that lack a paper"), "format": "number"},
    ]


def paper_columns() -> Columns:
    """Papers with the keys of their entries."""
    return [
        {"key": "id", "label": _("Paper"), "head": True, "href": "url", "nowrap": True},
        {"key": "kind", "label": _("Kind of paper"), "nowrap": True},
        {"key": "file", "label": _("File"), "wide": True},
        {"key": "entry", "label": _("Entry no."), "href": "entry_url", "nowrap": True},
        {"key": "on", "label": _("Day"), "format": "date"},
        {"key": "party", "label": _("Party")},
        {"key": "amount", "label": _("Amount"), "format": "money"},
        {"key": "added_at", "label": _("Attached"), "format": "datetime"},
        {"key": "withdrawn", "label": _("Withdrawn because"), "wide": True},
        {"key": "sha256", "label": "SHA-256"},
    ]


def paper_rows(papers: Iterable[EntryEvidence], reasons: Mapping[int, str]) -> list[Row]:
    """Each paper with its file and its entry."""
    return [
        {
            "id": paper.id,
            "url": READER.url("download", evidence_id=paper.id),
            "kind": _kind(paper),
            "file": paper.stored_file.original_name,
            "entry": number_of(paper.entry),
            "entry_url": READER.url("entry", entry_id=paper.entry_id),
            "on": paper.entry.effective_on,
            "party": party_name(paper.entry, READER),
            "amount": paper.entry.amount_minor,
            "added_at": paper.added_at,
            "withdrawn": reasons.get(paper.id, ""),
            "sha256": paper.sha256,
        }
        for paper in papers
    ]


def piece_columns(*, may_withdraw: bool) -> Columns:
    """The papers of one entry."""
    columns: Columns = [
        {"key": "kind", "label": _("Kind of paper"), "head": True, "nowrap": True},
        {"key": "file", "label": _("File"), "href": "url", "wide": True},
        {"key": "size", "label": _("Bytes"), "format": "number"},
        {"key": "added_at", "label": _("Attached"), "format": "datetime"},
        {"key": "by", "label": _("By whom")},
        {"key": "sha256", "label": "SHA-256", "wide": True},
        {"key": "withdrawn", "label": _("Withdrawn because"), "wide": True},
    ]
    if may_withdraw:
        columns.append({"key": "withdraw", "label": _("Correct"), "href": "withdraw_url"})
    return columns


def piece_rows(pieces: Iterable[Piece], names: Mapping[int, str]) -> list[Row]:
    """The papers of one entry, oldest first."""
    return [_piece_row(piece, names) for piece in pieces]


def _piece_row(piece: Piece, names: Mapping[int, str]) -> Row:
    paper = piece.evidence
    is_done = piece.withdrawn is not None or paper.kind == EvidenceKind.WITHDRAWAL
    return {
        "kind": _kind(paper),
        "file": paper.stored_file.original_name,
        "url": url_for("evidence.download", evidence_id=paper.id),
        "size": paper.stored_file.size_bytes,
        "added_at": paper.added_at,
        "by": names.get(paper.added_by_id or 0) or _("the machine"),
        "sha256": paper.sha256,
        "withdrawn": piece.withdrawn or "",
        "withdraw": "" if is_done else _("Withdraw"),
        "withdraw_url": None if is_done else url_for("evidence.withdraw", evidence_id=paper.id),
    }


def _kind(paper: EntryEvidence) -> str:
    kind = EvidenceKind.of(paper.kind)
    return label(kind) if kind is not None else paper.kind
