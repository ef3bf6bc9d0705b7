"""What was asked back, and what is still owed."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from civicfund.core.db import db
from civicfund.donors.models import Donation, RefundChannel, RefundRequest, RefundState


def refund_by_id(request_id: int) -> RefundRequest | None:
    """One request, with its gift and donor."""
    return db.session.scalar(
        select(RefundRequest)
        .where(RefundRequest.id == request_id)
        .options(joinedload(RefundRequest.donation).joinedload(Donation.donor))
    )


def refund_of(refund_id: int) -> RefundRequest | None:
    """The request that a gateway's refund carries out."""
    return db.session.scalar(select(RefundRequest).where(RefundRequest.refund_id == refund_id))


def refunds_of(donation: Donation) -> Sequence[RefundRequest]:
    """Everything that was asked or sent back of a gift, the oldest first."""
    return db.session.scalars(
        select(RefundRequest)
        .where(RefundRequest.donation_id == donation.id)
        .order_by(RefundRequest.id)
    ).all()


def waiting_refund_of(donation: Donation) -> RefundRequest | None:
    """What the donor asked and nobody has answered; one at most."""
    return db.session.scalar(
        select(RefundRequest).where(
            RefundRequest.donation_id == donation.id, RefundRequest.state == RefundState.ASKED
        )
    )


def refunds_waiting() -> Sequence[RefundRequest]:
    """Requests that the office has to answer, the oldest first, with gifts and donors."""
    return _refunds(RefundRequest.state == RefundState.ASKED)


def refunds_failed() -> Sequence[RefundRequest]:
    """Money that came back to us and is still owed, the oldest first."""
    return _refunds(RefundRequest.state == RefundState.FAILED)


def returns_to_transfer() -> Sequence[RefundRequest]:
    """What is to go out by bank transfer, the oldest first."""
    return _refunds(
        and_(
            RefundRequest.state == RefundState.GRANTED,
            RefundRequest.channel == RefundChannel.BANK,
        )
    )


def _refunds(which: ColumnElement[bool]) -> Sequence[RefundRequest]:
    return db.session.scalars(
        select(RefundRequest)
        .where(which)
        .options(joinedload(RefundRequest.donation).joinedload(Donation.donor))
        .order_by(RefundRequest.requested_at, RefundRequest.id)
    ).all()
