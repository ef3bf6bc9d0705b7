"""The test cards on the hosted page: what each of them will do."""

from dataclasses import dataclass

from civicfund.core.enums import Labelled
from civicfund.core.errors import N_
from civicfund.payments.gateways.sandbox.models import CardBehaviour, CheckoutMode


class TestCard(Labelled):
    """A card that nobody has."""

    __test__ = False

    VISA = "visa", N_("Visa: works")
    MASTERCARD = "mastercard", N_("Mastercard: works")
    JCB = "jcb", N_("JCB: works")
    AUTHENTICATION = "authentication", N_("Visa: the card company asks first")
    DECLINED = "declined", N_("Visa: declined")
    DECLINES_LATER = "declines_later", N_("Visa: can be saved, declines when charged later")
    DECLINES_ONCE = "declines_once", N_("JCB: can be saved, declines the first charge, then works")


@dataclass(frozen=True)
class Trait:
    """How a test card answers."""

    brand: str
    number: str
    is_declined: bool = False
    asks_first: bool = False
    later: CardBehaviour = CardBehaviour.WORKS


TRAITS = {
    TestCard.VISA: Trait("visa", "4242 4242 4242 4242"),
    TestCard.MASTERCARD: Trait("mastercard", "5555 5555 5555 4444"),
    TestCard.JCB: Trait("jcb", "3566 0020 2036 0505"),
    TestCard.AUTHENTICATION: Trait("visa", "4000 0027 6000 3184", asks_first=True),
    TestCard.DECLINED: Trait("visa", "4000 0000 0000 0002", is_declined=True),
    TestCard.DECLINES_LATER: Trait("visa", "4000 0000 0000 0341", later=CardBehaviour.DECLINES),
    TestCard.DECLINES_ONCE: Trait("jcb", "3566 0000 0000 0341", later=CardBehaviour.DECLINES_ONCE),
}


def cards_for(mode: CheckoutMode) -> list[TestCard]:
    """Cards that only differ later are shown where a card is saved."""
    saving = mode is CheckoutMode.SETUP
    return [card for card in TestCard if saving or TRAITS[card].later is CardBehaviour.WORKS]
