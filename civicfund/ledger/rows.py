"""The book's tables as pages show them and as CSV: what each row says and where it leads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for
from flask_babel import gettext

from civicfund.ledger import queries
from civicfund.ledger.models import Fund, JournalEntry, Transfer
from civicfund.ledger.queries import EntryFilter, FundBalance, TrialBalance
from civicfund.ledger.queries.accounts import AccountPage
from civicfund.ledger.queries.statements import AccountBalance
from civicfund.web.csv_files import csv_response
from civicfund.web.filters import label, local_name

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: in which room the links stay, and whether hidden names are shown."""

    room: str
    sees_names: bool

    def url(self, page: str, **values: Any) -> str:
        """The address of a page of this reader's room."""
        return url_for(f"{self.room}.{page}", **values)

    def entry_url(self, entry: JournalEntry) -> str:
        """The address of an entry: by its 仕訳番号 as soon as it has one."""
        return self.url_of_entry(entry.id, entry.number)

    def url_of_entry(self, entry_id: int | None, number: int | None) -> str:
        """The same, of an entry of which nothing else is known."""
        if number is not None and self.room in NUMBERED_ROOMS:
            return self.url("numbered_entry", number=number)
        return self.url("entry", entry_id=entry_id)


# Rooms that have a page for an entry by its 仕訳番号; the others know it by its id.
NUMBERED_ROOMS = frozenset({"ledger", "audit"})
PUBLIC = Reader("ledger", sees_names=False)


def party_name(entry: JournalEntry, reader: Reader = PUBLIC) -> str:
    """With whom, as this reader may know it; empty when the entry has no party."""
    if entry.party is None:
        return ""
    return shown_name(entry.party.public_name, entry.party.full_name, reader)


def shown_name(public_name: str | None, full_name: str, reader: Reader) -> str:
    """The name of a party, as this reader may know it."""
    if reader.sees_names:
        return full_name
    return public_name or str(gettext("Not shown"))


def number_of(entry: JournalEntry) -> int | str:
    """The 仕訳番号, or that there is none yet."""
    return gettext("not sealed yet") if entry.number is None else entry.number


def entry_name(number: int | None) -> str:
    """What an entry is called in a heading."""
    if number is None:
        return str(gettext("Entry, not sealed yet"))
    return str(gettext("Entry %(number)s", number=number))


def fund_of(entry: JournalEntry) -> Fund:
    """The fund that an entry is about: the first that is not the general one."""
    funds = [
        account.fund
        for transfer in entry.transfers
        for account in (transfer.debit_account, transfer.credit_account)
    ]
    return next((fund for fund in funds if fund.code != "GENERAL"), funds[0])


def entry_rows(entries: Iterable[JournalEntry], reader: Reader = PUBLIC) -> list[Row]:
    """The journal: one row for each entry."""
    return [
        {
            "number": number_of(entry),
            "url": reader.entry_url(entry),
            "on": entry.effective_on,
            "name": gettext(entry.name),
            "party": party_name(entry, reader),
            "fund": local_name(fund_of(entry)),
            "fund_url": url_for("ledger.fund", code=fund_of(entry).code),
            "amount": entry.amount_minor,
            "late": gettext("Late entry") if entry.shows_late else "",
        }
        for entry in entries
    ]


def transfer_rows(transfers: Iterable[Transfer], reader: Reader = PUBLIC) -> list[Row]:
    """The lines of one entry."""
    return [
        {
            "line": transfer.line,
            "debit": f"{transfer.debit_account.code} {local_name(transfer.debit_account)}",
            "debit_url": reader.url("account", code=transfer.debit_account.code),
            "credit": f"{transfer.credit_account.code} {local_name(transfer.credit_account)}",
            "credit_url": reader.url("account", code=transfer.credit_account.code),
            "amount": transfer.amount_minor,
        }
        for transfer in transfers
    ]


def fund_rows(balances: Iterable[FundBalance]) -> list[Row]:
    """Funds side by side."""
    return [
        {
            "code": balance.fund.code,
            "name": local_name(balance.fund),
            "url": url_for("ledger.fund", code=balance.fund.code),
            "designation": label(balance.fund.designation),
            "received": balance.received,
            "granted": balance.granted,
            "spent": balance.spent,
            "designated": balance.designated,
            "general": balance.general,
            "held": balance.held,
            "payable": balance.payable,
        }
        for balance in balances
    ]


def account_rows(balances: Iterable[AccountBalance], reader: Reader = PUBLIC) -> list[Row]:
    """Accounts with their sums."""
    return [
        {
            "code": balance.account.code,
            "name": local_name(balance.account),
            "url": reader.url("account", code=balance.account.code),
            "fund": local_name(balance.account.fund),
            "kind": label(balance.account.kind),
            "class": label(balance.account.fund_class) if balance.account.fund_class else "",
            "debits": balance.debits,
            "credits": balance.credits,
            "balance": balance.balance,
        }
        for balance in balances
    ]


def line_rows(page: AccountPage, reader: Reader = PUBLIC) -> list[Row]:
    """The lines of an account with the balance after each."""
    return [
        {
            "number": number_of(line.entry),
            "url": reader.entry_url(line.entry),
            "on": line.entry.effective_on,
            "name": gettext(line.entry.name),
            "party": party_name(line.entry, reader),
            "other": f"{line.other.code} {local_name(line.other)}",
            "debit": line.debit or None,
            "credit": line.credit or None,
            "balance": line.balance,
            "late": gettext("Late entry") if line.entry.shows_late else "",
        }
        for line in page.lines
    ]


def trial_rows(trial: TrialBalance, reader: Reader = PUBLIC) -> list[Row]:
    """The trial balance."""
    return [
        {
            "code": line.code,
            "name": local_name(line),
            "url": reader.url("account", code=line.code),
            "debit_balance": line.debit_balance or None,
            "debits": line.debits,
            "credits": line.credits,
            "credit_balance": line.credit_balance or None,
        }
        for line in trial.lines
    ]


def trial_footer(trial: TrialBalance) -> Row:
    """Its sums: the two sides are equal."""
    columns = ("debit_balance", "debits", "credits", "credit_balance")
    return {column: trial.total(column) for column in columns}


def every_entry(wanted: EntryFilter, reader: Reader = PUBLIC) -> Iterator[Row]:
    """All entries that match, oldest first, read in pages: for a download."""
    after = 0
    while True:
        page = queries.entries_after(wanted, after=after, limit=500)
        yield from entry_rows(page.items, reader)
        if page.newer_than is None:
            return
        after = page.newer_than


def table_csv(
    name: str, columns: Sequence[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
) -> Response:
    """A table of a page as a CSV file that spreadsheets open, sent as it is read."""
    shown = [column for column in columns if not column.get("page_only")]

    def lines() -> Iterator[Sequence[object]]:
        yield [str(column["label"]) for column in shown]
        for row in rows:
            yield [row.get(column["key"]) for column in shown]

    return csv_response(name, lines())
