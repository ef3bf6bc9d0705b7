"""What the sandbox refuses."""

from civicfund.core.errors import N_, DomainError
from civicfund.payments.errors import GatewayRefused


class KeyUsedForOtherQuestion(GatewayRefused):
    """An idempotency key came again with another question."""

    message = N_("The payment service already knows this key with other details.")


class CheckoutClosed(DomainError):
    """The page was used, has expired or was cancelled."""

    message = N_("This page is no longer open. Nothing was changed.")


class CardDeclined(DomainError):
    """The card said no; another one may be tried."""

    message = N_("The card was declined. Nothing was charged. Try another card.")
    field = "card"
