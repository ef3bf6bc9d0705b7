"""What the sandbox reads of its own tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from civicfund.core.db import db
from civicfund.payments.gateways.sandbox.models import (
    CheckoutState,
    SandboxAnswer,
    SandboxBalanceLine,
    SandboxCard,
    SandboxCharge,
    SandboxCheckout,
    SandboxEvent,
    SandboxPayout,
)

STILL_OPEN = (CheckoutState.OPEN, CheckoutState.AUTHENTICATING, CheckoutState.PENDING)


def checkout_by_ref(ref: str) -> SandboxCheckout | None:
    """For a page to show."""
    return db.session.scalar(select(SandboxCheckout).filter_by(ref=ref))


def checkout_for_update(ref: str) -> SandboxCheckout | None:
    """Locked, and as it stands now: two clicks queue up here."""
    statement = select(SandboxCheckout).filter_by(ref=ref).with_for_update(key_share=True)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def checkout_by_voucher(number: str) -> SandboxCheckout | None:
    """The checkout whose voucher has this number."""
    return db.session.scalar(select(SandboxCheckout).filter_by(voucher_number=number))


def checkouts_past(moment: datetime, *, at_most: int) -> Sequence[SandboxCheckout]:
    """Open pages and vouchers whose term is over, locked; those in use are left for later."""
    return db.session.scalars(
        select(SandboxCheckout)
        .where(SandboxCheckout.state.in_(STILL_OPEN), SandboxCheckout.expires_at <= moment)
        .order_by(SandboxCheckout.expires_at, SandboxCheckout.id)
        .limit(at_most)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def card_for_update(ref: str) -> SandboxCard | None:
    """Locked, since a card counts its declines."""
    statement = select(SandboxCard).filter_by(ref=ref).with_for_update(key_share=True)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def charge_for_update(ref: str) -> SandboxCharge | None:
    """The money taken under this name: a charge's own, or that of its checkout. Locked."""
    checkout = select(SandboxCheckout.id).filter_by(ref=ref).scalar_subquery()
    statement = select(SandboxCharge).where(
        (SandboxCharge.ref == ref) | (SandboxCharge.checkout_id == checkout),
        SandboxCharge.failure_code.is_(None),
    )
    statement = statement.with_for_update(key_share=True)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def answer_to(key: str) -> SandboxAnswer:
    """What was answered to this key."""
    return db.session.execute(select(SandboxAnswer).filter_by(key=key)).scalar_one()


def event_by_id(event_id: int) -> SandboxEvent | None:
    """One piece of news."""
    return db.session.get(SandboxEvent, event_id)


def unpaid_yen() -> int:
    """What the sandbox owes the fund now; negative after refunds of what was paid out."""
    net = func.coalesce(func.sum(SandboxBalanceLine.gross_yen - SandboxBalanceLine.fee_yen), 0)
    return int(db.session.scalar(select(net).where(SandboxBalanceLine.payout_id.is_(None))) or 0)


def balance_yen_at(instant: datetime) -> int:
    """What the sandbox owed the fund at an instant."""
    line, payout = SandboxBalanceLine, SandboxPayout
    lines = select(func.coalesce(func.sum(line.gross_yen - line.fee_yen), 0)).where(
        line.created_at <= instant
    )
    paid = select(func.coalesce(func.sum(payout.amount_yen), 0)).where(payout.created_at <= instant)
    return int(db.session.scalar(select(lines.scalar_subquery() - paid.scalar_subquery())) or 0)


def unpaid_lines() -> list[tuple[int, int]]:
    """The id and net of every line that no payout has paid yet."""
    net = SandboxBalanceLine.gross_yen - SandboxBalanceLine.fee_yen
    statement = select(SandboxBalanceLine.id, net).where(SandboxBalanceLine.payout_id.is_(None))
    return [(line, int(owed)) for line, owed in db.session.execute(statement)]


def untold_yen() -> dict[str, int]:
    """By how much the balance grew with each piece of news that is still on its way."""
    net = SandboxEvent.payload["object"]["net"].as_integer()
    statement = select(SandboxEvent.ref, net).where(
        SandboxEvent.delivered_at.is_(None), net.is_not(None)
    )
    return {ref: int(grew) for ref, grew in db.session.execute(statement)}
