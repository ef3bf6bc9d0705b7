"""The verbs of payments: start, open, charge, cancel, refund; keep and handle news; bank lines."""

from civicfund.payments.services.bank import match_bank_line, record_bank_line
from civicfund.payments.services.inbox import (
    handle_again,
    handle_event,
    keep_event,
    take_at_once,
)
from civicfund.payments.services.outgoing import (
    cancel_payment,
    charge_saved_card,
    expire_payment,
    open_checkout,
    overdue_payments,
    refund_payment,
    send_refund,
    start_payment,
)

__all__ = [
    "cancel_payment",
    "charge_saved_card",
    "expire_payment",
    "handle_again",
    "handle_event",
    "keep_event",
    "match_bank_line",
    "open_checkout",
    "overdue_payments",
    "record_bank_line",
    "refund_payment",
    "send_refund",
    "start_payment",
    "take_at_once",
]
