"""What can go wrong with money on its way in or out."""

from civicfund.core.errors import N_, DomainError, Invalid, NotFound


class UnknownGateway(NotFound):
    """No gateway of this name is connected here."""

    message = N_("No payment service of this name is connected here.")


class GatewayRefused(DomainError):
    """The payment service said no to what we asked; nothing was charged."""

    message = N_(
        "The payment service refused this. Nothing was charged. Go back and try again, "
        "or choose another way to pay."
    )


class BadSignature(Invalid):
    """Not signed by the gateway whose name it bears."""

    message = N_("The signature of this message is missing or wrong. It was not stored.")
    status = 400


class StaleSignature(Invalid):
    """Signed once, but too long ago: perhaps sent again by someone else."""

    message = N_("This message is too old. It was not stored. Send it again, newly signed.")
    status = 400


class UnreadableEvent(Invalid):
    """Signed, but no event."""

    message = N_("This message holds no event that we can read. It was not stored.")
    status = 400


class KeyReusedForOtherPayment(DomainError):
    """One key, two different payments or refunds: a fault of the caller."""

    message = N_("This payment was already begun with other details. Start again from the form.")


class NoGatewayOpen(DomainError):
    """The setting GATEWAYS names none."""

    message = N_("The fund cannot take payments at the moment. Please write to the office.")
    status = 503


class NoSavedCard(DomainError):
    """The card was never saved or has been released."""

    message = N_("There is no saved card to charge any more.")


class NotRefundable(DomainError):
    """The way in is no way out."""

    message = N_("This payment cannot be sent back the way it came. Return it by bank transfer.")


class RefundTooLarge(Invalid):
    """All refunds of a payment together never exceed it."""

    message = N_("Only %(left)s yen of this payment can still be refunded.")
    field = "amount"


class BankReferenceTaken(Invalid):
    """A bank line is entered once."""

    message = N_("A bank line with this reference was already entered. Check the list first.")
    field = "reference"


class BankDayAhead(Invalid):
    """The bank tells what was, not what will be."""

    message = N_("This day lies in the future. Enter the day on which the bank booked the line.")
    field = "booked_on"


class BankLineMatched(DomainError):
    """Each bank line answers for one thing."""

    message = N_("This bank line is already matched. Choose another line.")
    field = "bank_line"


class AlreadyPaidByLine(DomainError):
    """Each thing is answered for by one bank line."""

    message = N_("This is already matched with another bank line.")
    field = "bank_line"


class EventAlreadyHandled(DomainError):
    """Handling again is for what was left undone."""

    message = N_("This event is already handled. There is nothing left to do.")
