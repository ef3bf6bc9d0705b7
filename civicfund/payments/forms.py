"""Forms of the payments desks."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from civicfund.core.money import Money, yen
from civicfund.payments.models import BankAccount
from civicfund.web.forms import BaseForm, YenField

IN, OUT = "in", "out"


class BankLineForm(BaseForm):
    """One line of the bank's statement, entered by hand."""

    account_code = SelectField(lazy_gettext("Bank account"), validators=[InputRequired()])
    booked_on = DateField(
        lazy_gettext("Day on which the bank booked it"),
        validators=[InputRequired(lazy_gettext("Enter the day as it stands on the statement."))],
    )
    direction = RadioField(
        lazy_gettext("In or out"),
        validators=[InputRequired(lazy_gettext("Choose whether money came in or went out."))],
    )
    amount = YenField(
        lazy_gettext("Amount"),
        validators=[InputRequired(lazy_gettext("Enter the amount of the line."))],
    )
    counterparty = StringField(
        lazy_gettext("From whom, or to whom"),
        validators=[
            InputRequired(lazy_gettext("Enter the name as it stands on the statement.")),
            Length(max=200, message=lazy_gettext("Enter at most 200 letters.")),
        ],
    )
    reference = StringField(
        lazy_gettext("Reference"),
        description=lazy_gettext(
            "What tells this line from every other: the statement's number and line, for example."
        ),
        validators=[
            InputRequired(lazy_gettext("Enter a reference that no other line has.")),
            Length(max=100, message=lazy_gettext("Enter at most 100 letters.")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account_code.choices = [(a.value, gettext(a.label)) for a in BankAccount]
        self.direction.choices = [(IN, gettext("Money in")), (OUT, gettext("Money out"))]

    def validate_counterparty(self, field: StringField) -> None:
        """Blanks are no name."""
        if not (field.data or "").strip():
            raise ValidationError(gettext("Enter the name as it stands on the statement."))

    def validate_reference(self, field: StringField) -> None:
        """Blanks tell nothing apart."""
        if not (field.data or "").strip():
            raise ValidationError(gettext("Enter a reference that no other line has."))

    @property
    def signed_amount(self) -> Money:
        """In is positive, out is negative."""
        amount = yen(self.amount.data)
        return amount if self.direction.data == IN else -amount
