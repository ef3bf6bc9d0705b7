"""The columns of the book's tables, in the language of the reader."""

from typing import Any

from flask_babel import gettext as _

Columns = list[dict[str, Any]]


def entry_columns() -> Columns:
    """The journal."""
    return [
        {"key": "number", "label": _("Entry no."), "head": True, "href": "url", "nowrap": True},
        {"key": "on", "label": _("Day"), "format": "date"},
        {"key": "name", "label": _("What happened"), "wide": True},
        {"key": "party", "label": _("Party")},
        {"key": "fund", "label": _("Fund"), "href": "fund_url", "wide": True},
        {"key": "amount", "label": _("Amount"), "format": "money"},
        {"key": "late", "label": _("Recorded late"), "nowrap": True},
    ]


def transfer_columns() -> Columns:
    """The lines of an entry."""
    return [
        {"key": "line", "label": _("Line"), "head": True},
        {"key": "debit", "label": _("Debit"), "href": "debit_url", "wide": True},
        {"key": "credit", "label": _("Credit"), "href": "credit_url", "wide": True},
        {"key": "amount", "label": _("Amount"), "format": "money"},
    ]


def fund_columns() -> Columns:
    """Funds side by side."""
    return [
        {"key": "name", "label": _("Fund"), "head": True, "href": "url", "wide": True},
        {"key": "received", "label": _("Money received"), "format": "money"},
        {"key": "granted", "label": _("Granted"), "format": "money"},
        {"key": "spent", "label": _("Other costs"), "format": "money"},
        {"key": "designated", "label": _("Held for its purpose"), "format": "money"},
        {"key": "general", "label": _("Held without restriction"), "format": "money"},
        {"key": "held", "label": _("Held on condition"), "format": "money"},
        {"key": "payable", "label": _("Promised, not yet paid"), "format": "money"},
    ]


def brief_fund_columns() -> Columns:
    """Funds side by side, with what most people ask for."""
    brief = {"name", "received", "granted", "designated", "general", "held"}
    return [column for column in fund_columns() if column["key"] in brief]


def account_columns() -> Columns:
    """Accounts with their sums."""
    return [
        {"key": "code", "label": _("Ledger account"), "head": True, "href": "url", "nowrap": True},
        {"key": "name", "label": _("Account name"), "wide": True},
        {"key": "fund", "label": _("Fund"), "wide": True},
        {"key": "debits", "label": _("Debits"), "format": "money"},
        {"key": "credits", "label": _("Credits"), "format": "money"},
        {"key": "balance", "label": _("Balance"), "format": "money"},
    ]


def line_columns() -> Columns:
    """The lines of an account."""
    return [
        {"key": "number", "label": _("Entry no."), "head": True, "href": "url", "nowrap": True},
        {"key": "on", "label": _("Day"), "format": "date"},
        {"key": "name", "label": _("What happened")},
        {"key": "party", "label": _("Party")},
        {"key": "other", "label": _("Other account")},
        {"key": "debit", "label": _("Debit"), "format": "money"},
        {"key": "credit", "label": _("Credit"), "format": "money"},
        {"key": "balance", "label": _("Balance"), "format": "money"},
        {"key": "late", "label": _("Recorded late"), "nowrap": True},
    ]


def trial_columns() -> Columns:
    """The trial balance (合計残高試算表)."""
    return [
        {"key": "code", "label": _("Ledger account"), "head": True, "href": "url", "nowrap": True},
        {"key": "name", "label": _("Account name"), "wide": True},
        {"key": "debit_balance", "label": _("Debit balance"), "format": "money"},
        {"key": "debits", "label": _("Debits"), "format": "money"},
        {"key": "credits", "label": _("Credits"), "format": "money"},
        {"key": "credit_balance", "label": _("Credit balance"), "format": "money"},
    ]
