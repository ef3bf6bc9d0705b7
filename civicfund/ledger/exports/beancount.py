"""The book as a beancount file: `bean-check` proves every closing balance."""

from collections.abc import Iterator
from datetime import date, timedelta

from civicfund.core import clock
from civicfund.ledger.exports.scope import ROOTS, ExportedEntry, Scope
from civicfund.ledger.queries.exporting import ExportedAccount


def beancount(scope: Scope) -> Iterator[str]:
    """Accounts, opening balances, entries, and the balances that must come out."""
    return _pieces(scope)


def _pieces(scope: Scope) -> Iterator[str]:
    accounts = scope.accounts()
    names = {account.code: name_of(account) for account in accounts}
    yield f"; {scope.span}; {scope.made_at.isoformat(timespec='seconds')}\n"
    yield f'option "title" "civicfund, {scope.covers}"\noption "operating_currency" "JPY"\n\n'
    begin = _first_day(scope)
    for account in accounts:
        yield _open(account, begin)
    if scope.opening_day:
        yield _opening(scope.opening_day, accounts)
    last = scope.opening_day or begin
    for entry in scope.entries():
        last = max(last, entry.head.effective_on)
        yield _transaction(entry, names)
    yield "\n"
    # An assertion of beancount holds at the beginning of its day.
    asserted_on = max(last, scope.date_to or last) + timedelta(days=1)
    for account in accounts:
        yield f"{asserted_on} balance {name_of(account)}  {account.closing} JPY\n"


def name_of(account: ExportedAccount) -> str:
    """`Assets:A1131:GENERAL`: its kind, its line of the chart, its fund."""
    return f"{ROOTS[account.kind]}:A{account.chart_code}:{account.fund_code}"


def _first_day(scope: Scope) -> date:
    days = [scope.first_day, scope.opening_day]
    return min((day for day in days if day), default=clock.today())


def _open(account: ExportedAccount, on: date) -> str:
    return (
        f"{on} open {name_of(account)} JPY\n"
        f"  name: {_quoted(account.name_ja)}\n"
        f"  name-en: {_quoted(account.name_en)}\n"
        f"  fund: {_quoted(account.fund_name_ja)}\n"
        f"  fund-class: {_quoted(account.fund_class or '')}\n"
    )


def _opening(on: date, accounts: list[ExportedAccount]) -> str:
    postings = [
        f"  {name_of(account)}  {account.opening} JPY\n" for account in accounts if account.opening
    ]
    if not postings:
        return ""
    return f'\n{on} * "期首残高 / Opening balances"\n' + "".join(postings)


def _transaction(entry: ExportedEntry, names: dict[str, str]) -> str:
    head = entry.head
    party = f"{_quoted(head.party)} " if head.party else ""
    late = " #late" if head.is_late else ""
    lines = [
        f"\n{head.effective_on} * {party}{_quoted(head.memo or head.kind)}{late}\n",
        f"  entry: {head.number}\n  kind: {_quoted(head.kind)}\n  key: {_quoted(head.key)}\n",
        f"  recorded-at: {_quoted(head.recorded_at.isoformat(timespec='seconds'))}\n",
    ]
    if head.reverses is not None:
        lines.append(f"  reverses: {head.reverses}\n")
    lines += [f"  {names[code]}  {amount} JPY\n" for code, amount in entry.postings()]
    return "".join(lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{" ".join(escaped.split())}"'
