"""What an entry says before it is booked: pure values, balanced by construction."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from civicfund.core.money import Money
from civicfund.ledger.errors import EmptyEntry, NotPositive, SameAccountTwice, TooManyLines

# Part of every content hash: a new layout of the content gets a new word here.
CONTENT_VERSION = "civicfund entry 1"
# A leaf of the sealed log has at most 65,535 bytes, and a line of an entry less than 130 of them.
MOST_LINES = 500


@dataclass(frozen=True, slots=True, order=True)
class AccountKey:
    """A ledger account: a line of the chart in a fund."""

    chart_code: str
    fund_id: int


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer: `amount` from the account credited to the account debited."""

    debit: AccountKey
    credit: AccountKey
    amount: Money

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise NotPositive
        if self.debit == self.credit:
            raise SameAccountTwice(account=self.debit.chart_code)


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """A journal entry to be: `kind` is the name of its posting rule."""

    kind: str
    lines: tuple[Line, ...]
    memo: str = field(default="")

    def __post_init__(self) -> None:
        if not self.lines:
            raise EmptyEntry
        if len(self.lines) > MOST_LINES:
            raise TooManyLines(most=MOST_LINES)
        assert "\n" not in self.memo, "a memo is one line"

    @property
    def amount(self) -> Money:
        """The largest sum that is moved into or out of one account: of a gift, the whole gift."""
        sums: Counter[tuple[str, AccountKey]] = Counter()
        for line in self.lines:
            sums["debit", line.debit] += line.amount.minor
            sums["credit", line.credit] += line.amount.minor
        return Money(max(sums.values()), self.lines[0].amount.currency)


def moves(kind: str, lines: Iterable[tuple[AccountKey, AccountKey, Money]]) -> EntryDraft:
    """A draft of `(debit, credit, amount)`; a part of nothing moves nothing and is left out."""
    return EntryDraft(
        kind, tuple(Line(debit, credit, amount) for debit, credit, amount in lines if amount)
    )


@dataclass(frozen=True, slots=True)
class Content:
    """All that an entry says; two entries with one key must say the same."""

    draft: EntryDraft
    effective_on: date
    source_kind: str | None = None
    source_id: int | None = None
    party_id: int | None = None
    reverses_id: int | None = None

    def canonical(self) -> str:
        """The content as text, field by field and line by line (see docs/bookkeeping.md)."""
        head = [
            CONTENT_VERSION,
            self.draft.kind,
            self.effective_on.isoformat(),
            f"{self.source_kind or '-'} {_or_dash(self.source_id)}",
            _or_dash(self.party_id),
            _or_dash(self.reverses_id),
            self.draft.memo,
        ]
        body = [
            f"{line.debit.chart_code} {line.debit.fund_id} "
            f"{line.credit.chart_code} {line.credit.fund_id} "
            f"{line.amount.minor} {line.amount.currency}"
            for line in self.draft.lines
        ]
        return "\n".join(head + body)

    def digest(self) -> bytes:
        """SHA-256 of the canonical text."""
        return hashlib.sha256(self.canonical().encode()).digest()


def _or_dash(number: int | None) -> str:
    return "-" if number is None else str(number)
