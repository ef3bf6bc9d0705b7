"""The sandbox's day: what is over expires, what is owed is paid out."""

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import array

from civicfund.core import clock
from civicfund.core.db import advisory_lock, db
from civicfund.payments.gateways.sandbox import hosted, news, queries
from civicfund.payments.gateways.sandbox.models import SandboxBalanceLine, SandboxPayout


def expire_due(*, at_most: int = 500) -> int:
    """Close pages and vouchers whose term is over; returns how many."""
    over = queries.checkouts_past(clock.now(), at_most=at_most)
    for checkout in over:
        hosted.expire(checkout)
    return len(over)


def pay_out() -> SandboxPayout | None:
    """Send the whole balance to the fund's bank; None if nothing is owed."""
    advisory_lock("sandbox/payout")
    lines = queries.unpaid_lines()
    owed = sum(net for _, net in lines)
    if owed <= 0:
        return None
    payout = SandboxPayout(ref=news.new_ref("po"), amount_yen=owed, created_at=clock.now())
    db.session.add(payout)
    db.session.flush()
    # Exactly the lines that were added up: others may have come meanwhile.
    db.session.execute(
        update(SandboxBalanceLine)
        .where(SandboxBalanceLine.id == func.any(array([line for line, _ in lines])))
        .values(payout_id=payout.id)
        .execution_options(synchronize_session=False)
    )
    news.tell("payout.paid", ref=payout.ref, amount=owed, currency="JPY", net=-owed)
    return payout
