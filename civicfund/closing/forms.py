"""What comes in at the close: bank balances with their certificates, explanations, reasons."""

from datetime import date
from typing import Any

from flask_babel import get_locale, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from civicfund.ledger.chart import BANKS, CHART
from civicfund.web.fields import DayField
from civicfund.web.forms import BaseForm, YenField

NEEDED = lazy_gettext("Fill this in.")


class StatementForm(BaseForm):
    """What a bank says that an account holds."""

    account_code = SelectField(lazy_gettext("Bank account"), [InputRequired(NEEDED)])
    stated_on = DayField(lazy_gettext("As of"), [InputRequired(NEEDED)])
    balance = YenField(lazy_gettext("Balance"), [InputRequired(NEEDED)], at_least=0)
    file = FileField(
        lazy_gettext("Certificate or statement"),
        [FileRequired(lazy_gettext("Choose the file of the certificate or statement."))],
        description=lazy_gettext("A PDF or a picture (JPEG, PNG, WebP) of at most 10 MB."),
    )

    def __init__(self, *args: Any, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        japanese = str(get_locale()).startswith("ja")
        self.account_code.choices = [
            (code, f"{code} {CHART[code].name_ja if japanese else CHART[code].name_en}")
            for code in sorted(BANKS)
        ]
        if self.stated_on.data is None and not self.is_submitted():
            self.stated_on.data = last


class NoteForm(BaseForm):
    """Why an item may stand as it is, or what somebody has looked at."""

    note = TextAreaField(lazy_gettext("Explanation"), [InputRequired(NEEDED), Length(max=2000)])


class WithdrawForm(BaseForm):
    """Why a preparation is taken back; it may stay empty."""

    reason = TextAreaField(lazy_gettext("Reason"), [Optional(), Length(max=1000)])


class UndoForm(BaseForm):
    """Why the close of a year is undone."""

    note = TextAreaField(lazy_gettext("Reason"), [InputRequired(NEEDED), Length(max=1000)])


class OpeningForm(BaseForm):
    """A file of opening balances, and the day on which the book begins."""

    opens_on = DayField(lazy_gettext("The book begins on"), [InputRequired(NEEDED)])
    file = FileField(
        lazy_gettext("File of opening balances"),
        [FileRequired(lazy_gettext("Choose the file of opening balances."))],
        description=lazy_gettext("CSV in UTF-8 or Shift_JIS, at most 1 MB."),
    )


class SignForm(BaseForm):
    """A signature: nothing but the deed."""
