"""The way of a gift, step by step: what donors tell, and what later packages add to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from civicfund.core import events
from civicfund.core.errors import N_
from civicfund.donors import queries
from civicfund.donors.models import (
    Donation,
    DonationState,
    Method,
    OnFailure,
    RefundChannel,
    RefundRequest,
    RefundState,
)
from civicfund.ledger.queries import numbers_of
from civicfund.web.filters import day, instant, label

S = DonationState
KEEP_ALL = N_(
    "The project receives what comes in by the deadline, even if the target is not reached."
)
NOT_CHARGED = N_("If the target is not reached, your card is not charged and you pay nothing.")
LEFT = N_(
    "If the target is not reached, your money stays with the fund for other projects of the town."
)
RETURNED = N_(
    "If the target is not reached, we return the whole sum to the bank account that you name."
)
OWED = frozenset({RefundState.GRANTED, RefundState.FAILED, RefundState.PAID})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something to look at: a receipt, a photograph."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """One station of a gift. Texts are in the reader's language already.

    `at` is an instant, or a day, or None for what is still to come; `state` is `done`, `current`
    or `todo`. Whoever listens to `gift_steps` (called with the donation) answers a list of these.
    """

    at: datetime | date | None
    kind: str
    title: str
    amount_yen: int | None = None
    state: str = "done"
    body: str = ""
    url: str | None = None
    url_label: str | None = None
    evidence: Sequence[Evidence] = field(default_factory=tuple)


def way_of(donation: Donation) -> list[TraceStep]:
    """Every station, in the order it was or will be reached."""
    requests = queries.refunds_of(donation)
    return [
        _started(donation),
        *_payment_steps(donation),
        *events.collect("gift_steps", donation),
        *(step for request in requests for step in _refund_steps(request)),
    ]


def timeline_of(steps: Sequence[TraceStep]) -> list[dict[str, Any]]:
    """The stations as `components/timeline.html` asks for them."""
    return [
        {
            "at" if isinstance(step.at, datetime) else "on": step.at,
            "title": step.title,
            "amount": step.amount_yen,
            "state": step.state,
            "body": step.body,
            "url": step.url,
            "url_label": step.url_label,
            "files": step.evidence,
        }
        for step in steps
    ]


def _started(donation: Donation) -> TraceStep:
    return TraceStep(
        at=donation.started_at,
        kind="gift",
        title=_("You decided to give"),
        amount_yen=donation.amount_yen,
        body=str(donation.terms["title"]),
    )


def _payment_steps(donation: Donation) -> list[TraceStep]:
    steps = []
    if donation.held_entry_id is not None:
        steps.append(_held(donation))
    if donation.gift_entry_id is not None:
        steps.append(_booked(donation))
    elif donation.state in WAITING:
        steps.append(WAITING[donation.state](donation))
    elif donation.state in {S.EXPIRED, S.CANCELLED}:
        steps.append(_ended(donation))
    return steps


def _held(donation: Donation) -> TraceStep:
    is_now = donation.state is S.HELD
    by = day(date.fromisoformat(donation.terms["deadline_on"]))
    return TraceStep(
        at=queries.day_of_entry(donation.held_entry_id),
        kind="held",
        title=_("Money received and kept safe"),
        amount_yen=donation.amount_yen,
        body=_("It is kept apart until the deadline of the project, %(day)s.", day=by)
        if is_now
        else "",
        state="current" if is_now else "done",
        url=entry_url(donation.held_entry_id),
        evidence=_proof(donation.held_entry_id),
    )


def _booked(donation: Donation) -> TraceStep:
    if donation.left_to_fund:
        title = _("Left to the fund for other projects of the town")
    else:
        title = _("Entered in the book as a gift to the project")
    return TraceStep(
        at=donation.paid_at,
        kind="booked",
        title=title,
        amount_yen=donation.amount_yen,
        url=entry_url(donation.gift_entry_id),
        evidence=_proof(donation.gift_entry_id),
    )


def _pledged(donation: Donation) -> TraceStep:
    if donation.charge_tries:
        title = _("The card is being charged")
        body = _("If it is declined, we try again for some days and write to you.")
    else:
        title = _("Card saved")
        body = _("Nothing was charged. The card is charged only if the project reaches its target.")
    return TraceStep(at=None, kind="pledged", title=title, body=body, state="current")


def _pending(donation: Donation) -> TraceStep:
    payment = queries.payment_of(donation)
    until = payment.expires_at if payment is not None else None
    return TraceStep(
        at=None,
        kind="pending",
        title=_("Waiting for your payment at the store"),
        body=_("Please pay by %(until)s.", until=instant(until)) if until is not None else "",
        state="current",
    )


def _waiting(donation: Donation) -> TraceStep:
    del donation  # nothing is known of the payment yet
    return TraceStep(at=None, kind="started", title=_("Waiting for the payment"), state="current")


def _ended(donation: Donation) -> TraceStep:
    return TraceStep(
        at=donation.closed_at,
        kind=donation.state.value,
        title=label(donation.state),
        body=_("Nothing was taken from you."),
    )


def _refund_steps(request: RefundRequest) -> list[TraceStep]:
    steps = [
        TraceStep(
            at=request.requested_at,
            kind="refund",
            title=_("Refund: %(why)s", why=label(request.origin)),
            amount_yen=request.amount_yen,
            state="current" if request.state is RefundState.ASKED else "done",
        )
    ]
    if request.state is RefundState.DECLINED:
        steps.append(
            TraceStep(
                at=request.decided_at,
                kind="refund_declined",
                title=_("The office declined the refund"),
                body=request.decision_note,
            )
        )
    if request.state in OWED:
        steps.append(_owed(request))
    if request.state is RefundState.PAID:
        steps.append(
            TraceStep(
                at=request.paid_at,
                kind="refund_paid",
                title=_("Money returned"),
                amount_yen=request.amount_yen,
                url=entry_url(request.paid_entry_id),
            )
        )
    return steps


def _owed(request: RefundRequest) -> TraceStep:
    by_card = request.channel is RefundChannel.GATEWAY
    return TraceStep(
        at=request.decided_at,
        kind="refund_granted",
        title=_("Refund granted"),
        body=_("The money goes back to your card.")
        if by_card
        else _("The money goes to your bank account."),
        amount_yen=request.amount_yen,
        state="done" if request.state is RefundState.PAID else "current",
        url=entry_url(request.entry_id),
    )


def _proof(entry_id: int | None) -> tuple[Evidence, ...]:
    """That the entry is sealed; none in the minute before it is."""
    if entry_id is None or "ledger.proof" not in current_app.view_functions:
        return ()
    numbers = numbers_of([entry_id])
    return tuple(
        Evidence(
            _("Proof: this entry is sealed and cannot be changed unseen"),
            url_for("ledger.proof", number=number),
        )
        for number in numbers.values()
    )


def entry_url(entry_id: int | None) -> str | None:
    """The page of an entry in the public book."""
    if entry_id is None or "ledger.entry" not in current_app.view_functions:
        return None
    return url_for("ledger.entry", entry_id=entry_id)


def promise_on_failure(*, is_conditional: bool, method: Method, on_failure: OnFailure) -> str:
    """One sentence: what happens to the money if the project misses its target."""
    if not is_conditional:
        return str(_(KEEP_ALL))
    if method is Method.CARD:
        return str(_(NOT_CHARGED))
    return str(_(LEFT if on_failure is OnFailure.LEAVE_TO_FUND else RETURNED))


WAITING = {S.PLEDGED: _pledged, S.PENDING: _pending, S.STARTED: _waiting}
