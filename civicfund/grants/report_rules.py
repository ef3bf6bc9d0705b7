"""What a machine can check about a report and its receipts (domain: 領収書の五つの確認); pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from civicfund.core.errors import N_
from civicfund.grants.models import EvidenceKind, Report, ReportEvidence, ReportLine

SHORTEST_NARRATIVE = 40
_NOBODY = frozenset({"上様", "上", "うえさま", "様", "各位", "お客様", "無記名"})
_VAGUE = frozenset(
    {
        "品代",
        "お品代",
        "御品代",
        "商品代",
        "お買上品代",
        "代金",
        "その他",
        "諸経費",
        "一式",
        "雑費",
        "items",
        "goods",
        "misc",
    }
)
# What stands before or after the name of a body and says nothing about which one it is.
_FORMS = re.compile(
    r"特定非営利活動法人|認定npo法人|npo法人|一般社団法人|公益社団法人|一般財団法人|公益財団法人"
    r"|社会福祉法人|任意団体|株式会社|合同会社|\(特非\)|御中|様|殿"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a report cannot be filed yet; `line_id` names the budget line, None the whole."""

    message: str
    line_id: int | None = None
    places: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hint:
    """What the office should look at twice; it stops nothing."""

    message: str
    evidence_id: int


def faults(report: Report) -> list[Fault]:
    """What is missing before the report can be filed."""
    found = []
    if len(report.narrative.strip()) < SHORTEST_NARRATIVE:
        found.append(
            Fault(
                N_("Tell what was done, with at least %(least)s characters."),
                places={"least": str(SHORTEST_NARRATIVE)},
            )
        )
    for line in report.lines:
        found += _faults_of(line)
    return found


def _faults_of(line: ReportLine) -> list[Fault]:
    if line.spent_yen == 0:
        found = []
        if not line.note.strip():
            found.append(Fault(N_("Nothing was spent on this line: write why."), line.id))
        if line.evidence:
            found.append(Fault(N_("There are receipts, but the amount spent is 0 yen."), line.id))
        return found
    found = []
    if not line.evidence:
        found.append(Fault(N_("Add at least one receipt."), line.id))
    elif line.evidence_yen < line.spent_yen:
        found.append(
            Fault(
                N_("The receipts add up to %(sum)s yen, but %(spent)s yen were spent."),
                line.id,
                {"sum": f"{line.evidence_yen:,}", "spent": f"{line.spent_yen:,}"},
            )
        )
    if line.spent_yen > line.budget_yen and not line.note.strip():
        found.append(Fault(N_("More was spent than planned: write why."), line.id))
    return found


def names_nobody(addressee: str) -> bool:
    """上様 and the like."""
    return _plain(addressee) in _NOBODY or not _plain(addressee)


def is_vague(purpose: str) -> bool:
    """品代 and the like."""
    return _plain(purpose) in _VAGUE or not _plain(purpose)


def is_within(day: date, starts_on: date, ends_on: date, *, today: date) -> bool:
    """Dated inside the period, and not in the future."""
    return starts_on <= day <= min(ends_on, today)


def hints(report: Report, *, names: Collection[str], used_elsewhere: Collection[int]) -> list[Hint]:
    """What looks odd about the receipts: made out to others, or used more than once."""
    receipts = [receipt for line in report.lines for receipt in line.evidence]
    uses = Counter(receipt.stored_file_id for receipt in receipts)
    known = [_bare(name) for name in names if name]
    found = []
    for receipt in receipts:
        if receipt.kind is EvidenceKind.RECEIPT and not _is_made_out_to(receipt, known):
            found.append(Hint(N_("Made out to another name than the organisation's."), receipt.id))
        if uses[receipt.stored_file_id] > 1:
            found.append(Hint(N_("The same file stands under another line, too."), receipt.id))
        if receipt.stored_file_id in used_elsewhere:
            found.append(
                Hint(N_("The same file was used in the report of another award."), receipt.id)
            )
    return found


def _is_made_out_to(receipt: ReportEvidence, known: Collection[str]) -> bool:
    written = _bare(receipt.addressee)
    return any(name and (name in written or written in name) for name in known)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


def _bare(name: str) -> str:
    return _FORMS.sub("", _plain(name))
