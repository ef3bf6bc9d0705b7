"""What a line of the bank's statement may confirm: each line once, to the yen."""

from datetime import date

from civicfund.core.db import lock
from civicfund.grants.errors import FeeLineWrong, LineDiffers, LineTaken, LineTooEarly
from civicfund.ledger.posting_rules import BANK
from civicfund.payments.models import BankLine

# Banks ask less than this for a transfer; more is another payment.
MOST_FEE_YEN = 2_000


def take_line(line: BankLine, *, amount_yen: int, not_before: date | None) -> None:
    """Hold the line for this deed. `amount_yen` is signed: out is negative.

    Raises `LineTaken`, `LineDiffers`, `LineTooEarly`.
    """
    lock(line)
    if line.matched_id is not None:
        raise LineTaken
    if line.amount_yen != amount_yen or line.account_code != BANK:
        raise LineDiffers(line=f"{line.amount_yen:,}", asked=f"{amount_yen:,}")
    if not_before is not None and line.booked_on < not_before:
        raise LineTooEarly


def take_fee_line(line: BankLine, *, not_before: date | None) -> int:
    """Hold the line of a transfer fee; answers the fee in yen.

    Raises `FeeLineWrong` and what `take_line` raises.
    """
    if not -MOST_FEE_YEN <= line.amount_yen < 0:
        raise FeeLineWrong(most=f"{MOST_FEE_YEN:,}")
    take_line(line, amount_yen=line.amount_yen, not_before=not_before)
    return -line.amount_yen
