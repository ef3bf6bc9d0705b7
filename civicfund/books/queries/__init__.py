"""Every SELECT of the books: lines in the order of their days, sums of accounts, funds, parties."""

from civicfund.books.queries.funds import FundMovement, campaign_movements, fund_movements
from civicfund.books.queries.grants import GrantMovement, grant_movements, of_grant
from civicfund.books.queries.lines import BookLine, LinePage, every_line, line_page
from civicfund.books.queries.parties import (
    PartySum,
    every_party,
    party_by_id,
    party_page,
    party_sum,
)
from civicfund.books.queries.scopes import (
    Scope,
    accounts_of,
    months_of,
    moved_before,
    opening_of,
    scope_of_account,
    scope_of_campaign,
    scope_of_fund,
    scope_of_grants,
)
from civicfund.books.queries.trial import ChartMovement, booked_total, chart_movements
from civicfund.books.queries.years import fiscal_years

__all__ = [
    "BookLine",
    "ChartMovement",
    "FundMovement",
    "GrantMovement",
    "LinePage",
    "PartySum",
    "Scope",
    "accounts_of",
    "booked_total",
    "campaign_movements",
    "chart_movements",
    "every_line",
    "every_party",
    "fiscal_years",
    "fund_movements",
    "grant_movements",
    "line_page",
    "months_of",
    "moved_before",
    "of_grant",
    "opening_of",
    "party_by_id",
    "party_page",
    "party_sum",
    "scope_of_account",
    "scope_of_campaign",
    "scope_of_fund",
    "scope_of_grants",
]
