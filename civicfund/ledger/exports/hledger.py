"""The book as an hledger journal: `hledger check --strict` proves every closing balance."""

from collections.abc import Iterator
from datetime import date

from civicfund.core import clock
from civicfund.ledger.exports.scope import ROOTS, ExportedEntry, Scope
from civicfund.ledger.models import AccountKind
from civicfund.ledger.queries.exporting import ExportedAccount

TYPES = {
    AccountKind.ASSET: "A",
    AccountKind.LIABILITY: "L",
    AccountKind.NET_ASSETS: "E",
    AccountKind.REVENUE: "R",
    AccountKind.EXPENSE: "X",
}


def hledger(scope: Scope) -> Iterator[str]:
    """Accounts, opening balances, entries, and the balances that must come out."""
    return _pieces(scope)


def _pieces(scope: Scope) -> Iterator[str]:
    accounts = scope.accounts()
    names = {account.code: name_of(account) for account in accounts}
    yield f"; {scope.span}; {scope.made_at.isoformat(timespec='seconds')}; {scope.covers}\n"
    yield "commodity JPY 1000.\n\n"
    for account in accounts:
        yield (
            f"account {name_of(account)}  ; type:{TYPES[account.kind]}, "
            f"name:{_tag(account.name_ja)}, fund:{_tag(account.fund_name_ja)}, "
            f"class:{account.fund_class or ''}\n"
        )
    if scope.opening_day:
        yield _opening(scope.opening_day, accounts)
    last = scope.opening_day
    for entry in scope.entries():
        last = max(last or entry.head.effective_on, entry.head.effective_on)
        yield _transaction(entry, names)
    yield _assertions(max(last or clock.today(), scope.date_to or date.min), accounts)


def name_of(account: ExportedAccount) -> str:
    """`Assets:1131:GENERAL`: its kind, its line of the chart, its fund."""
    return f"{ROOTS[account.kind]}:{account.chart_code}:{account.fund_code}"


def _opening(on: date, accounts: list[ExportedAccount]) -> str:
    postings = [
        f"    {name_of(account)}  JPY {account.opening}\n"
        for account in accounts
        if account.opening
    ]
    return f"\n{on} * 期首残高 / Opening balances\n" + "".join(postings) if postings else ""


def _transaction(entry: ExportedEntry, names: dict[str, str]) -> str:
    head = entry.head
    party = f"{_description(head.party)} | " if head.party else ""
    lines = [
        f"\n{head.effective_on} * ({head.number}) {party}",
        f"{_description(head.memo or head.kind)}  ; kind:{head.kind}\n",
        f"    ; key:{_tag(head.key)}\n",
        f"    ; recorded:{head.recorded_at.isoformat(timespec='seconds')}\n",
    ]
    if head.reverses is not None:
        lines.append(f"    ; reverses:{head.reverses}\n")
    if head.is_late:
        lines.append("    ; late:\n")
    lines += [f"    {names[code]}  JPY {amount}\n" for code, amount in entry.postings()]
    return "".join(lines)


def _assertions(on: date, accounts: list[ExportedAccount]) -> str:
    if not accounts:
        return ""
    postings = [f"    {name_of(account)}  JPY 0 = JPY {account.closing}\n" for account in accounts]
    return f"\n{on} * 期末残高 / Closing balances\n" + "".join(postings)


def _description(text: str) -> str:
    # A semicolon would begin a comment, a bar would part the payee from the note.
    return " ".join(text.replace(";", "；").replace("|", "｜").split())


def _tag(text: str) -> str:
    # A comma would end the tag's value.
    return " ".join(text.replace(",", "，").split())
