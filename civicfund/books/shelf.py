"""Which books of this package stand on the shelf."""

from civicfund.books.catalogue import Book, Group
from civicfund.books.general_ledger import general_ledger
from civicfund.books.journal import journal
from civicfund.books.trial_balance import months_side_by_side, trial_balance
from civicfund.core.errors import N_

BOOKS = (
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
