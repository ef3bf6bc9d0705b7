"""Forms of the hosted pages."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import RadioField
from wtforms.validators import InputRequired

from civicfund.payments.gateways.sandbox.cards import TRAITS, TestCard, cards_for
from civicfund.payments.gateways.sandbox.models import CheckoutMode
from civicfund.web.forms import BaseForm


class CardForm(BaseForm):
    """Which test card to use."""

    card = RadioField(
        lazy_gettext("Test card"),
        validators=[InputRequired(lazy_gettext("Choose a test card."))],
    )

    def __init__(self, *args: Any, mode: CheckoutMode, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.card.choices = [
            (card.value, f"{gettext(card.label)} ({TRAITS[card].number})")
            for card in cards_for(mode)
        ]

    @property
    def chosen(self) -> TestCard:
        """The card itself."""
        return next(card for card in TestCard if card.value == self.card.data)
