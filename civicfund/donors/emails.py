"""One function per message to those who give."""

from typing import Any

from civicfund.core.settings import setting
from civicfund.core.tokens import sign
from civicfund.donors.models import Donation, RefundRequest
from civicfund.notifications import services as outbox
from civicfund.payments.models import Payment

# The signed link of a gift says this and the gift's number.
GIFT = "gift"


def thank(donation: Donation, title: str, *, way: str) -> None:
    """The gift is a gift now. `way`: paid, charged (a saved card) or designated (held money)."""
    _tell(donation, "thanks", title, way=way, wants_receipt=donation.wants_receipt)


def tell_of_pledge(donation: Donation, title: str) -> None:
    """The card is saved and checked; it is charged only if the target is reached."""
    _tell(donation, "pledged", title, deadline_on=donation.terms["deadline_on"])


def tell_of_voucher(donation: Donation, title: str, payment: Payment) -> None:
    """How and until when to pay at the store."""
    _tell(
        donation,
        "voucher",
        title,
        occasion=str(payment.id),
        voucher=payment.voucher,
        expires_at=payment.expires_at.isoformat() if payment.expires_at else None,
    )


def tell_of_held(donation: Donation, title: str) -> None:
    """The money came and is kept apart until the deadline."""
    _tell(
        donation,
        "held",
        title,
        deadline_on=donation.terms["deadline_on"],
        on_failure=donation.on_failure.value,
    )


def tell_of_expiry(donation: Donation, title: str, payment: Payment) -> None:
    """The voucher ran out; nothing was taken."""
    _tell(donation, "expired", title, occasion=str(payment.id))


def tell_of_decline(donation: Donation, title: str, payment: Payment) -> None:
    """The saved card was declined: until when we try again, and where to give another one."""
    until = donation.charge_until.isoformat() if donation.charge_until else None
    _tell(donation, "declined", title, occasion=str(payment.id), until=until)


def tell_of_lapse(donation: Donation, title: str) -> None:
    """No try went through; the gift lapses and nothing was taken."""
    _tell(donation, "lapsed", title)


def tell_of_cancellation(donation: Donation, title: str) -> None:
    """The donor took the promise back."""
    _tell(donation, "cancelled", title)


def tell_of_failure(donation: Donation, title: str, *, outcome: str) -> None:
    """The campaign missed its target or was called off.

    `outcome`: not_charged, returned, left_to_fund.
    """
    _tell(
        donation,
        "not_reached",
        title,
        outcome=outcome,
        needs_account=outcome == "returned" and donation.refund_account is None,
    )


def tell_of_late_money(donation: Donation, title: str, request: RefundRequest) -> None:
    """Money came that cannot be used any more; it goes back."""
    _tell(
        donation,
        "late_money",
        title,
        occasion=str(request.id),
        **_refund(request),
        needs_account=_needs_account(donation, request),
    )


def tell_of_refund_request(donation: Donation, title: str, request: RefundRequest) -> None:
    """To the donor: we have your request. To the office: somebody waits for an answer."""
    _tell(donation, "refund_asked", title, occasion=str(request.id), **_refund(request))
    outbox.enqueue(
        to=setting("FUND_EMAIL"),
        template="donors/office_refund_asked",
        context={"title": title, "reference": donation.reference, **_refund(request)},
        key=f"donors/office_refund_asked/{request.id}",
        source=request,
    )


def tell_of_refund(donation: Donation, title: str, request: RefundRequest) -> None:
    """Granted and on its way, declined with the reason, or back with the donor."""
    _tell(
        donation,
        f"refund_{request.state.value}",
        title,
        occasion=str(request.id),
        **_refund(request),
        needs_account=_needs_account(donation, request),
    )


def tell_office_of_failed_refund(donation: Donation, title: str, request: RefundRequest) -> None:
    """The card would not take the money back: it is still owed."""
    outbox.enqueue(
        to=setting("FUND_EMAIL"),
        template="donors/office_refund_failed",
        context={"title": title, "reference": donation.reference, **_refund(request)},
        key=f"donors/office_refund_failed/{request.id}",
        source=request,
    )


def tell_of_revocation(donation: Donation, title: str, *, register_no: str, reason: str) -> None:
    """The city took back an endorsement that stood on the page when the donor gave."""
    _tell(
        donation,
        "endorsement_revoked",
        title,
        occasion=register_no,
        register_no=register_no,
        reason=reason,
    )


def _refund(request: RefundRequest) -> dict[str, Any]:
    return {
        "refund_yen": request.amount_yen,
        "channel": request.channel.value if request.channel else None,
        "note": request.decision_note,
        "asked_for": request.reason,
    }


def _needs_account(donation: Donation, request: RefundRequest) -> bool:
    return request.channel == "bank" and donation.refund_account is None


def _tell(donation: Donation, what: str, title: str, *, occasion: str = "", **more: Any) -> None:
    if donation.donor.erased_at is not None:
        return
    outbox.enqueue(
        to=donation.donor.email,
        template=f"donors/{what}",
        context={
            "name": donation.donor_name or donation.pen_name,
            "reference": donation.reference,
            "amount_yen": donation.amount_yen,
            "title": title,
            "token": sign(GIFT, donation.reference),
            "method": donation.method.value,
            **more,
        },
        locale=donation.locale,
        key="/".join(filter(None, ("donors", what, str(donation.id), occasion))),
        source=donation,
    )
