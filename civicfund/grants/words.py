"""What people type, read but not yet judged: accounts, report lines, receipts."""

from dataclasses import dataclass
from datetime import date

from civicfund.grants.models import EvidenceKind, PayeeKind

LONGEST_NARRATIVE, LONGEST_NOTE = 10_000, 500


@dataclass(frozen=True, slots=True)
class AccountWords:
    """An account as a person types it, full width or half."""

    bank_code: str
    bank_name: str
    branch_code: str
    branch_name: str
    kind: PayeeKind
    number: str
    holder_kana: str


@dataclass(frozen=True, slots=True)
class LineWords:
    """What the organisation says about one line of the budget."""

    spent_yen: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptWords:
    """What is written on a receipt, typed by the organisation."""

    kind: EvidenceKind
    issued_on: date
    issuer_name: str
    addressee: str
    purpose: str
    amount_yen: int
