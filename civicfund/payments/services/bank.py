"""Lines of the bank's statement: entered once, matched once."""

from datetime import date
from typing import Any, Protocol

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from civicfund.core import clock
from civicfund.core.audit_log import Actor, record
from civicfund.core.db import db, lock
from civicfund.core.money import Money
from civicfund.payments.errors import (
    AlreadyPaidByLine,
    BankDayAhead,
    BankLineMatched,
    BankReferenceTaken,
)
from civicfund.payments.models import BankLine


class Matched(Protocol):
    """What a bank line answers for: a row with a number."""

    __tablename__: Any
    id: Any


def record_bank_line(
    *,
    account_code: str,
    booked_on: date,
    amount: Money,
    counterparty: str,
    reference: str,
    by: Actor | None,
) -> BankLine:
    """Write down a line of the statement; money in is positive, money out negative.

    Raises `BankReferenceTaken` and `BankDayAhead`.
    """
    if booked_on > clock.today():
        raise BankDayAhead
    content = {
        "account_code": account_code,
        "booked_on": booked_on,
        "amount_yen": amount.minor,
        "counterparty": counterparty.strip(),
        "reference": reference.strip(),
        "recorded_by_id": by.id if by is not None else None,
    }
    line: BankLine | None = db.session.scalar(
        insert(BankLine)
        .values(**content, recorded_at=clock.now())
        .on_conflict_do_nothing(index_elements=["reference"])
        .returning(BankLine)
    )
    if line is None:
        raise BankReferenceTaken
    record(by, "record_bank_line", line, after=content | {"booked_on": booked_on.isoformat()})
    return line


def match_bank_line(line: BankLine, row: Matched) -> None:
    """Let `line` answer for `row`, once each. The same pair again changes nothing.

    Raises `BankLineMatched` and `AlreadyPaidByLine`.
    """
    lock(line)
    pair = (row.__tablename__, row.id)
    if line.matched_id is not None:
        if (line.matched_kind, line.matched_id) == pair:
            return
        raise BankLineMatched
    try:
        with db.session.begin_nested():
            line.matched_kind, line.matched_id = pair
    except IntegrityError as taken:
        raise AlreadyPaidByLine from taken
