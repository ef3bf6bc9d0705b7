"""Tables of the book, by noun: entries and what they are made of, evidence, the sealed log."""

from civicfund.ledger.models.book import (
    HAPPENED,
    SHOWS_LATE,
    AccountKind,
    BalanceSnapshot,
    FiscalPeriod,
    Fund,
    FundClass,
    FundKind,
    FundMoveSum,
    Guard,
    JournalEntry,
    LedgerAccount,
    MonthSum,
    Party,
    Transfer,
)
from civicfund.ledger.models.evidence import EntryEvidence, EvidenceKind, EvidenceWithdrawal
from civicfund.ledger.models.log import Checkpoint, LeafKind, LogSecret, LogTile, Seal, SigningKey

__all__ = [
    "HAPPENED",
    "SHOWS_LATE",
    "AccountKind",
    "BalanceSnapshot",
    "Checkpoint",
    "EntryEvidence",
    "EvidenceKind",
    "EvidenceWithdrawal",
    "FiscalPeriod",
    "Fund",
    "FundClass",
    "FundKind",
    "FundMoveSum",
    "Guard",
    "JournalEntry",
    "LeafKind",
    "LedgerAccount",
    "LogSecret",
    "LogTile",
    "MonthSum",
    "Party",
    "Seal",
    "SigningKey",
    "Transfer",
]
