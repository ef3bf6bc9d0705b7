"""Every SELECT of the book, by noun: funds, entries, accounts, balances, statements."""

from civicfund.ledger.queries.accounts import account_by_code, account_page
from civicfund.ledger.queries.balances import (
    available_in,
    balance_of,
    gross_gifts_of,
    held_gifts_of,
)
from civicfund.ledger.queries.entries import (
    EntryFilter,
    EntryPage,
    content_of,
    day_of_key,
    entries_after,
    entries_of_source,
    entry_by_id,
    entry_by_key,
    entry_count,
    newest_entries,
    newest_entry_id,
    reversal_of,
    stamps_of,
)
from civicfund.ledger.queries.exporting import (
    copy_lines,
    exported_accounts,
    exported_line_count,
    exported_lines,
    settled_upto_now,
)
from civicfund.ledger.queries.funds import (
    fund_by_code,
    fund_by_id,
    funds,
    funds_by_id,
    general_fund,
)
from civicfund.ledger.queries.months import MonthResult, results_by_month
from civicfund.ledger.queries.periods import (
    closed_upto,
    first_month_without_period,
    period_on,
    periods,
)
from civicfund.ledger.queries.statements import (
    AccountBalance,
    FundBalance,
    TrialBalance,
    balances_by_account,
    balances_by_fund,
    results_by_fund,
    trial_balance,
)

__all__ = [
    "AccountBalance",
    "EntryFilter",
    "EntryPage",
    "FundBalance",
    "MonthResult",
    "TrialBalance",
    "account_by_code",
    "account_page",
    "available_in",
    "balance_of",
    "balances_by_account",
    "balances_by_fund",
    "closed_upto",
    "content_of",
    "copy_lines",
    "day_of_key",
    "entries_after",
    "entries_of_source",
    "entry_by_id",
    "entry_by_key",
    "entry_count",
    "exported_accounts",
    "exported_line_count",
    "exported_lines",
    "first_month_without_period",
    "fund_by_code",
    "fund_by_id",
    "funds",
    "funds_by_id",
    "general_fund",
    "gross_gifts_of",
    "held_gifts_of",
    "newest_entries",
    "newest_entry_id",
    "period_on",
    "periods",
    "results_by_fund",
    "results_by_month",
    "reversal_of",
    "settled_upto_now",
    "stamps_of",
    "trial_balance",
]
