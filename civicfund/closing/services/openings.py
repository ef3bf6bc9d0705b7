"""A fund moves into this book: its balances come from a file and are booked by two people."""

from collections import defaultdict
from datetime import date

from sqlalchemy.exc import IntegrityError

from civicfund.closing import opening_file, policy
from civicfund.closing.errors import (
    AnotherPersonSigns,
    BookHasBegun,
    OpeningChanged,
    OpeningDayClosed,
    OpeningKnown,
    OpeningPrepared,
    WrongFile,
)
from civicfund.closing.models import OpeningImport, OpeningLot, OpeningState
from civicfund.closing.opening_file import KINDS, Opening, OpeningLine
from civicfund.closing.queries import openings as queries
from civicfund.core import audit_log, clock
from civicfund.core.db import advisory_lock, db, lock
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.core.money import Money, yen
from civicfund.core.states import advance
from civicfund.identity.models import User
from civicfund.ledger import posting_rules
from civicfund.ledger import queries as book
from civicfund.ledger import services as ledger
from civicfund.ledger.drafts import AccountKey
from civicfund.ledger.models import FundClass

Side = list[tuple[AccountKey, Money]]


def read_opening(body: bytes, *, opens_on: date) -> Opening:
    """What a file says and what is wrong with it; changes nothing."""
    return opening_file.read(body, opens_on=opens_on, known=queries.known_funds())


def prepare_opening(opening: Opening, *, opens_on: date, file_name: str, by: User) -> OpeningImport:
    """The first signature under a file without faults."""
    if not policy.can_prepare(by):
        raise Forbidden
    if opening.problems or not opening.lines:
        raise WrongFile
    advisory_lock("closing.opening")
    digest = opening.digest(opens_on)
    _must_be_the_beginning(opens_on)
    if queries.booked_with(digest) is not None:
        raise OpeningKnown
    prepared = OpeningImport(
        opens_on=opens_on,
        file_name=file_name[:200] or "-",
        state=OpeningState.PREPARED,
        digest=digest,
        lines=opening.kept(),
        prepared_by_id=by.id,
        prepared_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(prepared)
    except IntegrityError as taken:
        raise OpeningPrepared from taken
    audit_log.record(by, "prepare_opening", prepared, after=_said(prepared, opening))
    return prepared


def sign_opening(prepared: OpeningImport, *, by: User) -> OpeningImport:
    """The second signature: funds are opened, and all balances are booked at once."""
    if not policy.can_sign(by):
        raise Forbidden
    advisory_lock("closing.opening")
    lock(prepared)
    if prepared.state is not OpeningState.PREPARED:
        raise NotAllowedNow(state=prepared.state.label)
    if prepared.prepared_by_id == by.id:
        raise AnotherPersonSigns
    _must_be_the_beginning(prepared.opens_on)
    opening = opening_file.restored(prepared.lines)
    # What the first person signed, not what somebody made of it in the database since.
    if opening.digest(prepared.opens_on) != prepared.digest:
        raise OpeningChanged
    funds = _open_funds(opening)
    debits, credits = _sides(opening, funds)
    first, *_ = ledger.post_entries(
        [
            ledger.Posting(
                draft=draft,
                key=f"opening/{prepared.digest}" + (f"/{place}" if place > 1 else ""),
                effective_on=prepared.opens_on,
                source=prepared,
                recorded_by=db.session.get(User, prepared.prepared_by_id),
                approved_by=by,
            )
            for place, draft in enumerate(posting_rules.opening_balances(debits, credits), 1)
        ]
    )
    _keep_lots(prepared, opening, funds)
    prepared.signed_by_id, prepared.signed_at = by.id, clock.now()
    prepared.entry_id = first.id
    # The signature and the state are written together: a check constraint holds them to each other.
    prepared.state = OpeningState.BOOKED
    db.session.flush()
    audit_log.record(
        by, "book_opening", prepared, after=_said(prepared, opening) | {"entry": first.id}
    )
    return prepared


def withdraw_opening(prepared: OpeningImport, *, by: User) -> OpeningImport:
    """Take the first signature back."""
    if not policy.can_withdraw(by):
        raise Forbidden
    advance(prepared, to=OpeningState.WITHDRAWN)
    db.session.flush()
    audit_log.record(by, "withdraw_opening", prepared)
    return prepared


def _must_be_the_beginning(opens_on: date) -> None:
    closed_upto = book.closed_upto()
    if closed_upto is not None and opens_on <= closed_upto:
        raise OpeningDayClosed(day=opens_on)
    first = queries.first_entry_on()
    if first is not None and first < opens_on:
        raise BookHasBegun(day=opens_on)


def _open_funds(opening: Opening) -> dict[str, int]:
    """The number of each fund of the file; those that are new are opened."""
    known = queries.known_funds()
    named = {
        line.fund: line for line in reversed(opening.lines) if line.fund_name and line.fund_kind
    }
    for line in opening.new_funds(known):
        words = named[line.fund]
        ledger.open_fund(
            code=line.fund,
            kind=KINDS[words.fund_kind],
            designation=FundClass.DESIGNATED,
            name_ja=words.fund_name,
            name_en=words.fund_name,
        )
    return {fund.code: fund.id for fund in book.funds()}


def _sides(opening: Opening, funds: dict[str, int]) -> tuple[Side, Side]:
    """Each account once, on the side on which it stands in the end."""
    sums: dict[AccountKey, int] = defaultdict(int)
    for line in opening.lines:
        sums[AccountKey(line.account, funds[line.fund])] += line.debit - line.credit
    debits = [(key, yen(amount)) for key, amount in sorted(sums.items()) if amount > 0]
    credits = [(key, yen(-amount)) for key, amount in sorted(sums.items()) if amount < 0]
    return debits, credits


def _keep_lots(prepared: OpeningImport, opening: Opening, funds: dict[str, int]) -> None:
    for line in opening.lines:
        if line.received_year is not None:
            db.session.add(_lot(prepared, line, funds[line.fund]))


def _lot(prepared: OpeningImport, line: OpeningLine, fund_id: int) -> OpeningLot:
    return OpeningLot(
        import_id=prepared.id,
        fund_id=fund_id,
        received_year=line.received_year,
        amount_yen=line.credit,
    )


def _said(prepared: OpeningImport, opening: Opening) -> dict[str, object]:
    return {
        "opens_on": prepared.opens_on.isoformat(),
        "file": prepared.file_name,
        "digest": prepared.digest,
        "lines": len(opening.lines),
        "total_yen": opening.debits,
    }
