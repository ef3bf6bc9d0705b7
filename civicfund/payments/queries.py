"""Every SELECT of payments."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select

from civicfund.core.db import db
from civicfund.payments.models import (
    BankLine,
    EventState,
    GatewayEvent,
    Payment,
    PaymentPurpose,
    PaymentState,
    Payout,
    Refund,
    RefundState,
)

UNDECIDED = (PaymentState.STARTED, PaymentState.PENDING, PaymentState.FAILED)


def payment_by_id(payment_id: int) -> Payment | None:
    """One payment."""
    return db.session.get(Payment, payment_id)


def payment_by_key(key: str) -> Payment | None:
    """The payment that was begun with this key."""
    return db.session.scalar(select(Payment).filter_by(key=key))


def payments_of_source(source_kind: str, source_id: int) -> Sequence[Payment]:
    """Every attempt that was made for one thing, oldest first."""
    statement = select(Payment).filter_by(source_kind=source_kind, source_id=source_id)
    return db.session.scalars(statement.order_by(Payment.id)).all()


def payments(state: PaymentState | None = None) -> Select[Payment]:
    """For the desk: newest first."""
    statement = select(Payment).order_by(Payment.id.desc())
    return statement if state is None else statement.where(Payment.state == state)


def overdue_payment_ids(before: datetime, *, at_most: int) -> Sequence[int]:
    """Checkouts and vouchers whose term ended before an instant and of which nothing was heard."""
    return db.session.scalars(
        select(Payment.id)
        .where(
            Payment.state.in_(UNDECIDED),
            Payment.expires_at < before,
            Payment.purpose != PaymentPurpose.CHARGE,
        )
        .order_by(Payment.expires_at, Payment.id)
        .limit(at_most)
    ).all()


def event_by_id(event_id: int) -> GatewayEvent | None:
    """One event."""
    return db.session.get(GatewayEvent, event_id)


def event_for_update(event_id: int) -> GatewayEvent | None:
    """One event as it stands now, locked: two workers queue up here."""
    statement = select(GatewayEvent).filter_by(id=event_id).with_for_update(key_share=True)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def events(state: EventState | None = None) -> Select[GatewayEvent]:
    """For the desk: newest first."""
    statement = select(GatewayEvent).order_by(GatewayEvent.id.desc())
    return statement if state is None else statement.where(GatewayEvent.state == state)


def events_waiting(gateway: str) -> Sequence[GatewayEvent]:
    """Events of a gateway that nobody has handled yet, oldest first."""
    statement = select(GatewayEvent).filter_by(gateway=gateway, state=EventState.RECEIVED)
    return db.session.scalars(statement.order_by(GatewayEvent.id)).all()


def event_ids_known(gateway: str, event_ids: Sequence[str]) -> set[str]:
    """Which of these events were kept already."""
    statement = select(GatewayEvent.event_id).where(
        GatewayEvent.gateway == gateway, GatewayEvent.event_id.in_(event_ids)
    )
    return set(db.session.scalars(statement))


def events_of_payment(payment_id: int) -> Sequence[GatewayEvent]:
    """What the gateway told about one payment, oldest first."""
    statement = select(GatewayEvent).filter_by(payment_id=payment_id).order_by(GatewayEvent.id)
    return db.session.scalars(statement).all()


def event_counts() -> dict[EventState, int]:
    """How many events stand in each state."""
    statement = select(GatewayEvent.state, func.count()).group_by(GatewayEvent.state)
    return dict.fromkeys(EventState, 0) | dict(db.session.execute(statement).all())


def payment_counts() -> dict[PaymentState, int]:
    """How many payments stand in each state."""
    statement = select(Payment.state, func.count()).group_by(Payment.state)
    return dict.fromkeys(PaymentState, 0) | dict(db.session.execute(statement).all())


def refund_by_id(refund_id: int) -> Refund | None:
    """One refund."""
    return db.session.get(Refund, refund_id)


def refund_by_key(key: str) -> Refund | None:
    """The refund that was asked for with this key."""
    return db.session.scalar(select(Refund).filter_by(key=key))


def refunds_of_payment(payment_id: int) -> Sequence[Refund]:
    """Every refund of a payment, oldest first."""
    statement = select(Refund).filter_by(payment_id=payment_id).order_by(Refund.id)
    return db.session.scalars(statement).all()


def refunded_yen(payment_id: int) -> int:
    """What went back, or is on its way back."""
    total = func.coalesce(func.sum(Refund.amount_yen), 0)
    statement = select(total).where(
        Refund.payment_id == payment_id, Refund.state != RefundState.FAILED
    )
    return int(db.session.scalar(statement) or 0)


def payout_by_ref(gateway: str, gateway_ref: str) -> Payout | None:
    """The payout that a gateway calls so."""
    return db.session.scalar(select(Payout).filter_by(gateway=gateway, gateway_ref=gateway_ref))


def payout_by_id(payout_id: int) -> Payout | None:
    """One payout."""
    return db.session.get(Payout, payout_id)


def payouts() -> Select[Payout]:
    """For the desk: newest first."""
    return select(Payout).order_by(Payout.id.desc())


def bank_line_by_id(line_id: int) -> BankLine | None:
    """One line of the bank's statement."""
    return db.session.get(BankLine, line_id)


def bank_lines_of(kind: str, number: int) -> Sequence[BankLine]:
    """The lines that answer for one record (`"disbursements", 7`), oldest first."""
    statement = select(BankLine).filter_by(matched_kind=kind, matched_id=number)
    return db.session.scalars(statement.order_by(BankLine.id)).all()


def bank_lines(*, only_open: bool = False) -> Select[BankLine]:
    """For the desk: the newest day first."""
    statement = select(BankLine).order_by(BankLine.booked_on.desc(), BankLine.id.desc())
    return statement.where(BankLine.matched_id.is_(None)) if only_open else statement


def open_bank_lines(*, amount_yen: int | None = None) -> Sequence[BankLine]:
    """Lines that answer for nothing yet, oldest first; of one amount, if given."""
    statement = select(BankLine).where(BankLine.matched_id.is_(None))
    if amount_yen is not None:
        statement = statement.where(BankLine.amount_yen == amount_yen)
    return db.session.scalars(statement.order_by(BankLine.booked_on, BankLine.id)).all()
