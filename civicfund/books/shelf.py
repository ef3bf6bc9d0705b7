"""Which books of this package stand on the shelf."""

from civicfund.books.catalogue import Book, Group
from civicfund.books.fund_ledgers import campaign_ledger, fund_ledger
from civicfund.books.general_ledger import general_ledger
from civicfund.books.grant_ledger import grant_ledger
from civicfund.books.journal import journal
from civicfund.books.overview import year_in_numbers
from civicfund.books.party_ledger import party_ledger
from civicfund.books.trial_balance import months_side_by_side, trial_balance
from civicfund.core.errors import N_

BOOKS = (
    Book(
        slug="year-in-numbers",
        name_ja="数字で見る一年",
        name_en="The year in numbers",
        about=N_("A fiscal year in pictures: what came in, where it went, how old the money is."),
        group=Group.GLANCE,
        build=year_in_numbers,
        asks=("year",),
    ),
    Book(
        slug="journal",
        name_ja="仕訳帳",
        name_en="Journal",
        about=N_("Every entry with its lines, in the order of the days."),
        group=Group.PRINCIPAL,
        build=journal,
        asks=("span",),
    ),
    Book(
        slug="general-ledger",
        name_ja="総勘定元帳",
        name_en="General ledger",
        about=N_("Each account with every line of it, the balance after each, and its months."),
        group=Group.PRINCIPAL,
        build=general_ledger,
        asks=("span", "account", "fund", "closing"),
    ),
    Book(
        slug="fund-ledger",
        name_ja="補助元帳（基金別）",
        name_en="Subsidiary ledger by fund",
        about=N_("What each fund owns: what it had, what came, what went, what it has."),
        group=Group.SUBSIDIARY,
        build=fund_ledger,
        asks=("span", "fund"),
    ),
    Book(
        slug="campaign-ledger",
        name_ja="補助元帳（プロジェクト別）",
        name_en="Subsidiary ledger by campaign",
        about=N_("What is here for each campaign: given, held on condition, or not yet paid out."),
        group=Group.SUBSIDIARY,
        build=campaign_ledger,
        asks=("span", "campaign"),
    ),
    Book(
        slug="grant-ledger",
        name_ja="補助元帳（助成別）",
        name_en="Subsidiary ledger by grant",
        about=N_("What was decided for each grant, what was paid, and what is owed."),
        group=Group.SUBSIDIARY,
        build=grant_ledger,
        asks=("span", "grant"),
    ),
    Book(
        slug="party-ledger",
        name_ja="補助元帳（取引先別）",
        name_en="Subsidiary ledger by party",
        about=N_("What was booked with each party."),
        group=Group.SUBSIDIARY,
        build=party_ledger,
        asks=("span", "party"),
    ),
    Book(
        slug="trial-balance",
        name_ja="合計残高試算表",
        name_en="Trial balance",
        about=N_("All accounts, of a month or a year: what stood, what moved, what stands."),
        group=Group.TRIAL,
        build=trial_balance,
        asks=("year", "month", "fund", "closing"),
    ),
    Book(
        slug="monthly-trial-balance",
        name_ja="月次推移試算表",
        name_en="Trial balance, month by month",
        about=N_("All accounts, with the twelve months of a year side by side."),
        group=Group.TRIAL,
        build=months_side_by_side,
        asks=("year", "fund", "closing"),
    ),
)
