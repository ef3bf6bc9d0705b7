"""The book's verbs: open a fund, book, reverse, attach, fold balances, close a year, seal."""

from civicfund.ledger.services.book import (
    PUBLIC_WORK,
    Posting,
    Reversal,
    Row,
    close_year,
    fold_balances,
    open_fund,
    party,
    post_entries,
    post_entry,
    reverse_entries,
    reverse_entry,
)
from civicfund.ledger.services.evidence import attach_evidence, withdraw_evidence
from civicfund.ledger.services.keys import reencrypt_keys, rotate_log_key
from civicfund.ledger.services.sealing import Sealed, seal_entries

__all__ = [
    "PUBLIC_WORK",
    "Posting",
    "Reversal",
    "Row",
    "Sealed",
    "attach_evidence",
    "close_year",
    "fold_balances",
    "open_fund",
    "party",
    "post_entries",
    "post_entry",
    "reencrypt_keys",
    "reverse_entries",
    "reverse_entry",
    "rotate_log_key",
    "seal_entries",
    "withdraw_evidence",
]
